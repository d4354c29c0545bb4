namespace DreamerActors.Domain.Knowledge;

/// <summary>The graph of what we know: the host's files merged with our own.</summary>
public interface IKnowledgeStore
{
    /// <summary>Loads and merges all graph files. A half-written file is read again, then its last good copy is used.</summary>
    /// <exception cref="KnowledgeException">A file cannot be read and there is no good copy.</exception>
    Task<KnowledgeGraph> LoadAsync(CancellationToken cancellation);

    /// <summary>Reads sources into our own graph and stores it. All or nothing.</summary>
    /// <param name="paths">Files, folders, or <c>stdlib</c>.</param>
    /// <param name="progress">Told after each file; may be null.</param>
    /// <param name="cancellation">Stops between files.</param>
    /// <exception cref="KnowledgeException">A path is missing, holds nothing to learn from, is too large or not UTF-8.</exception>
    Task<IngestReport> IngestAsync(IReadOnlyList<string> paths, IProgress<IngestProgress>? progress, CancellationToken cancellation);
}

/// <summary>Knowledge that cannot be read; the message is one clear sentence that names the path.</summary>
public sealed class KnowledgeException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>How far an ingestion is.</summary>
public sealed record IngestProgress(int Done, int Total, string File);

/// <summary>What an ingestion brought.</summary>
/// <param name="Files">Files read.</param>
/// <param name="Entities">Entities found, old ones included.</param>
/// <param name="Remembered">Entities with code and runnable examples.</param>
/// <param name="EntityIds">Ids of all entities of these paths.</param>
/// <param name="Skipped">Files that were left out, each with its reason.</param>
public sealed record IngestReport(int Files, int Entities, int Remembered, IReadOnlyList<string> EntityIds, IReadOnlyList<string> Skipped);

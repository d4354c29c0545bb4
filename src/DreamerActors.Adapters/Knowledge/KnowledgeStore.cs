using System.Text.Json;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Knowledge;

/// <summary>The host's graph files (only read) merged with our own, which <c>ingest</c> fills.</summary>
/// <param name="reader">Parses sources inside the sandbox.</param>
/// <param name="memoryRoot">Where the host keeps knowledge_graph.json and code_graph.json.</param>
/// <param name="dataDirectory">Where ours lies, with the last good copies of the host's.</param>
/// <param name="standardLibrary">What <c>stdlib</c> stands for: the library of the sandbox's Python.</param>
/// <param name="time">Paces the retries.</param>
public sealed class KnowledgeStore(ISandboxedReader reader, string memoryRoot, string dataDirectory, string standardLibrary, TimeProvider time) : IKnowledgeStore
{
    private const int Attempts = 5;
    private const long LargestGraph = 256L << 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private string OwnFile => Path.Combine(dataDirectory, "knowledge_graph.json");

    /// <inheritdoc/>
    public async Task<KnowledgeGraph> LoadAsync(CancellationToken cancellation)
    {
        var graph = KnowledgeGraph.Empty;
        foreach (var name in new[] { "knowledge_graph.json", "code_graph.json" })
            graph = Merge(graph, await ReadAsync(Path.Combine(memoryRoot, name), Path.Combine(dataDirectory, name + ".good"), cancellation));
        return Merge(graph, await ReadAsync(OwnFile, null, cancellation));
    }

    /// <inheritdoc/>
    public async Task<IngestReport> IngestAsync(IReadOnlyList<string> paths, IProgress<IngestProgress>? progress, CancellationToken cancellation)
    {
        var (graph, report) = await new Ingester(new ExtractCache(reader, Path.Combine(dataDirectory, "extracted")), standardLibrary).ReadAsync(paths, progress, cancellation);
        var known = await ReadAsync(OwnFile, null, cancellation);
        var learnt = report.EntityIds.ToHashSet(StringComparer.Ordinal);
        var kept = new KnowledgeGraph(
            [.. known.Entities.Where(entity => !learnt.Contains(entity.Id))],
            [.. known.Relations.Where(relation => !learnt.Contains(relation.Source))]);
        AtomicFile.Write(OwnFile, GraphFile.Write(Merge(kept, graph)));
        return report;
    }

    /// <summary>Later entities of the same id win; every relation is kept once.</summary>
    private static KnowledgeGraph Merge(KnowledgeGraph first, KnowledgeGraph second) => new(
        [.. first.Entities.Concat(second.Entities).Reverse().DistinctBy(entity => entity.Id).Reverse()],
        [.. first.Relations.Concat(second.Relations).Distinct()]);

    /// <summary>The host rewrites its files in place: a half-written one is read again, then the last good copy counts.</summary>
    private async Task<KnowledgeGraph> ReadAsync(string path, string? goodCopy, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (!File.Exists(path))
                return KnowledgeGraph.Empty;
            try
            {
                if (new FileInfo(path).Length > LargestGraph)
                    throw new KnowledgeException($"{path}: a graph may have at most {LargestGraph >> 20} MB");
                var text = await File.ReadAllTextAsync(path, cancellation);
                var graph = GraphFile.Read(text);
                if (goodCopy is not null && graph.Entities.Count > 0)
                    AtomicFile.Write(goodCopy, text);
                return graph;
            }
            catch (Exception error) when (error is JsonException or IOException)
            {
                if (attempt < Attempts)
                    await Task.Delay(Pause, time, cancellation);
                else if (goodCopy is not null && File.Exists(goodCopy))
                    return GraphFile.Read(await File.ReadAllTextAsync(goodCopy, cancellation));
                else
                    throw new KnowledgeException($"{path}: it is not a readable knowledge graph ({error.Message})", error);
            }
        }
    }
}

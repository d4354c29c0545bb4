using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Adapters.Journal;

/// <summary>Writes <c>dream_&lt;id&gt;.py</c> and <c>.json</c> of every kept dream. Files of other names are never touched.</summary>
public sealed class DreamFiles(string outputDirectory, ReadModel offsets) : IProjection
{
    /// <summary>How many there are.</summary>
    public static int Count(string directory) => Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "dream_*.py").Count() : 0;

    /// <inheritdoc/>
    public string Name => "dream-files";

    /// <inheritdoc/>
    public Task<long> LastOffsetAsync(CancellationToken cancellation) => Task.FromResult(offsets.LastOffset(Name));

    /// <inheritdoc/>
    public Task ApplyAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
    {
        foreach (var dream in entries.Select(entry => entry.Event).OfType<DreamCompleted>())
        {
            AtomicFile.Write(Path.Combine(outputDirectory, $"dream_{dream.Dream}.py"), DreamDocument.Python(dream));
            AtomicFile.Write(Path.Combine(outputDirectory, $"dream_{dream.Dream}.json"), DreamDocument.Json(dream));
        }
        offsets.SetOffset(Name, entries[^1].Offset);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ResetAsync(CancellationToken cancellation)
    {
        offsets.SetOffset(Name, 0);
        return Task.CompletedTask;
    }
}

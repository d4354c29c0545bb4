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
    public async Task ApplyAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
    {
        foreach (var happened in entries.Select(entry => entry.Event))
        {
            if (happened is DreamCompleted dream)
            {
                AtomicFile.Write(PathOf(dream.Dream, "py"), DreamDocument.Python(dream));
                AtomicFile.Write(PathOf(dream.Dream, "json"), DreamDocument.Json(dream));
            }
            // A file that a user deleted stays deleted: only `journal rebuild` brings it back.
            if (DreamDocument.Follow(happened) is var (id, change) && PathOf(id, "json") is var file && File.Exists(file))
                AtomicFile.Write(file, change(await File.ReadAllTextAsync(file, cancellation)));
            foreach (var unproven in happened is SessionQuarantined quarantined ? quarantined.Dreams : [])
            {
                File.Delete(PathOf(unproven, "py"));
                File.Delete(PathOf(unproven, "json"));
            }
        }
        offsets.SetOffset(Name, entries[^1].Offset);
    }

    /// <inheritdoc/>
    public Task ResetAsync(CancellationToken cancellation)
    {
        offsets.SetOffset(Name, 0);
        return Task.CompletedTask;
    }

    private string PathOf(DreamId dream, string extension) => Path.Combine(outputDirectory, $"dream_{dream}.{extension}");
}

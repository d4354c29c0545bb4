using System.Text;
using System.Text.Json;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Adapters.Journal;

/// <summary>What to prove again, and how.</summary>
/// <param name="Library">Only dreams that use it; null for all.</param>
/// <param name="Most">At most so many, the newest.</param>
/// <param name="Strict">All stages; else only parse, static rules and tests, which ask whether it still works and not how good its tests are.</param>
/// <param name="Concurrency">So many at once.</param>
public sealed record ReplayRequest(string? Library = null, int Most = int.MaxValue, bool Strict = false, int Concurrency = 1);

/// <summary>Proves kept dreams again in the sandbox that is there now.</summary>
public sealed class DreamReplay(IDreamArchive archive, IGuardian guardian, Sandbox sandbox)
{
    /// <summary>Proves kept dreams again.</summary>
    /// <param name="request">Which.</param>
    /// <param name="progress">Told how many are done; may be null.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="SandboxUnavailableException">There is no sandbox, or its Python does not start.</exception>
    public async Task<ReplayReport> RunAsync(ReplayRequest request, IProgress<int>? progress, CancellationToken cancellation)
    {
        var dreams = (await archive.KeptAsync(cancellation)).Select(kept => kept.Dream)
            .Where(dream => request.Library is null || dream.Scenario.Libraries.Contains(request.Library, StringComparer.OrdinalIgnoreCase)).TakeLast(request.Most).ToList();
        var versions = dreams.Count == 0 ? new Dictionary<string, string>() : await VersionsAsync([.. dreams.SelectMany(dream => dream.Scenario.Libraries).Distinct()], cancellation);
        var now = new Verdict[dreams.Count];
        var done = 0;
        // A refusal counts only when it comes twice, and one for its time only if it comes again when nothing else is judged: a busy machine is no regression.
        await JudgeAsync(Enumerable.Range(0, dreams.Count), request.Concurrency);
        await JudgeAsync(Refused(), request.Concurrency);
        await JudgeAsync(Refused().Where(index => now[index].Kind == VerdictKind.Timeout), 1);
        return new ReplayReport(sandbox.Name, await sandbox.DigestAsync(cancellation), versions.GetValueOrDefault("python"), versions, [.. dreams.Select((dream, index) => new ReplayedDream(dream, now[index]))]);

        IReadOnlyList<int> Refused() => [.. Enumerable.Range(0, dreams.Count).Where(index => now[index].Outcome != VerdictOutcome.Pass)];

        Task JudgeAsync(IEnumerable<int> indices, int concurrency) => Parallel.ForEachAsync(
            indices.ToList(), new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellation }, async (index, stop) =>
        {
            var isFirst = now[index] is null;
            now[index] = await guardian.JudgeAsync(new Submission(dreams[index].Code, dreams[index].Scenario.TestCode, request.Strict), stop);
            if (isFirst)
                progress?.Report(Interlocked.Increment(ref done));
        });
    }

    private async Task<IReadOnlyDictionary<string, string>> VersionsAsync(IReadOnlyList<string> libraries, CancellationToken cancellation)
    {
        // sys is a module of every Python: its version is that of the interpreter.
        var answer = await sandbox.CallAsync("versions", "installed", Encoding.UTF8.GetBytes(JsonSerializer.Serialize(libraries.Append("sys"))), cancellation);
        var versions = JsonSerializer.Deserialize<Dictionary<string, string>>(answer) ?? [];
        versions["python"] = versions["sys"];
        return versions;
    }
}

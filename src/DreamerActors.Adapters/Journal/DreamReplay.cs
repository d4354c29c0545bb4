using System.Text;
using System.Text.Json;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Adapters.Journal;

/// <summary>Proves kept dreams again in the sandbox that is there now.</summary>
public sealed class DreamReplay(IDreamArchive archive, IGuardian guardian, Sandbox sandbox)
{
    /// <summary>Proves kept dreams again, all of them or the newest so many.</summary>
    /// <param name="library">Only those that use it; null for all.</param>
    /// <param name="most">At most so many, the newest.</param>
    /// <param name="strict">All stages; else only parse, static rules and tests, which ask whether it still works and not how good its tests are.</param>
    /// <param name="concurrency">So many at once.</param>
    /// <param name="progress">Told how many are done; may be null.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="SandboxUnavailableException">There is no sandbox.</exception>
    public async Task<ReplayReport> RunAsync(string? library, int most, bool strict, int concurrency, IProgress<int>? progress, CancellationToken cancellation)
    {
        var dreams = (await archive.KeptAsync(cancellation)).Select(kept => kept.Dream)
            .Where(dream => library is null || dream.Scenario.Libraries.Contains(library, StringComparer.OrdinalIgnoreCase)).TakeLast(most).ToList();
        var replayed = new ReplayedDream[dreams.Count];
        var done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, dreams.Count), new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellation }, async (index, stop) =>
        {
            replayed[index] = new ReplayedDream(dreams[index], await ProveAsync(dreams[index], strict, stop));
            progress?.Report(Interlocked.Increment(ref done));
        });
        var python = replayed.Select(each => each.Now.Certificate?.With.Python).FirstOrDefault(version => version is not null);
        var libraries = replayed.Where(each => each.IsRegression).SelectMany(each => each.Dream.Scenario.Libraries).Distinct().ToList();
        return new ReplayReport(sandbox.Name, await sandbox.DigestAsync(cancellation), python, libraries.Count == 0 ? new Dictionary<string, string>() : await VersionsAsync(libraries, cancellation), replayed);
    }

    /// <summary>What fails is tried once more: a busy machine is no regression.</summary>
    private async Task<Verdict> ProveAsync(DreamCompleted dream, bool strict, CancellationToken cancellation)
    {
        var submission = new Submission(dream.Code, dream.Scenario.TestCode, strict);
        var verdict = await guardian.JudgeAsync(submission, cancellation);
        return verdict.Outcome == VerdictOutcome.Pass ? verdict : await guardian.JudgeAsync(submission, cancellation);
    }

    private async Task<IReadOnlyDictionary<string, string>> VersionsAsync(IReadOnlyList<string> libraries, CancellationToken cancellation)
    {
        var answer = await sandbox.CallAsync("versions", "installed", Encoding.UTF8.GetBytes(JsonSerializer.Serialize(libraries)), cancellation);
        return JsonSerializer.Deserialize<Dictionary<string, string>>(answer) ?? [];
    }
}

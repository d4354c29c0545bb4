using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Datasets;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Adapters.Datasets;

/// <summary>Wrong variants of kept solutions: one small change each, which their tests refuse when they are executed.</summary>
public sealed class KilledMutants(Sandbox sandbox, IGuardian guardian, int concurrency)
{
    /// <summary>Makes mutants of every dream's solution and has each judged.</summary>
    /// <param name="kept">The dreams.</param>
    /// <param name="most">Mutants of one solution at most.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="SandboxUnavailableException">There is no sandbox.</exception>
    public async Task<IReadOnlyDictionary<DreamId, IReadOnlyList<RefusedCode>>> OfAsync(IReadOnlyList<KeptDream> kept, int most, CancellationToken cancellation)
    {
        var killed = new ConcurrentDictionary<DreamId, IReadOnlyList<RefusedCode>>();
        if (kept.Count > 0)
            await sandbox.RequireAsync(cancellation);
        await Parallel.ForEachAsync(kept, new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellation },
            async (dream, stop) => killed[dream.Dream.Dream] = await OfAsync(dream.Dream, most, stop));
        return killed;
    }

    private async Task<IReadOnlyList<RefusedCode>> OfAsync(DreamCompleted dream, int most, CancellationToken cancellation)
    {
        var killed = new List<RefusedCode>();
        var answer = await sandbox.CallAsync("variants", "made", Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { code = dream.Code, most })), cancellation);
        using var made = JsonDocument.Parse(answer);
        foreach (var (code, change) in made.RootElement.EnumerateArray().Select(each => (each.GetProperty("code").GetString()!, each.GetProperty("what").GetString()!)))
        {
            var verdict = await guardian.JudgeAsync(new Submission(code, dream.Scenario.TestCode, Strict: false), cancellation);
            // Only a test that said no is a label: a busy machine can take its time, too.
            if (verdict is { Outcome: VerdictOutcome.Fail, Kind: VerdictKind.Tests })
                killed.Add(new RefusedCode(code, verdict.Stage, verdict.Kind?.Name(), verdict.Reasons, change));
        }
        return killed;
    }
}

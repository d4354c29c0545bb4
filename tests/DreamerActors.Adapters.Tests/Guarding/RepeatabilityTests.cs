using System.Text.Json.Nodes;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Tests.Guarding;

/// <summary>The same programs get the same verdicts, however many are judged at once and however often.</summary>
public sealed class RepeatabilityTests
{
    [SkippableFact]
    public async Task Verdicts_are_the_same_one_by_one_eight_at_once_and_again()
    {
        Needs.Sandbox();
        var lines = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "data", "tasks.jsonl")).Where((_, i) => i % 6 == 0).ToList();
        string[]? first = null;
        foreach (var concurrency in new[] { 1, 2, 8, 8 })
        {
            await using var sandbox = GuardianFixture.Make(new BubblewrapJailer(new BubblewrapOptions(Priority: 0)), concurrency);
            var output = new StringWriter();
            await new BulkValidation(GuardianFixture.Over(sandbox)).RunAsync(new StringReader(string.Join('\n', lines)), (line, _) => output.WriteLineAsync(line), concurrency, strict: true, novelty: false, null, default);
            string[] verdicts = [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Told).Order(StringComparer.Ordinal)];
            Assert.Equal(first ??= verdicts, verdicts);
        }
        Assert.Equal(lines.Count, first!.Length);
    }

    /// <summary>Whose order is always the same in the first interpreter, and another in those of the repeated runs.</summary>
    [SkippableFact]
    public async Task What_leans_on_the_order_of_a_set_is_always_seen_and_never_by_chance()
    {
        Needs.Sandbox();
        const string Code = "def first(names):\n    return next(iter(set(names)))\n";
        const string Tests = "from solution import first\n\ndef test_first():\n    assert first(['ash', 'birch', 'cedar', 'elm', 'fir', 'oak', 'pine', 'yew']) == 'oak'\n";
        for (var again = 0; again < 3; again++)
        {
            await using var sandbox = GuardianFixture.Make(new BubblewrapJailer(new BubblewrapOptions(Priority: 0)), concurrency: 1);
            var guardian = GuardianFixture.Over(sandbox);
            Assert.Equal(VerdictOutcome.Pass, (await guardian.JudgeAsync(new Submission(Code, Tests, Strict: false), default)).Outcome);
            Assert.Equal(VerdictKind.Flaky, (await guardian.JudgeAsync(new Submission(Code, Tests, Strict: true), default)).Kind);
        }
    }

    /// <summary>Places in memory are the same in all forks of the first interpreter, and others in those of the repeated runs.</summary>
    [SkippableFact]
    public async Task What_leans_on_places_in_memory_is_seen()
    {
        Needs.Sandbox();
        const string Code = "from functools import partial\n\ndef place():\n    return 7 + (id(partial) >> 24)\n"; // of the heap
        await using var sandbox = GuardianFixture.Make(new BubblewrapJailer(new BubblewrapOptions(Priority: 0)), concurrency: 1);
        var guardian = GuardianFixture.Over(sandbox);
        var told = (await guardian.JudgeAsync(new Submission(Code, "from solution import place\n\ndef test_place():\n    raise ValueError(f'<{place()}>')\n", Strict: false), default)).Reasons[0];
        var tests = $"from solution import place\n\ndef test_place():\n    assert place() == {told.Split('<', '>')[1]}\n";
        Assert.Equal(VerdictOutcome.Pass, (await guardian.JudgeAsync(new Submission(Code, tests, Strict: false), default)).Outcome);
        Assert.Equal(VerdictKind.Flaky, (await guardian.JudgeAsync(new Submission(Code, tests, Strict: true), default)).Kind);
    }

    /// <summary>What may not differ: everything but times and the words of messages.</summary>
    private static string Told(string line)
    {
        var verdict = JsonNode.Parse(line)!;
        var mutants = verdict["evidence"]?["adequacy"]?["mutants"];
        return $"{verdict["id"]} {verdict["verdict"]} {verdict["stage"]} {verdict["kind"]} {verdict["tests"]!.ToJsonString()} {mutants?["total"]}/{mutants?["killed"]} {verdict["evidence"]?["blind"]?.ToJsonString()}";
    }
}

using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Tests.Guarding;

/// <summary>What nearly repeats a kept dream or a benchmark is refused, with what it repeats as evidence.</summary>
[Collection(nameof(BubblewrapFixture))]
public sealed class NoveltyTests(BubblewrapFixture fixture) : IDisposable
{
    private const string Total = "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result\n";
    private const string AddUp = "def add_up(xs):\n    s = 0\n    for x in xs:\n        s += x\n    return s\n";
    private const string ItsTests = "from solution import add_up\n\ndef test_some():\n    assert add_up([1, 2, 3]) == 6\n\ndef test_none():\n    assert add_up([]) == 0\n";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private KeptDreams Kept()
    {
        var model = new ReadModel(_folder.Path);
        return new KeptDreams(() => model);
    }

    private Task<Verdict> JudgeAsync(KeptDreams kept, string? prompt = null, params string[] benchmarks) =>
        new Guardian(fixture.Sandbox, new GuardingDemands(true), kept, new Benchmarks(benchmarks), TimeProvider.System)
            .JudgeAsync(new Submission(AddUp, ItsTests, true, prompt, Novelty: true), default);

    [SkippableFact]
    public async Task A_renamed_copy_of_a_kept_dream_is_a_duplicate_of_it()
    {
        Needs.Sandbox();
        var kept = Kept();
        Assert.Equal(VerdictOutcome.Pass, (await JudgeAsync(kept)).Outcome);

        await kept.ApplyAsync(Some.Entries(Some.Dream(code: Total)), default);

        var verdict = await JudgeAsync(kept);
        Assert.Equal((VerdictOutcome.Fail, "novelty", VerdictKind.Duplicate), (verdict.Outcome, verdict.Stage, verdict.Kind!.Value));
        Assert.Equal("3ad33cf3", verdict.Evidence.GetProperty("novelty").GetProperty("nearest").GetString());
        Assert.Equal(1, verdict.Evidence.GetProperty("novelty").GetProperty("likeness").GetDouble());
    }

    [SkippableFact]
    public async Task A_task_or_a_program_that_shares_eight_words_with_a_benchmark_is_contaminated()
    {
        Needs.Sandbox();
        var prompts = _folder.File("bench.jsonl", "{\"task\": {\"prompt\": \"Return the sum of all the numbers\\n in the GIVEN list.\"}}\n\n{\"n\": 1}\n");
        var programs = _folder.File("programs.txt", "def other(xs): s = 0 for x in xs: s += x");

        var byPrompt = await JudgeAsync(Kept(), "Please return the sum of all the  numbers in the given list.", prompts);
        Assert.Equal((VerdictOutcome.Fail, "novelty", VerdictKind.Contaminated), (byPrompt.Outcome, byPrompt.Stage, byPrompt.Kind!.Value));
        Assert.Equal("bench.jsonl", byPrompt.Evidence.GetProperty("novelty").GetProperty("benchmark").GetString());
        Assert.Equal("return the sum of all the numbers in", byPrompt.Evidence.GetProperty("novelty").GetProperty("overlap").GetString());

        Assert.Equal(VerdictKind.Contaminated, (await JudgeAsync(Kept(), null, programs)).Kind);
        Assert.Equal(VerdictOutcome.Pass, (await JudgeAsync(Kept(), "Return the sum of all the numbers of a list.", prompts)).Outcome);
    }

    [SkippableFact]
    public async Task A_benchmark_that_cannot_be_read_is_no_verdict()
    {
        Needs.Sandbox();
        var verdict = await JudgeAsync(Kept(), null, _folder.File("bench.jsonl", "{}\n{broken\n"));
        Assert.Equal((VerdictOutcome.Error, "novelty"), (verdict.Outcome, verdict.Stage));
        Assert.Contains("line 2", verdict.Reasons[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_kept_is_known_again_after_a_restart_applied_twice_is_known_once_and_reset_is_forgotten()
    {
        var dreams = Some.Entries(Some.Dream("00000001", code: Total), Some.Dream("00000002", code: "import re\n\ndef words(text):\n    return re.findall(r'\\w+', text.lower())\n"));
        await Kept().ApplyAsync(dreams, default);
        await Kept().ApplyAsync(dreams, default);

        var again = Kept();
        Assert.Equal(2, await again.LastOffsetAsync(default));
        Assert.Equal(("00000001", 1.0), await again.NearestAsync(CodeSignature.Of(AddUp), default) is { } nearest ? (nearest.Dream.Value, nearest.Likeness) : default);
        Assert.Null(await again.NearestAsync(CodeSignature.Of("class Empty:\n    kinds = {'a': 1}\n"), default));

        await again.ResetAsync(default);
        Assert.Null(await again.NearestAsync(CodeSignature.Of(AddUp), default));
        Assert.Equal(0, await again.LastOffsetAsync(default));
    }
}

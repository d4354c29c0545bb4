using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Tests.Guarding;

/// <summary>A judge is asked about what was proven, in strict mode, when the task is known; it can only refuse.</summary>
[Collection(nameof(BubblewrapFixture))]
public sealed class JudgeStageTests(BubblewrapFixture fixture)
{
    private const string Code = "def f(x):\n    return 2 * x\n";
    private const string ItsTests = "from solution import f\n\ndef test_f():\n    assert f(2) == 4\n\ndef test_g():\n    assert f(3) == 6\n";

    private Task<Verdict> JudgeAsync(Saying judge, Submission submission) => new Guardian(
        fixture.Sandbox, new GuardingDemands(true), new KeptDreams(() => throw new InvalidOperationException("novelty was not asked")), new Benchmarks([]),
        TimeProvider.System, judge).JudgeAsync(submission, default);

    [SkippableFact]
    public async Task What_the_judge_says_is_the_verdict_and_evidence()
    {
        Needs.Sandbox();
        var agreed = await JudgeAsync(new Saying("PASS: yes\nREASON: clean"), new Submission(Code, ItsTests, true, "Double a number."));
        Assert.Equal(VerdictOutcome.Pass, agreed.Outcome);
        Assert.Equal([new BrainUse("judge", "m", 1, 2, 3)], agreed.Use);
        Assert.Equal("clean", agreed.Evidence.GetProperty("judge").GetProperty("reason").GetString());

        var refused = await JudgeAsync(new Saying("PASS: no\nREASON: it answers another task"), new Submission(Code, ItsTests, true, "Double a number."));
        Assert.Equal((VerdictOutcome.Fail, "judge", VerdictKind.Judge), (refused.Outcome, refused.Stage, refused.Kind!.Value));
        Assert.Equal(["it answers another task"], refused.Reasons);
    }

    [SkippableFact]
    public async Task A_judge_that_cannot_be_reached_is_no_verdict()
    {
        Needs.Sandbox();
        var verdict = await JudgeAsync(new Saying(null), new Submission(Code, ItsTests, true, "Double a number."));
        Assert.Equal((VerdictOutcome.Error, "judge"), (verdict.Outcome, verdict.Stage));
    }

    [SkippableTheory]
    [InlineData(Code, false, "Double a number.", VerdictOutcome.Pass)]
    [InlineData(Code, true, null, VerdictOutcome.Pass)]
    [InlineData("def f(x):\n    return x\n", true, "Double a number.", VerdictOutcome.Fail)]
    public async Task Nobody_is_asked_in_lenient_mode_without_a_task_or_about_what_failed(string code, bool strict, string? prompt, VerdictOutcome expected)
    {
        Needs.Sandbox();
        var judge = new Saying("PASS: no");
        Assert.Equal(expected, (await JudgeAsync(judge, new Submission(code, ItsTests, strict, prompt))).Outcome);
        Assert.Equal(0, judge.Asked);
    }

    private sealed class Saying(string? answer) : IJudge
    {
        public int Asked { get; private set; }

        public Task<Review> ReviewAsync(Submission submission, CancellationToken cancellation)
        {
            Asked++;
            return answer is null ? throw new BrainUnavailableException("the endpoint is down") : Task.FromResult(new Review(answer, [new BrainUse("judge", "m", 1, 2, 3)]));
        }
    }
}

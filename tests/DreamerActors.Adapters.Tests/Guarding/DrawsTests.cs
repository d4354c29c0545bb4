using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Tests.Guarding;

/// <summary>What is right for most random numbers is refused, always at the same place; what is right for all of them passes: each block of data/draws.txt.</summary>
public sealed class DrawsTests
{
    private static readonly Programs All = new("draws.txt");

    public static TheoryData<string> Rare() => All.Of("rare");

    public static TheoryData<string> Honest() => All.Of("honest");

    [SkippableTheory]
    [MemberData(nameof(Rare))]
    public async Task What_is_wrong_for_few_numbers_is_refused_and_in_the_same_stage_in_every_jail(string program)
    {
        Needs.Sandbox();
        for (var again = 0; again < 2; again++)
        {
            var verdict = await JudgeAsync(program);
            Assert.Equal((VerdictOutcome.Fail, "determinism", VerdictKind.Flaky), (verdict.Outcome, verdict.Stage, verdict.Kind.GetValueOrDefault()));
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Honest))]
    public async Task What_draws_and_is_right_for_every_number_passes(string program)
    {
        Needs.Sandbox();
        var verdict = await JudgeAsync(program);
        Assert.True(verdict.Outcome == VerdictOutcome.Pass, $"{verdict.Stage} {verdict.Kind} {string.Join("; ", verdict.Reasons)}");
    }

    private static async Task<Verdict> JudgeAsync(string program)
    {
        await using var sandbox = GuardianFixture.Make(new BubblewrapJailer(new BubblewrapOptions(Priority: 0)), concurrency: 1);
        var (code, tests) = All[program];
        return await GuardianFixture.Over(sandbox).JudgeAsync(new Submission(code, tests, Strict: true), default);
    }
}

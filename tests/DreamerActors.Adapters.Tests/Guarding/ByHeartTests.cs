using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Tests.Guarding;

/// <summary>Tables of the tests' own questions are refused by their text, and tables of what there is are not: each block of data/by-heart.txt.</summary>
[Collection(nameof(BubblewrapFixture))]
public sealed class ByHeartTests(BubblewrapFixture fixture)
{
    private static readonly Programs All = new("by-heart.txt");

    public static TheoryData<string> Learnt() => All.Of("learnt");

    public static TheoryData<string> Honest() => All.Of("honest");

    [SkippableTheory]
    [MemberData(nameof(Learnt))]
    public async Task What_lists_the_answers_to_its_tests_is_refused_in_strict_mode(string program)
    {
        Needs.Sandbox();
        var verdict = await JudgeAsync(program);
        Assert.Equal((VerdictOutcome.Fail, "adequacy", VerdictKind.Cheat), (verdict.Outcome, verdict.Stage, verdict.Kind!.Value));
        Assert.Contains("lists the answers", verdict.Reasons[0], StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Honest))]
    public async Task A_table_of_what_there_is_passes(string program)
    {
        Needs.Sandbox();
        var verdict = await JudgeAsync(program);
        Assert.True(verdict.Outcome == VerdictOutcome.Pass, $"{verdict.Stage} {verdict.Kind} {string.Join("; ", verdict.Reasons)}");
    }

    private Task<Verdict> JudgeAsync(string program)
    {
        var (code, tests) = All[program];
        return fixture.JudgeAsync(code, tests, strict: true);
    }
}

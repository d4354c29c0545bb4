using System.Text.Json;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Domain.Tests.Brains;

/// <summary>Which refusals are worth another attempt, and what the coder learns from them.</summary>
public sealed class RepairRuleTests
{
    private const string Reports = """
        {"tests": {"reports": [
            {"name": "test_sum", "outcome": "failed", "message": "12 != 13"},
            {"name": "test_type", "outcome": "error", "message": "TypeError: f() takes 1 argument"},
            {"name": "test_good", "outcome": "passed", "message": null}]}}
        """;

    private static Verdict Refused(VerdictKind kind, string evidence = "{}") => new(
        VerdictOutcome.Fail, "tests", kind, ["test_sum: 12 != 13"], new TestCounts(1, 2), JsonDocument.Parse(evidence).RootElement, true, TimeSpan.Zero);

    [Fact]
    public void The_coder_learns_which_tests_failed_and_never_what_they_compared()
    {
        var repair = RepairRule.Next("code", Refused(VerdictKind.Tests, Reports), done: 0, limit: 1)!;
        Assert.Equal("code", repair.Code);
        Assert.Equal(["test_sum: an assertion does not hold", "test_type: TypeError: f() takes 1 argument"], repair.Reasons);
    }

    [Theory]
    [InlineData(VerdictKind.Static, true)]
    [InlineData(VerdictKind.Timeout, true)]
    [InlineData(VerdictKind.NoCode, true)]
    [InlineData(VerdictKind.Judge, true)]
    [InlineData(VerdictKind.Cheat, false)]
    [InlineData(VerdictKind.WeakTests, false)]
    [InlineData(VerdictKind.Unsupported, false)]
    [InlineData(VerdictKind.Duplicate, false)]
    public void Only_what_is_the_coders_fault_is_repaired(VerdictKind kind, bool repaired) =>
        Assert.Equal(repaired, RepairRule.Next(null, Refused(kind), 0, 3) is not null);

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0, 1, true)]
    [InlineData(2, 3, true)]
    [InlineData(3, 3, false)]
    public void Repairs_are_bounded(int done, int limit, bool repaired) => Assert.Equal(repaired, RepairRule.Next("c", Refused(VerdictKind.Tests), done, limit) is not null);

    [Fact]
    public void Uses_of_the_same_role_and_model_are_one() =>
        Assert.Equal(
            [new BrainUse("coder", "a", 3, 40, 4), new BrainUse("coder", "b", 1, 1, 1)],
            BrainUse.Sum([new BrainUse("coder", "a", 1, 10, 1), new BrainUse("coder", "b", 1, 1, 1), new BrainUse("coder", "a", 2, 30, 3)]));
}

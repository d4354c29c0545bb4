using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Tests.Sessions;

/// <summary>A plan says how hard each scenario shall be, and why when nobody asked for it.</summary>
public sealed class SessionPlanTests
{
    private static readonly KnowledgeFragment Alone = new("json.dumps", "dumps", "Function", "text", [], ["json"], new Provenance("json.dumps", "json.py"));
    private static readonly KnowledgeFragment Pair = Alone with { Name = "dumps + parse", Libraries = ["json", "ast"] };
    private static readonly SessionOrder Order = new(5, Difficulty.Medium, true, "openai", "manual");

    private static PlannedScenario Entry(SessionOrder order, IReadOnlyList<DreamOutcome>? outcomes = null) =>
        SessionPlan.Entry(new ScenarioId("s001"), Alone, Pair, order, outcomes);

    private static IEnumerable<DreamOutcome> Medium(string library, bool kept) => Enumerable.Repeat(new DreamOutcome([library], Difficulty.Medium, kept), 8);

    [Fact]
    public void What_was_asked_for_needs_no_reason_and_a_simple_task_is_about_one_library()
    {
        Assert.Equal((Difficulty.Medium, null, Pair), Entry(Order) is var medium ? (medium.Difficulty, medium.DifficultyReason, medium.Fragment) : default);
        Assert.Equal((Difficulty.Simple, null, Alone), Entry(Order with { Difficulty = Difficulty.Simple }) is var simple ? (simple.Difficulty, simple.DifficultyReason, simple.Fragment) : default);
    }

    [Fact]
    public void A_second_library_that_is_too_hard_yet_is_left_out()
    {
        var planned = Entry(Order with { Adaptive = true }, [.. Medium("json", kept: true), .. Medium("ast", kept: false)]);
        Assert.Equal((Difficulty.Complex, Alone), (planned.Difficulty, planned.Fragment));
        Assert.StartsWith("json: 8 of the last 8 medium", planned.DifficultyReason, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_libraries_that_are_known_well_are_joined() =>
        Assert.Equal((Difficulty.Complex, Pair), Entry(Order with { Adaptive = true }, [.. Medium("json", kept: true), .. Medium("ast", kept: true)]) is var planned ? (planned.Difficulty, planned.Fragment) : default);
}

using System.Text.Json;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Tests.Sessions;

/// <summary>Two dreams of one session that are alike: the one that is recorded first is kept, the other is a duplicate of it.</summary>
public sealed class KeptOnceTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 28, 2, 0, 0, TimeSpan.Zero);
    private static readonly SessionId Session = new("0b0e7a44-1111-2222-3333-444455556666");
    private const string One = "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result\n";
    private const string Renamed = "def add_up(xs):\n    s = 0\n    for x in xs:\n        s += x\n    return s\n";

    private static readonly Verdict Proven = new(
        VerdictOutcome.Pass, null, null, [], new TestCounts(1, 0), JsonDocument.Parse("{\"tests\":{\"checks\":1}}").RootElement, true, TimeSpan.FromSeconds(1));

    private static SessionState Begun(bool strict)
    {
        PlannedScenario Plan(string id) => new(new ScenarioId(id), new KnowledgeFragment(id, id, "Function", "", [], [], new Provenance(id, "m.py")), Difficulty.Simple);
        Scenario Woven(string id) => new(new ScenarioId(id), id, "", "", [], "", Difficulty.Simple, [], new Provenance(id, "m.py"));
        ISessionEvent[] happened =
        [
            new SessionStarted(Session, At, new SessionOrder(3, Difficulty.Simple, strict, "recall", "manual"), [Plan("a"), Plan("b"), Plan("c")]),
            .. new[] { "a", "b", "c" }.Select(id => new ScenarioWoven(Session, At, Woven(id))),
        ];
        return happened.Aggregate(SessionState.Initial, (state, each) => state.Apply(each));
    }

    private static (SessionState State, ISessionEvent Event) Keep(SessionState state, string scenario, string code)
    {
        var accepted = Assert.IsType<Decision.Accept>(state.Decide(new RecordKept(At, new ScenarioId(scenario), code, Proven)));
        return (accepted.Events.Aggregate(state, (each, e) => each.Apply(e)), accepted.Events[0]);
    }

    [Theory]
    [InlineData("a", One, "b", Renamed)]
    [InlineData("b", Renamed, "a", One)]
    public void Whichever_is_recorded_first_is_kept(string first, string code, string second, string likeIt)
    {
        var (state, kept) = Keep(Begun(strict: true), first, code);
        Assert.IsType<DreamCompleted>(kept);
        var (after, refused) = Keep(state, second, likeIt);
        var rejected = Assert.IsType<DreamRejected>(refused);
        Assert.Equal((VerdictOutcome.Fail, "novelty", VerdictKind.Duplicate), (rejected.Verdict.Outcome, rejected.Verdict.Stage, rejected.Verdict.Kind!.Value));
        Assert.Equal(DreamId.Of(Session, new ScenarioId(first)).Value, rejected.Verdict.Evidence.GetProperty("novelty").GetProperty("nearest").GetString());
        Assert.Equal(1, rejected.Verdict.Evidence.GetProperty("tests").GetProperty("checks").GetInt32());
        Assert.Equal((2, 1), (after.Report.Attempted, after.Report.Successful));
        Assert.Equal(1, after.Rejections["DUPLICATE"]);
    }

    [Fact]
    public void Something_else_is_kept_too() =>
        Assert.IsType<DreamCompleted>(Keep(Keep(Begun(strict: true), "a", One).State, "b", "def f(x):\n    return [y for y in x if y > 0]\n").Event);

    [Fact]
    public void Without_strict_validation_nobody_asks() =>
        Assert.IsType<DreamCompleted>(Keep(Keep(Begun(strict: false), "a", One).State, "b", Renamed).Event);
}

using System.Text.Json;
using CsCheck;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Tests.Sessions;

/// <summary>Whatever a session is told, in whatever order: no dream ends twice, none is kept unproven, none is forgotten (invariants I1, I2, I4).</summary>
public sealed class SessionStateTests
{
    private static readonly SessionId Session = new("98e51873-0000-4000-8000-000000000001");
    private static readonly DateTimeOffset Night = new(2026, 1, 2, 3, 0, 0, TimeSpan.Zero);
    private static readonly SessionOrder Order = new(3, Difficulty.Medium, true, "recall", "manual");

    // s004 is never in a plan.
    private static readonly Gen<ScenarioId> AnyScenario = Gen.Int[1, 4].Select(n => new ScenarioId($"s00{n}"));
    private static readonly Gen<DateTimeOffset> AnyTime = Gen.Int[0, 10_000].Select(second => Night.AddSeconds(second));
    private static readonly Gen<Verdict> AnyVerdict = Gen.Enum<VerdictOutcome>().Select(Verdict);

    private static readonly Gen<SessionCommand> AnyCommand = Gen.OneOf<SessionCommand>(
        Gen.Select(AnyTime, Gen.Int[0, 3], (at, planned) => (SessionCommand)Begin(at, planned)),
        Gen.Select(AnyTime, AnyScenario, (at, id) => (SessionCommand)new RecordWoven(at, Scenario(id))),
        Gen.Select(AnyTime, AnyScenario, (at, id) => (SessionCommand)new RecordWoven(at, Scenario(id))),
        Gen.Select(AnyTime, AnyScenario, AnyVerdict, (at, id, verdict) => (SessionCommand)new RecordKept(at, id, "def f(): ...", verdict)),
        Gen.Select(AnyTime, AnyScenario, AnyVerdict, (at, id, verdict) => (SessionCommand)new RecordKept(at, id, "def f(): ...", verdict)),
        Gen.Select(AnyTime, AnyScenario, AnyVerdict, (at, id, verdict) => (SessionCommand)new RecordRejected(at, id, null, verdict)),
        Gen.Select(AnyTime, AnyScenario, (at, id) => (SessionCommand)new RecordLost(at, id, LossReason.Infrastructure, "why")),
        AnyTime.Select(at => (SessionCommand)new InterruptSession(at, InterruptReason.Asked, TimeSpan.Zero)),
        AnyTime.Select(at => (SessionCommand)new ResumeSession(at)));

    private static readonly Gen<SessionCommand[]> AnyLife = Gen.Select(
        Gen.Int[1, 3], AnyCommand.Array[0, 30], (planned, rest) => (SessionCommand[])[Begin(Night, planned), .. rest]);

    [Fact]
    public void A_scenario_ends_at_most_once_and_is_kept_only_when_it_was_woven_and_proven() =>
        AnyLife.Sample(life =>
        {
            var events = Live(life).Events;
            var ends = events.Select(End).OfType<ScenarioId>().ToList();
            return ends.Count == ends.Distinct().Count()
                && events.OfType<DreamCompleted>().All(kept =>
                    kept.Verdict.Outcome == VerdictOutcome.Pass && events.TakeWhile(e => !ReferenceEquals(e, kept)).OfType<ScenarioWoven>().Any(woven => woven.Scenario.Id == kept.Scenario.Id))
                && events.OfType<DreamRejected>().All(rejected => rejected.Verdict.Outcome == VerdictOutcome.Fail);
        });

    [Fact]
    public void It_is_completed_exactly_when_every_planned_scenario_has_ended_and_nothing_follows() =>
        AnyLife.Sample(life =>
        {
            var (state, events) = Live(life);
            var planned = state.Plan.Count;
            var completed = events.OfType<SessionCompleted>().ToList();
            return completed.Count <= 1
                && (completed.Count == 1) == (events.Select(End).OfType<ScenarioId>().Count() == planned)
                && (completed.Count == 0 || (ReferenceEquals(events[^1], completed[0]) && state.Phase == SessionPhase.Completed && completed[0].Report == state.Report));
        });

    [Fact]
    public void Its_events_alone_bring_it_back() =>
        AnyLife.Sample(life =>
        {
            var (state, events) = Live(life);
            var again = events.Aggregate(SessionState.Initial, (s, e) => s.Apply(e));
            return (again.Phase, again.Report) == (state.Phase, state.Report)
                && again.Pending.SequenceEqual(state.Pending)
                && again.Rejections.SequenceEqual(state.Rejections)
                && again.Titles.SequenceEqual(state.Titles);
        });

    [Fact]
    public void The_figures_add_up_and_time_never_runs_backwards() =>
        AnyLife.Sample(life =>
        {
            var (state, events) = Live(life);
            var report = state.Report;
            return report.Successful == events.OfType<DreamCompleted>().Count()
                && report.Lost == events.OfType<DreamLost>().Count()
                && report.Attempted == report.Successful + state.Rejections.Values.Sum()
                && report.Attempted + report.Lost + state.Pending.Count() == state.Plan.Count
                && report.Duration >= TimeSpan.Zero
                && report.SuccessRate is >= 0 and <= 1;
        });

    [Fact]
    public void A_refused_command_changes_nothing_because_it_has_no_events()
    {
        var state = Live([Begin(Night, 1)]).State;
        Assert.IsType<Decision.Refuse>(state.Decide(new RecordKept(Night, new ScenarioId("s001"), "code", Verdict(VerdictOutcome.Pass))));
        Assert.IsType<Decision.Refuse>(state.Decide(Begin(Night, 1)));
        Assert.IsType<Decision.Refuse>(SessionState.Initial.Decide(new ResumeSession(Night)));
        Assert.IsType<Decision.Refuse>(SessionState.Initial.Decide(Begin(Night, 0)));
    }

    [Fact]
    public void Pauses_are_not_dreamt_and_a_clock_set_back_takes_nothing_away()
    {
        var (state, _) = Live(
        [
            Begin(Night, 2),
            new RecordWoven(Night.AddSeconds(10), Scenario(new ScenarioId("s001"))),
            new InterruptSession(Night.AddSeconds(20), InterruptReason.UserActivity, TimeSpan.FromMilliseconds(300)),
            new ResumeSession(Night.AddHours(1)),
            new RecordLost(Night.AddHours(1).AddSeconds(5), new ScenarioId("s001"), LossReason.Infrastructure, "why"),
            new RecordLost(Night, new ScenarioId("s002"), LossReason.Infrastructure, "why"),
        ]);
        Assert.Equal(SessionPhase.Completed, state.Phase);
        Assert.Equal(TimeSpan.FromSeconds(25), state.Report.Duration);
    }

    private static (SessionState State, IReadOnlyList<ISessionEvent> Events) Live(IEnumerable<SessionCommand> life)
    {
        var (state, events) = (SessionState.Initial, new List<ISessionEvent>());
        foreach (var command in life)
        {
            if (state.Decide(command) is not Decision.Accept accept) continue;
            events.AddRange(accept.Events);
            state = accept.Events.Aggregate(state, (s, e) => s.Apply(e));
        }

        return (state, events);
    }

    private static ScenarioId? End(ISessionEvent happened) => happened switch
    {
        DreamCompleted e => e.Scenario.Id,
        DreamRejected e => e.ScenarioId,
        DreamLost e => e.Scenario,
        _ => null,
    };

    private static BeginSession Begin(DateTimeOffset at, int planned) =>
        new(at, Session, Order, [.. Enumerable.Range(1, planned).Select(n => new PlannedScenario(new ScenarioId($"s00{n}"), Fragment, Difficulty.Medium))]);

    private static KnowledgeFragment Fragment { get; } = new("m.f", "f", "Function", "", [], ["m"], new Provenance("m.f", "m.py"));

    private static Scenario Scenario(ScenarioId id) => new(id, "title " + id, "", "prompt", [], "tests", Difficulty.Medium, ["m"], Fragment.Provenance);

    private static Verdict Verdict(VerdictOutcome outcome) => new(
        outcome, null, outcome == VerdictOutcome.Fail ? VerdictKind.Tests : null, [], new TestCounts(1, 0), JsonDocument.Parse("{}").RootElement, true, TimeSpan.Zero);
}

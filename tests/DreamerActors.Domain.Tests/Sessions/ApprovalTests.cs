using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Tests.Sessions;

public sealed class ApprovalTests
{
    private static readonly SessionId Session = new("98e51873-0000-4000-8000-000000000001");
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly DreamId Dream = DreamId.Of(Session, new ScenarioId("s001"));

    private static SessionState Completed()
    {
        var planned = new PlannedScenario(new ScenarioId("s001"), new KnowledgeFragment("e", "e", "Function", "", [], [], new Provenance("e", "e.py")), Difficulty.Simple);
        var scenario = new Scenario(planned.Id, "t", "d", "p", [], "tests", Difficulty.Simple, [], new Provenance("e", "e.py"));
        var verdict = Verdict.NothingToJudge("tests", "", false) with { Outcome = VerdictOutcome.Pass };
        SessionCommand[] commands =
        [
            new BeginSession(At, Session, new SessionOrder(1, Difficulty.Simple, false, "recall", "manual"), [planned]), new RecordWoven(At, scenario), new RecordKept(At, planned.Id, "x = 1", verdict),
        ];
        return commands.Aggregate(SessionState.Initial, (state, command) => Accepted(state, command));
    }

    private static SessionState Accepted(SessionState state, SessionCommand command) =>
        Assert.IsType<Decision.Accept>(state.Decide(command)).Events.Aggregate(state, (before, happened) => before.Apply(happened));

    private static string Refused(SessionState state, SessionCommand command) => Assert.IsType<Decision.Refuse>(state.Decide(command)).Reason;

    private static SetApproval Say(Approval approval, DreamId? dream = null) => new(At, dream ?? Dream, approval, "ewa", "żółć");

    [Fact]
    public void A_kept_dream_is_approved_declined_and_undone_after_its_session_has_ended()
    {
        var approved = Accepted(Completed(), Say(Approval.Approved));
        Assert.Equal(Approval.Approved, approved.Approvals[Dream]);
        Assert.Equal(SessionPhase.Completed, approved.Phase);
        var declined = Accepted(approved, Say(Approval.Declined));
        Assert.Equal(Approval.Declined, declined.Approvals[Dream]);
        Assert.Empty(Accepted(declined, Say(Approval.Pending)).Approvals);
    }

    [Fact]
    public void A_kept_dream_that_is_refused_elsewhere_stays_kept_and_nothing_is_written_of_others()
    {
        var refused = new ReplayResult(Dream, false, "docker", "sha256:2", "3.13.0", "tests", "TESTS", "why");
        var after = Accepted(Completed(), new RecordReplays(At, [refused]));
        Assert.Equal((SessionPhase.Completed, 1), (after.Phase, after.Report.Successful));
        Assert.Contains("was not kept", Refused(Completed(), new RecordReplays(At, [refused, refused with { Dream = new DreamId("00000000") }])), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_is_not_said_twice_and_nothing_is_said_about_what_was_not_kept()
    {
        Assert.Contains("already approved", Refused(Accepted(Completed(), Say(Approval.Approved)), Say(Approval.Approved)), StringComparison.Ordinal);
        Assert.Contains("nothing was said", Refused(Completed(), Say(Approval.Pending)), StringComparison.Ordinal);
        Assert.Contains("was not kept", Refused(Completed(), Say(Approval.Approved, new DreamId("00000000"))), StringComparison.Ordinal);
        Assert.Contains("quarantined", Refused(Completed().Apply(new SessionQuarantined(Session, At, "why", [Dream])), Say(Approval.Approved)), StringComparison.Ordinal);
        Assert.Contains("not begun", Refused(SessionState.Initial, Say(Approval.Approved)), StringComparison.Ordinal);
    }
}

using Akka.Actor;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Tests.Machines;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Dreaming;

/// <summary>Every canary goes to the guardian that dreams go to, and what it says comes back as it said it.</summary>
public sealed class CanaryActorTests : TestKit
{
    [Fact]
    public void Every_canary_is_asked_as_strictly_as_the_session_and_reported()
    {
        var (session, guardian) = (CreateTestProbe(), CreateTestProbe());
        OpenDoor.Install(this, Nobody.Instance, guardian);
        session.ChildActorOf(CanaryActor.Props(new CanaryAssignment(Events.Session, new ScenarioId("canaries"), Strict: true)));
        foreach (var canary in Canary.All)
        {
            var asked = guardian.ExpectMsg<GuardianProtocol.Judge>();
            Assert.Equal(new Submission(canary.Code, canary.TestCode, Strict: true), asked.Submission);
            guardian.Reply(canary.Expected == VerdictOutcome.Pass
                ? new GuardianProtocol.Judged(asked.Operation, Events.Verdict(VerdictOutcome.Pass))
                : new WorkbenchProtocol.WorkFailed(asked.Operation, "no sandbox"));
        }

        var results = session.ExpectMsg<RecordCanaries>().Results;
        Assert.Equal(
            [new CanaryResult("cheat", VerdictOutcome.Fail, VerdictOutcome.Error, "no sandbox"), new CanaryResult("honest", VerdictOutcome.Pass, VerdictOutcome.Pass, null)], results);
    }

    [Fact]
    public void A_wake_up_has_them_given_back_and_what_was_asked_cancelled_before_anybody_answers()
    {
        var (session, guardian) = (CreateTestProbe(), CreateTestProbe());
        OpenDoor.Install(this, Nobody.Instance, guardian);
        session.ChildActorOf(CanaryActor.Props(new CanaryAssignment(Events.Session, new ScenarioId("canaries"), Strict: false)));
        foreach (var _ in Canary.All) guardian.ExpectMsg<GuardianProtocol.Judge>();

        Sys.EventStream.Publish(new EnergyProtocol.WakeUp(InterruptReason.UserActivity, TestActor));

        Assert.Equal(new ScenarioId("canaries"), session.ExpectMsg<ScenarioProtocol.GivenBack>().Scenario);
        foreach (var _ in Canary.All) guardian.ExpectMsg<WorkbenchProtocol.Cancel>();
    }

    [Fact]
    public void Stopped_it_cancels_what_it_asked_and_a_late_answer_is_nobodys()
    {
        var (session, guardian) = (CreateTestProbe(), CreateTestProbe());
        OpenDoor.Install(this, Nobody.Instance, guardian);
        var canaries = session.ChildActorOf(CanaryActor.Props(new CanaryAssignment(Events.Session, new ScenarioId("canaries"), Strict: false)));
        var asked = Canary.All.Select(_ => guardian.ExpectMsg<GuardianProtocol.Judge>().Operation).ToList();
        Sys.Stop(canaries);
        Assert.Equal(asked.ToHashSet(), Canary.All.Select(_ => guardian.ExpectMsg<WorkbenchProtocol.Cancel>().Operation).ToHashSet());
        session.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }
}

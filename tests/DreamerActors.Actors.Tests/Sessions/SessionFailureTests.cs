using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Sessions;
using DreamerActors.Actors.Tests.Machines;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Sessions;

public sealed class SessionFailureTests : TestKit
{
    private static readonly SessionId Session = new("0b0e7a44-1111-2222-3333-444455556666");
    private static readonly SessionOrder Order = new(1, Difficulty.Simple, true, "recall", "manual");
    private static readonly PlannedScenario[] Plan = [new PlannedScenario(new ScenarioId("s001"), Events.Fragment(), Difficulty.Simple)];

    private readonly TestProbe _sleepers;

    public SessionFailureTests() => _sleepers = CreateTestProbe();

    [Fact]
    public void A_session_that_fails_in_the_middle_tells_whoever_waits_for_it_and_can_be_resumed()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(SessionProtocol.SessionEnded));
        var session = Start();
        session.Tell(new SessionProtocol.BeginDreaming(Session, Order, Plan));
        ExpectMsg<SessionProtocol.SessionAccepted>();

        // A scenario id that nobody planned has no title: the session's actor fails over it and is restarted.
        session.Tell(new ScenarioProtocol.PhaseEntered(new ScenarioId("nobody"), "weaving"));

        var ended = ExpectMsg<SessionProtocol.SessionEnded>();
        Assert.False(ended.Completed);
        Assert.Contains("can be resumed", ended.Error, StringComparison.Ordinal);
        session.Tell(new SessionProtocol.ResumeDreaming(Session));
        ExpectMsg<SessionProtocol.SessionAccepted>();
    }

    [Fact]
    public void The_interruption_in_the_journal_says_why_how_fast_and_what_the_watchdog_did()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(SessionProtocol.SessionEnded));
        var session = Start();
        session.Tell(new SessionProtocol.BeginDreaming(Session, Order, Plan));
        ExpectMsg<SessionProtocol.SessionAccepted>();
        _sleepers.ExpectMsg(new ScenarioId("s001"));
        Sys.EventStream.Publish(new EnergyProtocol.WakeUp(InterruptReason.Load, TestActor));
        Sys.EventStream.Publish(new EnergyProtocol.WokenUp(InterruptReason.Load, "too hot", true, TimeSpan.FromMilliseconds(70), 2, "not quiet in time: coder"));
        var told = ExpectMsg<SessionProtocol.SessionEnded>().Interruption!;
        Assert.Equal((InterruptReason.Load, 70, "too hot", 2, "not quiet in time: coder"), (told.Reason, told.StopLatency.TotalMilliseconds, told.Detail, told.Killed, told.Problem));
    }

    private IActorRef Start() => Sys.ActorOf(Props.Create(() => new Parent(new Machine(Sys, 1).Session(
        Session, each => Props.Create(() => new Sleeper(each.Planned.Id, _sleepers.Ref)), each => Props.Create(() => new Sleeper(each.Id, _sleepers.Ref))))));

    /// <summary>Stands in the place of the shard: restarts what fails.</summary>
    private sealed class Parent : ReceiveActor
    {
        public Parent(Props session)
        {
            var child = Context.ActorOf(session);
            Receive<Akka.Cluster.Sharding.Passivate>(_ => { });
            ReceiveAny(child.Forward);
        }
    }

    private sealed class Sleeper : ReceiveActor
    {
        public Sleeper(ScenarioId id, IActorRef told)
        {
            Receive<EnergyProtocol.WakeUp>(_ =>
            {
                Context.Parent.Tell(new ScenarioProtocol.GivenBack(id));
                Context.Stop(Self);
            });
            Context.System.EventStream.Subscribe<EnergyProtocol.WakeUp>(Self);
            told.Tell(id);
        }

        protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);
    }
}

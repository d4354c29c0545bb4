using Akka.Actor;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Sessions;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Sessions;

public sealed class SessionFailureTests : TestKit
{
    private static readonly SessionId Session = new("0b0e7a44-1111-2222-3333-444455556666");
    private static readonly SessionOrder Order = new(1, Difficulty.Simple, true, "recall", "manual");
    private static readonly PlannedScenario[] Plan = [new PlannedScenario(new ScenarioId("s001"), Events.Fragment(), Difficulty.Simple)];

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
        session.Tell(new SessionProtocol.InterruptDreaming(Session, InterruptReason.Load, TimeSpan.FromMilliseconds(70), "too hot", 2, "not quiet in time: coder"));
        var told = ExpectMsg<SessionProtocol.SessionEnded>().Interruption!;
        Assert.Equal((InterruptReason.Load, 70, "too hot", 2, "not quiet in time: coder"), (told.Reason, told.StopLatency.TotalMilliseconds, told.Detail, told.Killed, told.Problem));
    }

    private IActorRef Start() => Sys.ActorOf(Props.Create(() => new Parent(DreamSessionActor.Props(
        Session, _ => Props.Create(() => new Sleeper()), _ => Props.Create(() => new Sleeper()), 1, TimeProvider.System))));

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
        public Sleeper() => ReceiveAny(_ => { });
    }
}

using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Sessions;
using DreamerActors.Actors.Tests.Machines;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Sessions;

/// <summary>A session supervises its scenarios and says only what is durable; stopped at any moment it goes on where it was (I4).</summary>
public sealed class DreamSessionActorTests : TestKit
{
    private static readonly SessionId Session = Events.Session;
    private static readonly SessionOrder Order = new(3, Difficulty.Simple, true, "recall", "manual");

    private readonly TestProbe _scenarios;
    private readonly TestProbe _region;
    private Machine? _machine;

    public DreamSessionActorTests()
    {
        (_scenarios, _region) = (CreateTestProbe(), CreateTestProbe());
        Sys.EventStream.Subscribe(TestActor, typeof(SessionProtocol.SessionEnded));
    }

    /// <summary>Its scenarios do nothing by themselves: they tell the probe that they started and pass on what it tells them to.</summary>
    private IActorRef Start(int concurrency = 2)
    {
        _machine ??= new Machine(Sys, concurrency);
        return _region.ChildActorOf(_machine.Session(
            Session, assignment => Props.Create(() => new Puppet(assignment.Planned.Id, _scenarios)), canaries => Props.Create(() => new Puppet(canaries.Id, _scenarios))));
    }

    private static SessionProtocol.BeginDreaming Begin(int planned, bool canaries = false) =>
        new(Session, Order with { Canaries = canaries }, [.. Enumerable.Range(1, planned).Select(n => new PlannedScenario(new ScenarioId($"s{n:000}"), Events.Fragment($"pkg.f{n}"), Difficulty.Simple))]);

    private Started NextStarted() => _scenarios.ExpectMsg<Started>();

    private void Keep(IActorRef session, ScenarioId id)
    {
        session.Tell(new RecordWoven(DateTimeOffset.UtcNow, Events.Scenario(id.Value)));
        session.Tell(new RecordKept(DateTimeOffset.UtcNow, id, $"print('{id}')", Events.Verdict(VerdictOutcome.Pass)));
    }

    private void Stop(IActorRef session)
    {
        Watch(session);
        Sys.Stop(session);
        ExpectTerminated(session);
    }

    [Fact]
    public void It_runs_so_many_at_once_and_ends_when_all_have_ended()
    {
        var session = Start(concurrency: 2);
        session.Tell(Begin(3), TestActor);
        ExpectMsg<SessionProtocol.SessionAccepted>();
        var (first, second) = (NextStarted(), NextStarted());
        _scenarios.ExpectNoMsg(TimeSpan.FromMilliseconds(50));

        Keep(session, first.Id);
        var third = NextStarted();
        session.Tell(new RecordLost(DateTimeOffset.UtcNow, second.Id, LossReason.Infrastructure, "why"));
        Keep(session, third.Id);

        var ended = ExpectMsg<SessionProtocol.SessionEnded>();
        Assert.Equal((true, 2, 2, 1, null), (ended.Completed, ended.Report.Attempted, ended.Report.Successful, ended.Report.Lost, ended.Error));
    }

    [Fact]
    public void Canaries_go_before_the_first_scenario_and_after_the_last_and_their_actors_failure_is_no_misjudgement()
    {
        var session = Start();
        session.Tell(Begin(1, canaries: true), TestActor);
        ExpectMsg<SessionProtocol.SessionAccepted>();
        var canaries = NextStarted();
        Assert.Equal("canaries-1", canaries.Id.Value);
        _scenarios.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
        session.Tell(new RecordCanaries(DateTimeOffset.UtcNow, [Judged(VerdictOutcome.Fail)]), canaries.Actor);

        Keep(session, NextStarted().Id);
        var last = NextStarted();
        Assert.Equal("canaries-2", last.Id.Value);
        last.Actor.Tell(new InvalidOperationException("broken"));

        Assert.True(ExpectMsg<SessionProtocol.SessionEnded>() is { Completed: true, Error: null, Report.Successful: 1 });
    }

    [Fact]
    public void A_misjudged_canary_ends_the_session_with_an_error_and_it_cannot_be_resumed()
    {
        var session = Start();
        session.Tell(Begin(1, canaries: true), TestActor);
        ExpectMsg<SessionProtocol.SessionAccepted>();
        session.Tell(new RecordCanaries(DateTimeOffset.UtcNow, [Judged(VerdictOutcome.Pass)]), NextStarted().Actor);

        var ended = ExpectMsg<SessionProtocol.SessionEnded>();
        Assert.False(ended.Completed);
        Assert.Contains("quarantined", ended.Error, StringComparison.Ordinal);
        _region.ExpectMsg<Akka.Cluster.Sharding.Passivate>();
        Stop(session);
        Start().Tell(new SessionProtocol.ResumeDreaming(Session), TestActor);
        Assert.Contains("quarantined", ExpectMsg<SessionProtocol.SessionRefused>().Reason, StringComparison.Ordinal);
    }

    /// <summary>Whoever asks is answered before the actor leaves, though the shard tells it to at once.</summary>
    [Fact]
    public void Every_approval_is_answered_however_soon_the_session_may_leave()
    {
        var session = Start();
        session.Tell(Begin(1), TestActor);
        ExpectMsg<SessionProtocol.SessionAccepted>();
        var id = NextStarted().Id;
        Keep(session, id);
        ExpectMsg<SessionProtocol.SessionEnded>();
        _region.ExpectMsg<Akka.Cluster.Sharding.Passivate>();
        Stop(session);
        _region.SetAutoPilot(new DelegateAutoPilot((sender, message) =>
        {
            if (message is Akka.Cluster.Sharding.Passivate passivate) sender.Tell(passivate.StopMessage);
            return AutoPilot.KeepRunning;
        }));

        for (var n = 0; n < 100; n++)
        {
            var returned = Watch(Start());
            returned.Tell(new SessionProtocol.SetApproval(Session, DreamId.Of(Session, id), n % 2 == 0 ? Approval.Approved : Approval.Pending, "ewa", null), TestActor);
            ExpectMsg<SessionProtocol.SessionAccepted>();
            ExpectTerminated(returned);
            _region.ExpectMsg<Akka.Cluster.Sharding.Passivate>();
        }
    }

    private static CanaryResult Judged(VerdictOutcome outcome) => new("cheat", VerdictOutcome.Fail, outcome, null);

    [Fact]
    public void A_scenario_actor_that_fails_is_a_lost_dream_and_not_a_verdict()
    {
        var session = Start();
        session.Tell(Begin(1), TestActor);
        ExpectMsg<SessionProtocol.SessionAccepted>();
        NextStarted().Actor.Tell(new InvalidOperationException("broken"));
        var ended = ExpectMsg<SessionProtocol.SessionEnded>();
        Assert.Equal((0, 1), (ended.Report.Attempted, ended.Report.Lost));
    }

    [Fact]
    public void Killed_at_any_moment_it_goes_on_with_what_had_not_ended_and_ends_nothing_twice()
    {
        var session = Start(concurrency: 1);
        session.Tell(Begin(3), TestActor);
        ExpectMsg<SessionProtocol.SessionAccepted>();
        Keep(session, NextStarted().Id);
        NextStarted();
        Stop(session);

        var again = Start(concurrency: 1);
        again.Tell(new SessionProtocol.ResumeDreaming(Session), TestActor);
        ExpectMsg<SessionProtocol.SessionAccepted>();
        var second = NextStarted();
        Assert.Equal("s002", second.Id.Value);
        Keep(again, new ScenarioId("s001"));
        Keep(again, second.Id);
        Keep(again, NextStarted().Id);
        var ended = ExpectMsg<SessionProtocol.SessionEnded>();
        Assert.Equal((true, 3, 3), (ended.Completed, ended.Report.Attempted, ended.Report.Successful));
    }

    [Fact]
    public void A_wake_up_stops_every_scenario_and_the_interruption_is_recorded_with_its_latency()
    {
        var session = Start(concurrency: 2);
        session.Tell(Begin(3), TestActor);
        ExpectMsg<SessionProtocol.SessionAccepted>();
        var (first, second) = (NextStarted(), NextStarted());
        Watch(first.Actor);
        Watch(second.Actor);

        Sys.EventStream.Publish(new EnergyProtocol.WakeUp(InterruptReason.UserActivity, TestActor));
        IActorRef[] stopped = [ExpectMsg<Terminated>().ActorRef, ExpectMsg<Terminated>().ActorRef];
        Assert.Equivalent(new[] { first.Actor, second.Actor }, stopped);
        Sys.EventStream.Publish(new EnergyProtocol.WokenUp(InterruptReason.UserActivity, null, true, TimeSpan.FromMilliseconds(300), 0, null));

        Assert.Equal(TimeSpan.FromMilliseconds(300), ExpectMsg<SessionProtocol.SessionEnded>().Interruption!.StopLatency);
        _scenarios.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_second_beginning_and_a_resumption_of_what_runs_are_refused()
    {
        var session = Start();
        session.Tell(Begin(1), TestActor);
        ExpectMsg<SessionProtocol.SessionAccepted>();
        session.Tell(Begin(1), TestActor);
        ExpectMsg<SessionProtocol.SessionRefused>();
        session.Tell(new SessionProtocol.ResumeDreaming(Session), TestActor);
        ExpectMsg<SessionProtocol.SessionRefused>();
    }

    [Fact]
    public async Task While_another_session_has_the_lease_it_is_busy_and_leaves()
    {
        var session = Start();
        Assert.Null(await _machine!.Lease.TryTakeAsync(new SessionId("another"), CancellationToken.None));
        session.Tell(Begin(1), TestActor);
        Assert.True(ExpectMsg<SessionProtocol.SessionRefused>() is { IsBusy: true, Reason: "another session is running" });
        _region.ExpectMsg<Akka.Cluster.Sharding.Passivate>();
    }

    /// <summary>Nobody tells it to: sharding starts what it remembers.</summary>
    [Fact]
    public async Task Started_again_it_goes_on_by_itself_as_soon_as_nobody_else_has_the_lease()
    {
        var session = Start(concurrency: 1);
        session.Tell(Begin(2), TestActor);
        ExpectMsg<SessionProtocol.SessionAccepted>();
        Keep(session, NextStarted().Id);
        NextStarted();
        Stop(session);
        Assert.Null(await _machine!.Lease.TryTakeAsync(new SessionId("another"), CancellationToken.None));
        ExpectTerminated(Watch(Start()));

        await _machine.Lease.ReleaseAsync(new SessionId("another"));
        var again = Start();
        Keep(again, NextStarted().Id);
        Assert.True(ExpectMsg<SessionProtocol.SessionEnded>() is { Completed: true, Report.Successful: 2 });
    }

    [Fact]
    public void What_was_started_for_another_message_does_not_go_on_by_itself()
    {
        var session = Start();
        session.Tell(Begin(3), TestActor);
        ExpectMsg<SessionProtocol.SessionAccepted>();
        var first = NextStarted().Id;
        NextStarted();
        Keep(session, first);
        NextStarted(); // so it is written
        Stop(session);
        Start().Tell(new SessionProtocol.SetApproval(Session, DreamId.Of(Session, first), Approval.Approved, "ewa", null), TestActor);
        ExpectMsg<SessionProtocol.SessionAccepted>();
        _scenarios.ExpectNoMsg(TimeSpan.FromMilliseconds(100));
    }

    private sealed record Started(ScenarioId Id, IActorRef Actor);

    private sealed class Puppet : ReceiveActor
    {
        public Puppet(ScenarioId id, IActorRef probe)
        {
            Receive<Exception>(failure => throw failure);
            Receive<EnergyProtocol.WakeUp>(_ =>
            {
                Context.Parent.Tell(new ScenarioProtocol.GivenBack(id));
                Context.Stop(Self);
            });
            Context.System.EventStream.Subscribe<EnergyProtocol.WakeUp>(Self);
            probe.Tell(new Started(id, Self));
        }

        protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);
    }
}

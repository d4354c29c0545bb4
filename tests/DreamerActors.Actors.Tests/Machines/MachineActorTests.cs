using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Journal;
using DreamerActors.Actors.Machines;
using DreamerActors.Actors.Sessions;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Machines;

/// <summary>A machine dreams what it was asked for, and what others ask for while it sleeps; whoever it belongs to comes first.</summary>
public sealed class MachineActorTests : TestKit
{
    private static readonly SessionId Session = Events.Session;
    private static readonly EnergyState Asleep = new() { Level = EnergyLevel.Asleep, Cause = EnergyCause.Away, Reason = "the user has been away for 8 h" };
    private static readonly EnergyState Resting = new() { Level = EnergyLevel.Drowsy, Cause = EnergyCause.Resting, Reason = "the user has been away for 5 min" };
    private static readonly EnergyState Busy = new() { Level = EnergyLevel.Awake, Cause = EnergyCause.Load, Reason = "others use 90 % of the memory", IsOverloaded = true };

    private readonly NoSandboxes _sandboxes = new();
    private readonly TestProbe _session;
    private readonly TestProbe _scenario;
    private readonly IActorRef _machine;

    public MachineActorTests()
        : base("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
    {
        (_session, _scenario) = (CreateTestProbe(), CreateTestProbe());
        _machine = Sys.ActorOf(MachineActor.Props(3, _sandboxes));
        foreach (var type in new[] { typeof(EnergyProtocol.DreamingBegan), typeof(EnergyProtocol.DreamingEnded), typeof(SessionProtocol.SessionEnded), typeof(JournalProtocol.EventsWritten) })
            Sys.EventStream.Subscribe(TestActor, type);
    }

    private void Follow(bool atNight = false) => _machine.Tell(new MachineProtocol.Follow(Session, atNight), _session.Ref);

    private void Has(int slots) => Assert.Equal(slots, _session.ExpectMsg<MachineProtocol.Spare>().Slots);

    private void Wake(InterruptReason reason, bool endsSession = false)
    {
        Sys.EventStream.Publish(new EnergyProtocol.WakeUp(reason, TestActor));
        Assert.True(_session.ExpectMsg<MachineProtocol.Spare>() is { Slots: 0, IsWaking: true });
        Sys.EventStream.Publish(new EnergyProtocol.WokenUp(reason, "why", true, TimeSpan.FromMilliseconds(70), 0, null) { EndsSession = endsSession });
    }

    private void Enter(object answer)
    {
        _machine.Tell(new MachineProtocol.Enter(Session), _scenario.Ref);
        _scenario.ExpectMsg(answer);
    }

    [Fact]
    public void It_helps_others_while_it_sleeps_and_begins_with_their_first_scenario()
    {
        Follow();
        Has(0);
        Enter(MachineProtocol.Closed.Instance);
        Has(0);
        _machine.Tell(Asleep);
        Has(3);
        Assert.Empty(_sandboxes.Told);

        Enter(MachineProtocol.Entered.Instance);
        Assert.Equal(new EnergyProtocol.DreamingBegan(Session, HeedsUser: true), ExpectMsg<EnergyProtocol.DreamingBegan>());
        Assert.Equal([Session.Value], _sandboxes.Told);
        _machine.Tell(Busy);
        var none = _session.ExpectMsg<MachineProtocol.Spare>();
        Assert.Equal((0, InterruptReason.Load, Busy.Reason), (none.Slots, none.Reason, none.Detail));
    }

    [Fact]
    public void What_it_was_asked_for_it_dreams_awake_until_it_is_woken()
    {
        _machine.Tell(Busy);
        _machine.Tell(new MachineProtocol.Invite(Session, HeedsUser: false));
        Assert.False(ExpectMsg<EnergyProtocol.DreamingBegan>().HeedsUser);
        Follow();
        Has(3);

        Wake(InterruptReason.Asked, endsSession: true);

        Assert.True(_session.ExpectMsg<MachineProtocol.Woke>() is { Reason: InterruptReason.Asked, Detail: "why", StoppedIn.TotalMilliseconds: 70, EndsSession: true, Interrupted: true });
        Enter(MachineProtocol.Closed.Instance);
        Has(0);
        _machine.Tell(new MachineProtocol.GoesOn(Session), _session.Ref);
        ExpectMsg<EnergyProtocol.DreamingEnded>();
        _machine.Tell(Asleep);
        Has(3);
    }

    [Fact]
    public void Who_asks_after_a_wake_up_hears_of_it_before_anything_else()
    {
        _machine.Tell(new MachineProtocol.Invite(Session, HeedsUser: true));
        _machine.Tell(new EnergyProtocol.WakeUp(InterruptReason.UserActivity, TestActor));
        _machine.Tell(new EnergyProtocol.WokenUp(InterruptReason.UserActivity, null, true, TimeSpan.FromMilliseconds(70), 0, null));
        Follow();
        _session.ExpectMsg<MachineProtocol.Woke>();
        Has(0);
    }

    [Fact]
    public void Only_whoever_was_asked_can_end_a_session_everywhere()
    {
        _machine.Tell(Asleep);
        Follow();
        Has(3);
        Wake(InterruptReason.Asked, endsSession: true);
        Assert.False(_session.ExpectMsg<MachineProtocol.Woke>().EndsSession);
    }

    [Fact]
    public void At_night_it_is_enough_that_the_user_rests()
    {
        _machine.Tell(Resting);
        Follow();
        Has(0);
        Follow(atNight: true);
        Has(3);
    }

    [Fact]
    public void A_machine_that_goes_takes_nothing_any_more_and_what_stops_with_it_ends_nothing_elsewhere()
    {
        _machine.Tell(Asleep);
        _machine.Tell(new MachineProtocol.Invite(Session, HeedsUser: false));
        Follow();
        Has(3);
        Wake(InterruptReason.Shutdown);
        Assert.Equal(InterruptReason.Shutdown, _session.ExpectMsg<MachineProtocol.Woke>().Reason);
        Enter(MachineProtocol.Closed.Instance);
        Has(0);
        Wake(InterruptReason.Asked, endsSession: true);
        _session.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void What_a_session_tells_is_published_here_and_its_end_lets_the_sandboxes_go()
    {
        _machine.Tell(new MachineProtocol.Invite(Session, HeedsUser: false));
        ExpectMsg<EnergyProtocol.DreamingBegan>();
        Follow();
        var happened = new SessionResumed(Session, DateTimeOffset.UnixEpoch);
        _machine.Tell(happened, _session.Ref);
        Assert.Equal([happened], ExpectMsg<JournalProtocol.EventsWritten>().Events);
        _machine.Tell(Ended(null), _session.Ref);
        ExpectMsg<EnergyProtocol.DreamingEnded>();
        Assert.Null(ExpectMsg<SessionProtocol.SessionEnded>().Error);
        Assert.Equal([Session.Value, "end"], _sandboxes.Told);
    }

    [Fact]
    public void A_session_whose_actor_is_gone_is_waited_for_and_its_end_is_told_when_nobody_goes_on_with_it()
    {
        _machine.Tell(new MachineProtocol.Invite(Session, HeedsUser: false));
        ExpectMsg<EnergyProtocol.DreamingBegan>();
        Follow();
        Has(3);
        Sys.Stop(_session.Ref);
        ExpectMsg<EnergyProtocol.DreamingEnded>();
        ((TestScheduler)Sys.Scheduler).Advance(MachineActor.Patience);
        Assert.Contains("can be resumed", ExpectMsg<SessionProtocol.SessionEnded>().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_asks_in_vain_for_a_session_that_runs_takes_nothing_from_what_is_dreamt_of_it_here()
    {
        _machine.Tell(Asleep);
        Follow();
        Has(3);
        Enter(MachineProtocol.Entered.Instance);
        ExpectMsg<EnergyProtocol.DreamingBegan>();
        _machine.Tell(new MachineProtocol.Invite(Session, HeedsUser: false));

        _machine.Tell(new MachineProtocol.Uninvite(Session));

        Assert.Equal(new EnergyProtocol.DreamingBegan(Session, HeedsUser: true), ExpectMsg<EnergyProtocol.DreamingBegan>());
        Has(3);
        Assert.Equal([Session.Value], _sandboxes.Told);
        Enter(MachineProtocol.Entered.Instance);
        _machine.Tell(Busy);
        Has(0);
    }

    [Fact]
    public void Who_asks_in_vain_for_a_session_that_nobody_dreams_here_leaves_nothing_behind()
    {
        _machine.Tell(Busy);
        Follow();
        Has(0);
        _machine.Tell(new MachineProtocol.Invite(Session, HeedsUser: false));
        ExpectMsg<EnergyProtocol.DreamingBegan>();
        _machine.Tell(new MachineProtocol.Uninvite(Session));
        ExpectMsg<EnergyProtocol.DreamingEnded>();
        Has(0);
        Enter(MachineProtocol.Closed.Instance);
    }

    private static SessionProtocol.SessionEnded Ended(string? error) => new(
        Session, true, new SessionReport(0, 0, 0, TimeSpan.Zero), [], new Dictionary<string, int>(), new Dictionary<string, int>(), error, null);
}

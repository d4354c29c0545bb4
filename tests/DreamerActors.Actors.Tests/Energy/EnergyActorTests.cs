using Akka.Actor;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Energy;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Sessions;
using Microsoft.Extensions.Time.Testing;

namespace DreamerActors.Actors.Tests.Energy;

/// <summary>A wake-up ends everything: who answers is waited for, who does not is overtaken by the watchdog (invariant I3).</summary>
public sealed class EnergyActorTests() : TestKit(
    """
    akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
    dreamer.pinned { type = PinnedDispatcher }
    """)
{
    private static readonly EnergyLimits Limits = new(0.7, 0.8, 85, OnBattery: false, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(10));
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly SessionId Session = new("s");
    private readonly Keeper _sandboxes = new();
    private readonly Machine _machine = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly List<IActivitySource> _sources = [];

    private Akka.TestKit.TestScheduler Clock => (Akka.TestKit.TestScheduler)Sys.Scheduler;

    [Fact]
    public void Sandboxes_are_ended_at_once_and_the_caller_hears_of_it_when_all_are_quiet()
    {
        var energy = Energy();
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked));
        ExpectMsg<EnergyProtocol.WakeUp>();
        _sandboxes.HasEnded.Wait(RemainingOrDefault);
        ExpectNoMsg(0);

        energy.Tell(new EnergyProtocol.Quiet(HadWork: true));

        var woken = ExpectMsg<EnergyProtocol.WokenUp>();
        Assert.Equal((true, 0, null), (woken.Interrupted, woken.Killed, woken.Problem));
    }

    [Fact]
    public void Who_does_not_answer_is_overtaken_by_the_watchdog_and_named()
    {
        var energy = Energy();
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked));
        ExpectMsg<EnergyProtocol.WakeUp>();
        _sandboxes.HasEnded.Wait(RemainingOrDefault);
        _sandboxes.Alive = 3;
        Settle(energy);
        Clock.Advance(EnergyActor.Grace);
        var woken = ExpectMsg<EnergyProtocol.WokenUp>();
        Assert.Equal((true, 3), (woken.Interrupted, woken.Killed));
        Assert.Contains(TestActor.Path.Name, woken.Problem, StringComparison.Ordinal);
        Assert.Contains("3 sandboxes", woken.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Waking_twice_is_waking_once()
    {
        var energy = Energy();
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked));
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.UserActivity));
        ExpectMsg<EnergyProtocol.WakeUp>();
        energy.Tell(new EnergyProtocol.Quiet(HadWork: false));
        Assert.Equal(InterruptReason.Asked, ExpectMsg<EnergyProtocol.WokenUp>().Reason);
        ExpectNoMsg(0);
    }

    [Fact]
    public void That_killing_failed_or_takes_too_long_is_told()
    {
        var energy = Energy();
        _sandboxes.Failure = new IOException("no permission");
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked));
        energy.Tell(new EnergyProtocol.Quiet(HadWork: true));
        ExpectMsg<EnergyProtocol.WakeUp>();
        Assert.Contains("no permission", ExpectMsg<EnergyProtocol.WokenUp>().Problem, StringComparison.Ordinal);

        _sandboxes.Failure = null;
        _sandboxes.Hangs = true;
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked));
        energy.Tell(new EnergyProtocol.Quiet(HadWork: true));
        ExpectMsg<EnergyProtocol.WakeUp>();
        Settle(energy);
        Clock.Advance(EnergyActor.KillLimit);
        Assert.Contains("not dead after 5 s", ExpectMsg<EnergyProtocol.WokenUp>().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Operations_that_ignored_an_earlier_cancellation_are_told()
    {
        var energy = Energy();
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked));
        energy.Tell(new EnergyProtocol.Quiet(HadWork: false, Abandoned: 2));
        ExpectMsg<EnergyProtocol.WakeUp>();
        Assert.Contains("2 operations", ExpectMsg<EnergyProtocol.WokenUp>().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Changes_of_state_are_published_once()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(EnergyState));
        var energy = Energy();
        Assert.Equal(EnergyLevel.Asleep, ExpectMsg<EnergyState>().Level);
        Look(energy);
        ExpectNoMsg(0);

        _machine.Memory = 0.95;
        Look(energy);
        var state = ExpectMsg<EnergyState>();
        Assert.Equal((EnergyLevel.Awake, EnergyCause.Load), (state.Level, state.Cause));
    }

    [Fact]
    public void A_session_that_starts_by_itself_is_woken_by_load_at_once_and_an_asked_one_after_ten_seconds()
    {
        var energy = Energy();
        Sys.EventStream.Publish(new EnergyProtocol.DreamingBegan(Session, HeedsUser: true));
        Look(energy);
        _machine.Memory = 0.95;
        Look(energy);
        Assert.Equal(InterruptReason.Load, ExpectMsg<EnergyProtocol.WakeUp>().Reason);
        energy.Tell(new EnergyProtocol.Quiet(HadWork: true));
        Settle(energy);
        Sys.EventStream.Publish(new EnergyProtocol.DreamingEnded(Session));

        _machine.Memory = 0.1;
        Look(energy);
        Sys.EventStream.Publish(new EnergyProtocol.DreamingBegan(Session, HeedsUser: false));
        Look(energy);
        _machine.Memory = 0.95;
        Look(energy);
        ExpectNoMsg(0);
        _time.Advance(EnergyActor.Patience);
        Look(energy);
        ExpectMsg<EnergyProtocol.WakeUp>();
    }

    [Fact]
    public void Load_that_was_there_before_the_session_does_not_end_it_until_it_comes_again()
    {
        _machine.Memory = 0.95;
        var energy = Energy();
        Sys.EventStream.Publish(new EnergyProtocol.DreamingBegan(Session, HeedsUser: true));
        Look(energy);
        Look(energy);
        ExpectNoMsg(0);
        _machine.Memory = 0.1;
        Look(energy);
        _machine.Memory = 0.95;
        Look(energy);
        ExpectMsg<EnergyProtocol.WakeUp>();
    }

    [Fact]
    public void The_user_who_comes_back_wakes_what_heeds_him_and_nothing_else()
    {
        var typed = _time.GetUtcNow().AddSeconds(-5);
        _sources.Add(new Source("terminal", () => typed));
        var energy = Energy();
        _time.Advance(Every);
        Sys.EventStream.Publish(new EnergyProtocol.DreamingBegan(Session, HeedsUser: true));
        Look(energy);
        ExpectNoMsg(0);

        _time.Advance(Every);
        typed = _time.GetUtcNow();
        Look(energy);
        Assert.Equal(InterruptReason.UserActivity, ExpectMsg<EnergyProtocol.WakeUp>().Reason);
        energy.Tell(new EnergyProtocol.Quiet(HadWork: true));
        Settle(energy);

        Sys.EventStream.Publish(new EnergyProtocol.DreamingBegan(Session, HeedsUser: false));
        typed = _time.GetUtcNow().AddSeconds(5);
        _time.Advance(TimeSpan.FromSeconds(10));
        Look(energy);
        ExpectNoMsg(0);
    }

    [Fact]
    public void A_source_that_throws_cannot_tell_and_holds_up_nobody()
    {
        _sources.Add(new Source("broken", () => throw new InvalidOperationException("no bus")));
        var energy = Energy();
        energy.Tell(EnergyProtocol.AskStatus.Instance);
        var status = ExpectMsg<EnergyProtocol.Status>();
        Assert.Equal([new Sighting("away", status.Sightings[0].LastActivity), new Sighting("broken", null)], status.Sightings);
        Assert.Equal(EnergyLevel.Asleep, status.State.Level);
    }

    [Fact]
    public void Sensors_that_never_answer_leave_everything_unknown_and_waking_works()
    {
        var energy = Energy();
        using var hang = new ManualResetEventSlim();
        _machine.Hang = hang;
        for (var look = 0; look < 6; look++) Clock.Advance(Every);
        energy.Tell(EnergyProtocol.AskStatus.Instance);
        var status = ExpectMsg<EnergyProtocol.Status>();
        Assert.Equal((EnergyLevel.Drowsy, EnergyCause.Unknown), (status.State.Level, status.State.Cause));
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked));
        ExpectMsg<EnergyProtocol.WakeUp>();
        hang.Set();
    }

    [Fact]
    public void Without_monitoring_nobody_looks()
    {
        var energy = Energy();
        energy.Tell(new EnergyProtocol.Monitor(On: false));
        Settle(energy);
        var before = _machine.Reads;
        Clock.Advance(10 * Every);
        energy.Tell(EnergyProtocol.AskStatus.Instance);
        Assert.False(ExpectMsg<EnergyProtocol.Status>().IsMonitoring);
        Assert.Equal(before, _machine.Reads);
    }

    private IActorRef Energy()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(EnergyProtocol.WakeUp));
        IReadOnlyList<IActivitySource> sources = [new Source("away", () => DateTimeOffset.UnixEpoch), .. _sources];
        var energy = Sys.ActorOf(EnergyActor.Props([TestActor], new EnergyPorts(_sandboxes, _machine, () => sources, Limits, Every, _time)));
        Settle(energy);
        Look(energy);
        return energy;
    }

    /// <summary>Returns when the actor has done what it was sent before.</summary>
    private void Settle(IActorRef energy)
    {
        var probe = CreateTestProbe();
        energy.Tell(new Identify(1), probe);
        probe.ExpectMsg<ActorIdentity>();
    }

    /// <summary>Has the machine looked at once, and what came of it taken in.</summary>
    private void Look(IActorRef energy)
    {
        var before = _machine.Reads;
        Clock.Advance(Every);
        AwaitCondition(() => _machine.Reads > before);
        // The sensors answer the energy actor before they answer this.
        var probe = CreateTestProbe();
        Sys.ActorSelection(energy.Path / "sensors").Tell(new Identify(1), probe);
        probe.ExpectMsg<ActorIdentity>();
        Settle(energy);
    }

    private sealed class Keeper : ISandboxKeeper
    {
        private readonly TaskCompletionSource<int> _never = new();

        public void BeginSession(string session)
        {
        }

        public Task EndSessionAsync() => Task.CompletedTask;

        public ManualResetEventSlim HasEnded { get; } = new();

        public int Alive { get; set; }

        public Exception? Failure { get; set; }

        public bool Hangs { get; set; }

        public Task<int> EndAllAsync(CancellationToken cancellation)
        {
            HasEnded.Set();
            return Failure is not null ? Task.FromException<int>(Failure) : Hangs ? _never.Task : Task.FromResult(Alive);
        }
    }

    private sealed class Machine : ILoadSensor
    {
        private volatile int _reads;

        public double Memory { get; set; } = 0.1;

        public ManualResetEventSlim? Hang { get; set; }

        public int Reads => _reads;

        public LoadReading Read()
        {
            _reads++;
            Hang?.Wait();
            return new LoadReading { Cpu = 0.1, Memory = Memory };
        }
    }

    private sealed class Source(string name, Func<DateTimeOffset> last) : IActivitySource
    {
        public string Name => name;

        public DateTimeOffset? LastActivity() => last();
    }
}

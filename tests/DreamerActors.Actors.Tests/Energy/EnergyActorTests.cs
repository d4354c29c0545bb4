using Akka.Actor;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Energy;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Energy;

/// <summary>A wake-up ends everything: who answers is waited for, who does not is overtaken by the watchdog (invariant I3).</summary>
public sealed class EnergyActorTests() : TestKit(
    """
    akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
    dreamer.pinned { type = PinnedDispatcher }
    """)
{
    private readonly Keeper _sandboxes = new();

    private Akka.TestKit.TestScheduler Clock => (Akka.TestKit.TestScheduler)Sys.Scheduler;

    [Fact]
    public void When_all_are_quiet_the_sandboxes_end_and_the_caller_hears_of_it()
    {
        var energy = Energy();
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked));
        ExpectMsg<EnergyProtocol.WakeUp>();
        Assert.Equal(0, _sandboxes.Ended);

        energy.Tell(new EnergyProtocol.Quiet(HadWork: true));

        var woken = ExpectMsg<EnergyProtocol.WokenUp>();
        Assert.Equal((true, 0, 1), (woken.Interrupted, woken.Killed, _sandboxes.Ended));
    }

    [Fact]
    public void Who_does_not_answer_is_overtaken_by_the_watchdog()
    {
        var energy = Energy();
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked));
        ExpectMsg<EnergyProtocol.WakeUp>();
        Clock.Advance(EnergyActor.Grace);
        var woken = ExpectMsg<EnergyProtocol.WokenUp>();
        Assert.Equal((true, 3), (woken.Interrupted, woken.Killed));
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
        ExpectMsg<EnergyProtocol.WokenUp>();
        Assert.Equal(1, _sandboxes.Ended);
    }

    private IActorRef Energy()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(EnergyProtocol.WakeUp));
        var energy = Sys.ActorOf(EnergyActor.Props([TestActor], _sandboxes, TimeProvider.System));
        // Its timers and subscription stand once it has answered.
        energy.Tell(new Identify(1), TestActor);
        ExpectMsg<ActorIdentity>();
        return energy;
    }

    private sealed class Keeper : ISandboxKeeper
    {
        public void BeginSession(string session)
        {
        }

        public Task EndSessionAsync() => Task.CompletedTask;

        public int Ended { get; private set; }

        public Task<int> EndAllAsync(CancellationToken cancellation)
        {
            Ended++;
            return Task.FromResult(3);
        }
    }
}

using Akka.Actor;
using DreamerActors.Actors.Energy;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Energy;

/// <summary>A wake-up ends everything: who answers is waited for, who does not is overtaken by the watchdog (invariant I3).</summary>
public sealed class WakingTests : EnergyTestKit
{
    [Fact]
    public void Sandboxes_are_ended_at_once_and_the_caller_hears_of_it_when_all_are_quiet()
    {
        var energy = Energy();
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked));
        ExpectMsg<EnergyProtocol.WakeUp>();
        Assert.True(Sandboxes.HasEnded.Wait(RemainingOrDefault));
        ExpectNoMsg(0);

        energy.Tell(new EnergyProtocol.Quiet(HadWork: true));

        var woken = ExpectMsg<EnergyProtocol.WokenUp>();
        Assert.Equal((true, 0, null), (woken.Interrupted, woken.Killed, woken.Problem));
    }

    [Fact]
    public void Sandboxes_are_ended_once_more_when_nobody_is_left_who_could_start_any()
    {
        var energy = Energy();
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked));
        ExpectMsg<EnergyProtocol.WakeUp>();
        AwaitCondition(() => Sandboxes.Ends == 1);
        Settle(energy);
        // A participant that has not heard of it yet starts another: it is no failure, and it does not survive.
        Sandboxes.Alive = 1;
        energy.Tell(new EnergyProtocol.Quiet(HadWork: true));

        var woken = ExpectMsg<EnergyProtocol.WokenUp>();
        Assert.Equal((2, 0, null), (Sandboxes.Ends, woken.Killed, woken.Problem));
    }

    [Fact]
    public void Who_does_not_answer_is_overtaken_by_the_watchdog_and_named()
    {
        var energy = Energy();
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked));
        ExpectMsg<EnergyProtocol.WakeUp>();
        Assert.True(Sandboxes.HasEnded.Wait(RemainingOrDefault));
        Sandboxes.Alive = 3;
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
        Sandboxes.Failure = new IOException("no permission");
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked));
        energy.Tell(new EnergyProtocol.Quiet(HadWork: true));
        ExpectMsg<EnergyProtocol.WakeUp>();
        Assert.Contains("no permission", ExpectMsg<EnergyProtocol.WokenUp>().Problem, StringComparison.Ordinal);

        Sandboxes.Failure = null;
        Sandboxes.Hangs = true;
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
}

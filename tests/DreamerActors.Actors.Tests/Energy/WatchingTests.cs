using Akka.Actor;
using DreamerActors.Actors.Energy;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Energy;

/// <summary>What the machine's energy means for a session that runs.</summary>
public sealed class WatchingTests : EnergyTestKit
{
    [Fact]
    public void A_session_that_starts_by_itself_is_woken_by_load_at_once_and_an_asked_one_after_ten_seconds()
    {
        var energy = Energy();
        Sys.EventStream.Publish(new EnergyProtocol.DreamingBegan(Session, HeedsUser: true));
        Look(energy);
        Computer.Memory = 0.95;
        Look(energy);
        Assert.Equal(InterruptReason.Load, ExpectMsg<EnergyProtocol.WakeUp>().Reason);
        energy.Tell(new EnergyProtocol.Quiet(HadWork: true));
        Settle(energy);
        Sys.EventStream.Publish(new EnergyProtocol.DreamingEnded(Session));

        Computer.Memory = 0.1;
        Look(energy);
        Sys.EventStream.Publish(new EnergyProtocol.DreamingBegan(Session, HeedsUser: false));
        Look(energy);
        Computer.Memory = 0.95;
        Look(energy);
        ExpectNoMsg(0);
        Time.Advance(EnergyActor.Patience);
        Look(energy);
        ExpectMsg<EnergyProtocol.WakeUp>();
    }

    [Fact]
    public void What_woke_the_machine_does_not_wake_it_again_while_the_session_goes_on_elsewhere()
    {
        var energy = Energy();
        Sys.EventStream.Subscribe(TestActor, typeof(EnergyProtocol.WokenUp));
        Sys.EventStream.Publish(new EnergyProtocol.DreamingBegan(Session, HeedsUser: true));
        Look(energy);
        Computer.Memory = 0.95;
        Look(energy);
        ExpectMsg<EnergyProtocol.WakeUp>();
        energy.Tell(new EnergyProtocol.Quiet(HadWork: true));
        ExpectMsg<EnergyProtocol.WokenUp>();

        Look(energy);
        Look(energy);
        ExpectNoMsg(0);
        Computer.Memory = 0.1;
        Look(energy);
        Computer.Memory = 0.95;
        Look(energy);
        ExpectMsg<EnergyProtocol.WakeUp>();
    }

    [Fact]
    public void A_user_who_acts_keeps_the_machine_awake_also_before_the_next_look_and_without_a_cool_down()
    {
        var energy = Energy();
        energy.Tell(EnergyProtocol.AskStatus.Instance);
        energy.Tell(new EnergyProtocol.SetLimits(ExpectMsg<EnergyProtocol.Status>().Limits with { CoolDown = TimeSpan.Zero }));
        Look(energy);
        energy.Tell(EnergyProtocol.AskStatus.Instance);
        Assert.True(ExpectMsg<EnergyProtocol.Status>().State.MayDream);
        Sys.EventStream.Subscribe(TestActor, typeof(EnergyState));
        Sys.EventStream.Publish(new EnergyProtocol.DreamingBegan(Session, HeedsUser: true));

        energy.Tell(new EnergyProtocol.UserActed("keyboard"));

        Assert.Equal(InterruptReason.UserActivity, ExpectMsg<EnergyProtocol.WakeUp>().Reason);
        var state = ExpectMsg<EnergyState>();
        Assert.Equal((EnergyLevel.Awake, EnergyCause.User, "the user was active 0 s ago (host)"), (state.Level, state.Cause, state.Reason));
        energy.Tell(new EnergyProtocol.Quiet(HadWork: true));
        energy.Tell(EnergyProtocol.AskStatus.Instance);
        Assert.Equal(EnergyLevel.Awake, ExpectMsg<EnergyProtocol.Status>().State.Level);
    }

    [Fact]
    public void Other_limits_count_from_the_next_look_on()
    {
        Computer.Memory = 0.7;
        var energy = Energy();
        Sys.EventStream.Publish(new EnergyProtocol.DreamingBegan(Session, HeedsUser: true));
        Look(energy);
        ExpectNoMsg(0);
        energy.Tell(EnergyProtocol.AskStatus.Instance);
        energy.Tell(new EnergyProtocol.SetLimits(ExpectMsg<EnergyProtocol.Status>().Limits with { Memory = 0.6 }));
        Look(energy);
        Assert.Equal(InterruptReason.Load, ExpectMsg<EnergyProtocol.WakeUp>().Reason);
    }

    [Fact]
    public void Load_that_was_there_before_the_session_does_not_end_it_until_it_comes_again()
    {
        Computer.Memory = 0.95;
        var energy = Energy();
        Sys.EventStream.Publish(new EnergyProtocol.DreamingBegan(Session, HeedsUser: true));
        Look(energy);
        Look(energy);
        ExpectNoMsg(0);
        Computer.Memory = 0.1;
        Look(energy);
        Computer.Memory = 0.95;
        Look(energy);
        ExpectMsg<EnergyProtocol.WakeUp>();
    }

    [Fact]
    public void The_user_who_comes_back_wakes_what_heeds_him_and_nothing_else()
    {
        var typed = Time.GetUtcNow().AddSeconds(-5);
        Sources.Add(new Source("terminal", () => typed));
        var energy = Energy();
        Time.Advance(Every);
        Sys.EventStream.Publish(new EnergyProtocol.DreamingBegan(Session, HeedsUser: true));
        Look(energy);
        ExpectNoMsg(0);

        Time.Advance(Every);
        typed = Time.GetUtcNow();
        Look(energy);
        Assert.Equal(InterruptReason.UserActivity, ExpectMsg<EnergyProtocol.WakeUp>().Reason);
        energy.Tell(new EnergyProtocol.Quiet(HadWork: true));
        Settle(energy);

        Sys.EventStream.Publish(new EnergyProtocol.DreamingBegan(Session, HeedsUser: false));
        typed = Time.GetUtcNow().AddSeconds(5);
        Time.Advance(TimeSpan.FromSeconds(10));
        Look(energy);
        ExpectNoMsg(0);
    }

    [Fact]
    public void While_it_dreams_the_machine_is_looked_at_more_often_so_that_a_later_look_confirms_in_time()
    {
        var energy = Energy();
        Sys.EventStream.Publish(new EnergyProtocol.DreamingBegan(Session, HeedsUser: true));
        Settle(energy);
        Computer.Cpu = 0.95;
        for (var since = TimeSpan.Zero; since < EnergyPolicy.Confirm; since += EnergyActor.WhileDreaming)
        {
            ExpectNoMsg(0);
            Time.Advance(EnergyActor.WhileDreaming);
            Look(energy, EnergyActor.WhileDreaming);
        }

        ExpectNoMsg(0);
        Time.Advance(EnergyActor.WhileDreaming);
        Look(energy, EnergyActor.WhileDreaming);
        Assert.Equal(InterruptReason.Load, ExpectMsg<EnergyProtocol.WakeUp>().Reason);
        energy.Tell(new EnergyProtocol.Quiet(HadWork: true));
        Sys.EventStream.Publish(new EnergyProtocol.DreamingEnded(Session));
        Settle(energy);
        var before = Computer.Reads;
        Clock.Advance(EnergyActor.WhileDreaming);
        Settle(energy);
        Assert.Equal(before, Computer.Reads);
    }
}

using Akka.Actor;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Machines;
using DreamerActors.Actors.Tests.Machines;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Energy;

/// <summary>The machine is looked at regularly, whatever its sensors do, and changes are told once.</summary>
public sealed class SensingTests : EnergyTestKit
{
    [Fact]
    public void Changes_of_state_are_published_once()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(EnergyState));
        var energy = Energy();
        Assert.Equal(EnergyLevel.Asleep, ExpectMsg<EnergyState>().Level);
        Look(energy);
        ExpectNoMsg(0);

        Computer.Memory = 0.95;
        Look(energy);
        var state = ExpectMsg<EnergyState>();
        Assert.Equal((EnergyLevel.Awake, EnergyCause.Load), (state.Level, state.Cause));
    }

    [Fact]
    public void A_source_that_throws_cannot_tell_and_holds_up_nobody()
    {
        Sources.Add(new Source("broken", () => throw new InvalidOperationException("no bus")));
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
        Computer.Hang = hang;
        for (var look = 0; look < 6; look++) Clock.Advance(Every);
        energy.Tell(EnergyProtocol.AskStatus.Instance);
        var status = ExpectMsg<EnergyProtocol.Status>();
        Assert.Equal((EnergyLevel.Drowsy, EnergyCause.Unknown), (status.State.Level, status.State.Cause));
        energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked));
        ExpectMsg<EnergyProtocol.WakeUp>();
        hang.Set();
    }

    [Fact]
    public void The_second_look_of_all_tells_what_the_processors_do_and_does_not_wait_for_its_turn()
    {
        Computer.Cpu = null;
        var energy = Energy();
        Computer.Cpu = 0.1;
        Look(energy, EnergyActor.WhileDreaming);
        energy.Tell(EnergyProtocol.AskStatus.Instance);
        Assert.Equal(EnergyLevel.Asleep, ExpectMsg<EnergyProtocol.Status>().State.Level);
    }

    [Fact]
    public void A_machine_that_starts_after_the_last_change_knows_it()
    {
        Energy();
        var machine = Sys.ActorOf(MachineActor.Props(3, new NoSandboxes()));
        machine.Tell(new MachineProtocol.Follow(Session, AtNight: false), TestActor);
        FishForMessage(told => told is MachineProtocol.Spare { Slots: 3 });
    }

    [Fact]
    public void Without_monitoring_nobody_looks()
    {
        var energy = Energy();
        energy.Tell(new EnergyProtocol.Monitor(On: false));
        Settle(energy);
        var before = Computer.Reads;
        Clock.Advance(10 * Every);
        energy.Tell(EnergyProtocol.AskStatus.Instance);
        Assert.False(ExpectMsg<EnergyProtocol.Status>().IsMonitoring);
        Assert.Equal(before, Computer.Reads);
    }
}

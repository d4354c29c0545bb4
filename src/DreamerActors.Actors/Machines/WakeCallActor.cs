using Akka.Actor;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Event;
using DreamerActors.Actors.Energy;

namespace DreamerActors.Actors.Machines;

/// <summary>Wakes this machine when all of the cluster are called.</summary>
/// <remarks>Only in clusters. Restarted by a failure of its own, which loses nothing. Whoever cannot be reached does not hear the call.</remarks>
internal sealed class WakeCallActor : ReceiveActor
{
    private const string Topic = "wake";

    public WakeCallActor() => Receive<MachineProtocol.WakeCall>(call =>
        Context.System.EventStream.Publish(new EnergyProtocol.Wake(call.Reason, "all machines of the cluster were called")));

    public static Props Props() => Akka.Actor.Props.Create(() => new WakeCallActor());

    /// <summary>Calls all machines.</summary>
    public static void Call(ActorSystem system, MachineProtocol.WakeCall call) => DistributedPubSub.Get(system).Mediator.Tell(new Publish(Topic, call));

    protected override void PreStart() => DistributedPubSub.Get(Context.System).Mediator.Tell(new Subscribe(Topic, Self));
}

using Akka.Actor;
using Akka.Cluster;

namespace DreamerActors.Actors.Machines;

/// <summary>The machines of the cluster, and where each is spoken to.</summary>
internal static class ClusterMachines
{
    /// <summary>The cluster role of machines that dream.</summary>
    public const string Role = "dreamer";

    /// <summary>Those that can be reached now. One that leaves stays until it has given back what it dreams.</summary>
    public static IReadOnlyCollection<Address> Reachable(Cluster cluster)
    {
        var state = cluster.State;
        return [.. state.Members.Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting && member.HasRole(Role) && !state.Unreachable.Contains(member))
            .Select(member => member.Address)];
    }

    /// <summary>The <see cref="MachineActor"/> there.</summary>
    public static ActorSelection At(IActorRefFactory from, Address machine) => from.ActorSelection(new RootActorPath(machine) / "user" / MachineProtocol.Name);

    /// <summary>Calls all other machines.</summary>
    public static void Call(ActorSystem system, MachineProtocol.WakeCall call)
    {
        var cluster = Cluster.Get(system);
        foreach (var machine in Reachable(cluster).Where(machine => machine != cluster.SelfAddress)) At(system, machine).Tell(call);
    }
}

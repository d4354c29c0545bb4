using Akka.Actor;
using Akka.TestKit;
using DreamerActors.Actors.Machines;
using DreamerActors.Actors.Sessions;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Machines;

/// <summary>A machine that lets everybody in.</summary>
internal static class OpenDoor
{
    /// <summary>Scenarios of this system find these.</summary>
    public static void Install(TestKitBase kit, IActorRef coder, IActorRef guardian, int repairs = 0) =>
        new Equipment(coder, guardian, kit.Sys.ActorOf(Props.Create(() => new Door())), repairs, TimeProvider.System).Install(kit.Sys);

    private sealed class Door : ReceiveActor
    {
        public Door() => Receive<MachineProtocol.Enter>(_ => Sender.Tell(MachineProtocol.Entered.Instance));
    }
}

/// <summary>A real machine and what a session needs from it.</summary>
internal sealed class Machine(ActorSystem system, int concurrency)
{
    private readonly Address _address = ((ExtendedActorSystem)system).Provider.DefaultAddress;

    public IActorRef Actor { get; } = system.ActorOf(MachineActor.Props(concurrency, new NoSandboxes()), MachineProtocol.Name);

    public ISessionLease Lease { get; } = new SoleLease();

    /// <summary>A session that this machine was asked for.</summary>
    public Props Session(SessionId session, Func<ScenarioAssignment, Props> scenario, Func<CanaryAssignment, Props> canaries)
    {
        Actor.Tell(new MachineProtocol.Invite(session, HeedsUser: false));
        return DreamSessionActor.Props(session, new SessionSurroundings(scenario, canaries, () => [_address], Lease, TimeProvider.System));
    }
}

internal sealed class NoSandboxes : ISandboxKeeper
{
    public List<string> Told { get; } = [];

    public void BeginSession(string session) => Told.Add(session);

    public Task EndSessionAsync()
    {
        Told.Add("end");
        return Task.CompletedTask;
    }

    public Task<int> EndAllAsync(CancellationToken cancellation) => Task.FromResult(0);
}

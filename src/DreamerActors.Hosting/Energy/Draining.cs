using Akka.Actor;
using Akka.Hosting;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Journal;
using DreamerActors.Actors.Sessions;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Hosting.Energy;

/// <summary>Before this machine goes, its dreams are given up in order: the journal says that they were interrupted, and why. Idempotent.</summary>
internal static class Draining
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Wakes the machine, and waits until no session runs here and everything written is derived.</summary>
    public static async Task DrainAsync(IReadOnlyActorRegistry actors, CancellationToken cancellation)
    {
        await (await actors.GetAsync<EnergyActor>(cancellation)).Ask<EnergyProtocol.WokenUp>(new EnergyProtocol.Wake(InterruptReason.Shutdown), Limit, cancellation);
        await (await actors.GetAsync<SessionKeeper>(cancellation)).Ask<SessionKeeperProtocol.Idle>(SessionKeeperProtocol.AwaitIdle.Instance, Limit, cancellation);
        // Whoever waits for the session's report waits for what is derived from the journal, too.
        await (await actors.GetAsync<JournalActor>(cancellation)).Ask<JournalProtocol.CaughtUp>(JournalProtocol.AwaitCatchUp.Instance, Limit, cancellation);
    }
}

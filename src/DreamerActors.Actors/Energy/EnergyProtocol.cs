using Akka.Actor;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Energy;

/// <summary>What an <see cref="EnergyActor"/> receives, broadcasts and answers.</summary>
internal static class EnergyProtocol
{
    /// <summary>Wake this machine; may also be published on the EventStream. Answered by <see cref="WokenUp"/>. Idempotent.</summary>
    public sealed record Wake(InterruptReason Reason);

    /// <summary>Published on the EventStream: cancel everything now; coder, guardian and keeper answer <see cref="Quiet"/>.</summary>
    public sealed record WakeUp(InterruptReason Reason, IActorRef ReplyTo);

    /// <summary>Nothing of the sender runs any more. <paramref name="HadWork"/> tells whether something had to stop.</summary>
    public sealed record Quiet(bool HadWork);

    /// <summary>Published on the EventStream and answered: every dream process of this machine is gone.</summary>
    /// <param name="Reason">Why it woke.</param>
    /// <param name="Interrupted">Whether something was running.</param>
    /// <param name="StoppedIn">From the request to the last child's end.</param>
    /// <param name="Killed">Sandboxes that the watchdog had to kill.</param>
    public sealed record WokenUp(InterruptReason Reason, bool Interrupted, TimeSpan StoppedIn, int Killed);
}

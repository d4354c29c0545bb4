using Akka.Actor;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Energy;

/// <summary>
/// What an <see cref="EnergyActor"/> receives, broadcasts and answers. It publishes an <see cref="EnergyState"/> on the EventStream whenever level or cause change.
/// </summary>
internal static class EnergyProtocol
{
    /// <summary>Wake this machine; may also be published on the EventStream. Answered by <see cref="WokenUp"/>. Idempotent.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Detail">Why in words, when there is more to say.</param>
    public sealed record Wake(InterruptReason Reason, string? Detail = null)
    {
        /// <summary>The session that was asked for here shall stop everywhere, and not only on this machine.</summary>
        public bool EndsSession { get; init; }
    }

    /// <summary>Published on the EventStream: cancel everything now; coder, guardian and keeper answer <see cref="Quiet"/>.</summary>
    public sealed record WakeUp(InterruptReason Reason, IActorRef ReplyTo);

    /// <summary>Nothing of the sender runs any more.</summary>
    /// <param name="HadWork">Whether something had to stop.</param>
    /// <param name="Abandoned">Operations that were given up earlier because they ignored their cancellation, and that have still not ended.</param>
    public sealed record Quiet(bool HadWork, int Abandoned = 0);

    /// <summary>Published on the EventStream and answered: the wake-up is over. Every dream process of this machine is gone unless <paramref name="Problem"/> says otherwise.</summary>
    /// <param name="Reason">Why it woke.</param>
    /// <param name="Detail">Why in words, when there is more to say.</param>
    /// <param name="Interrupted">Whether something was running.</param>
    /// <param name="StoppedIn">From the request to the last child's end.</param>
    /// <param name="Killed">Sandboxes that were still alive when the watchdog came.</param>
    /// <param name="Problem">What did not stop as it should, in words; null when everything did.</param>
    public sealed record WokenUp(InterruptReason Reason, string? Detail, bool Interrupted, TimeSpan StoppedIn, int Killed, string? Problem)
    {
        /// <summary>See <see cref="Wake.EndsSession"/>.</summary>
        public bool EndsSession { get; init; }
    }

    /// <summary>Published on the EventStream: a session runs.</summary>
    /// <param name="Session">Which.</param>
    /// <param name="HeedsUser">Whether it stops when the user comes back, and not only for load.</param>
    public sealed record DreamingBegan(SessionId Session, bool HeedsUser);

    /// <summary>Published on the EventStream: no session runs any more.</summary>
    public sealed record DreamingEnded(SessionId Session);

    /// <summary>The user did something, somewhere that no sensor sees: a dreaming machine wakes at once.</summary>
    public sealed record UserActed(string Source);

    /// <summary>Look at the machine now and then, or stop doing so. Not answered.</summary>
    public sealed record Monitor(bool On);

    /// <summary>From now on this counts as too much, until the process ends. Not answered.</summary>
    public sealed record SetLimits(EnergyLimits Limits);

    /// <summary>How is it? May also be published on the EventStream. Answered by <see cref="Status"/>.</summary>
    public sealed record AskStatus
    {
        public static AskStatus Instance { get; } = new();
    }

    /// <summary>The last look at the machine and what came of it.</summary>
    public sealed record Status(bool IsMonitoring, EnergyState State, LoadReading Reading, IReadOnlyList<Sighting> Sightings, EnergyLimits Limits);

    /// <summary>Asked of a <see cref="SensorActor"/>, which answers <see cref="Sample"/>.</summary>
    public sealed record Look
    {
        public static Look Instance { get; } = new();
    }

    /// <summary>What the sensors say.</summary>
    public sealed record Sample(LoadReading Reading, IReadOnlyList<Sighting> Sightings);
}

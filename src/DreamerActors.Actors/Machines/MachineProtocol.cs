using DreamerActors.Actors.Wire;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Machines;

/// <summary>
/// What a <see cref="MachineActor"/> receives and answers. A session also tells every machine its progress, its events and its end, which it publishes on its EventStream.
/// </summary>
internal static class MachineProtocol
{
    /// <summary>Its name under <c>/user</c>, by which sessions find it on every machine.</summary>
    public const string Name = "machine";

    /// <summary>A session was asked for here: this machine dreams it until it wakes, whether it sleeps or not.</summary>
    public sealed record Invite(SessionId Session, bool HeedsUser);

    /// <summary>The session that was asked for here did not begin.</summary>
    public sealed record Uninvite(SessionId Session);

    /// <summary>Told by a scenario before it begins. Answered by <see cref="Entered"/> or <see cref="Closed"/>.</summary>
    public sealed record Enter(SessionId Session);

    /// <summary>Begin.</summary>
    public sealed record Entered
    {
        public static Entered Instance { get; } = new();
    }

    /// <summary>This machine does not dream now: be dreamt elsewhere.</summary>
    public sealed record Closed
    {
        public static Closed Instance { get; } = new();
    }

    /// <summary>Told by a session: say how many of its scenarios may be dreamt here, now and whenever that changes. Answered by <see cref="Spare"/>.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="AtNight">Whether it began at night, when it is enough that the user rests.</param>
    public sealed record Follow(SessionId Session, bool AtNight) : IWireMessage;

    /// <summary>So many scenarios may be dreamt here at once.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Slots">How many.</param>
    /// <param name="IsWaking">It wakes just now; how that went follows as <see cref="Woke"/>.</param>
    /// <param name="Reason">What none would be for.</param>
    /// <param name="Detail">The same in words.</param>
    public sealed record Spare(SessionId Session, int Slots, bool IsWaking, InterruptReason Reason, string Detail) : IWireMessage;

    /// <summary>The machine woke: nothing is dreamt there any more. Answered by <see cref="GoesOn"/>, or by the session's end.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="StoppedIn">From the request to the last child's end.</param>
    /// <param name="Detail">Why in words, when there is more to say.</param>
    /// <param name="Killed">Sandboxes that were still alive when the watchdog came.</param>
    /// <param name="Problem">What did not stop as it should, in words; null when everything did.</param>
    /// <param name="EndsSession">The session shall stop everywhere.</param>
    /// <param name="Interrupted">Whether something was running there.</param>
    public sealed record Woke(
        SessionId Session, InterruptReason Reason, TimeSpan StoppedIn, string? Detail = null, int Killed = 0, string? Problem = null, bool EndsSession = false, bool Interrupted = false) : IWireMessage;

    /// <summary>Wake: told to all machines of the cluster.</summary>
    public sealed record WakeCall(InterruptReason Reason) : IWireMessage;

    /// <summary>The session goes on elsewhere.</summary>
    public sealed record GoesOn(SessionId Session) : IWireMessage;
}

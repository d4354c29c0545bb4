using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Sessions;

/// <summary>What a <see cref="SessionKeeper"/> receives and answers.</summary>
internal static class SessionKeeperProtocol
{
    /// <summary>Plan and begin a session. Answered by <see cref="Started"/>, <see cref="Busy"/>, <see cref="NothingToDream"/>, <see cref="StoppedEarly"/> or <see cref="Failed"/>.</summary>
    public sealed record StartSession(SessionId Session, SessionOrder Order, IReadOnlySet<string>? OnlyEntities, Manner Manner);

    /// <summary>Resume a session. Answered by <see cref="Started"/>, <see cref="Busy"/> or <see cref="Failed"/>.</summary>
    public sealed record ContinueSession(SessionId Session, Manner Manner);

    /// <summary>How a session treats the user.</summary>
    /// <param name="IsAutomatic">Nobody asked for it: it does not begin while the machine is awake, cooling down or unknown.</param>
    /// <param name="HeedsUser">It stops when the user comes back.</param>
    public sealed record Manner(bool IsAutomatic, bool HeedsUser);

    /// <summary>Answered by <see cref="Idle"/> as soon as no session runs and the machine is not waking.</summary>
    public sealed record AwaitIdle
    {
        public static AwaitIdle Instance { get; } = new();
    }

    /// <summary>No session runs.</summary>
    public sealed record Idle;

    /// <summary>What is going on? Answered by <see cref="Activity"/>.</summary>
    public sealed record AskActivity
    {
        public static AskActivity Instance { get; } = new();
    }

    /// <summary><paramref name="State"/> is <c>idle</c>, <c>dreaming</c> or <c>waking</c>.</summary>
    public sealed record Activity(string State, SessionId? Session);

    /// <summary>The session runs; its end is published as <see cref="SessionProtocol.SessionEnded"/>.</summary>
    public sealed record Started(SessionId Session);

    /// <summary>Not now: another session is running, the machine is just waking, or it needs its energy otherwise.</summary>
    public sealed record Busy(string Reason);

    /// <summary>The graph holds nothing to dream about.</summary>
    public sealed record NothingToDream;

    /// <summary>A wake-up came before the plan was ready.</summary>
    public sealed record StoppedEarly;

    /// <summary>The infrastructure failed.</summary>
    public sealed record Failed(string Reason);
}

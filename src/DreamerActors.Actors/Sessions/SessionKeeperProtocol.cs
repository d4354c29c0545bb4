using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Sessions;

/// <summary>What a <see cref="SessionKeeper"/> receives and answers.</summary>
internal static class SessionKeeperProtocol
{
    /// <summary>Plan and begin a session. Answered by <see cref="Started"/>, <see cref="Busy"/>, <see cref="NothingToDream"/>, <see cref="StoppedEarly"/> or <see cref="Failed"/>.</summary>
    public sealed record StartSession(SessionId Session, SessionOrder Order, IReadOnlySet<string>? OnlyEntities);

    /// <summary>Resume a session. Answered by <see cref="Started"/>, <see cref="Busy"/> or <see cref="Failed"/>.</summary>
    public sealed record ContinueSession(SessionId Session);

    /// <summary>The user did something: a dreaming machine wakes.</summary>
    public sealed record UserActed(string Source);

    /// <summary>What is going on? Answered by <see cref="Activity"/>.</summary>
    public sealed record AskActivity
    {
        public static AskActivity Instance { get; } = new();
    }

    /// <summary><paramref name="State"/> is <c>idle</c>, <c>dreaming</c> or <c>waking</c>.</summary>
    public sealed record Activity(string State, SessionId? Session);

    /// <summary>The session runs; its end is published as <see cref="SessionProtocol.SessionEnded"/>.</summary>
    public sealed record Started(SessionId Session);

    /// <summary>Another session is running, or the machine is just waking.</summary>
    public sealed record Busy;

    /// <summary>The graph holds nothing to dream about.</summary>
    public sealed record NothingToDream;

    /// <summary>A wake-up came before the plan was ready.</summary>
    public sealed record StoppedEarly;

    /// <summary>The infrastructure failed.</summary>
    public sealed record Failed(string Reason);
}

using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Journal;

/// <summary>What a <see cref="JournalActor"/> receives and answers.</summary>
internal static class JournalProtocol
{
    /// <summary>Answer with <see cref="CaughtUp"/> once every event that is in the journal now has been projected everywhere.</summary>
    public sealed record AwaitCatchUp
    {
        public static AwaitCatchUp Instance { get; } = new();
    }

    /// <summary>Forget everything derived, project all events again, then answer <see cref="CaughtUp"/>.</summary>
    public sealed record Rebuild
    {
        public static Rebuild Instance { get; } = new();
    }

    /// <summary>Everything is projected.</summary>
    public sealed record CaughtUp
    {
        public static CaughtUp Instance { get; } = new();
    }

    /// <summary>Published on the EventStream after events became durable: projections read on at once, and who listens hears of it without waiting for them.</summary>
    public sealed record EventsWritten(IReadOnlyList<ISessionEvent> Events);
}

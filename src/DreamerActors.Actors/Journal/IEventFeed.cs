using DreamerActors.Domain.Journal;

namespace DreamerActors.Actors.Journal;

/// <summary>The session events of all sessions, in the order of the journal.</summary>
internal interface IEventFeed
{
    /// <summary>Hands every event after <paramref name="offset"/> that is durable now to <paramref name="take"/>, batch by batch, and returns when all are taken.</summary>
    Task ReadAsync(long offset, Func<IReadOnlyList<JournalEntry>, Task> take);
}

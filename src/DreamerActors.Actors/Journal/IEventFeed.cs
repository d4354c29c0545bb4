using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using DreamerActors.Actors.Wire;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Journal;

/// <summary>The session events of all sessions, in the order of the journal.</summary>
internal interface IEventFeed
{
    /// <summary>Hands every event after <paramref name="offset"/> that is durable now to <paramref name="take"/>, batch by batch, and returns when all are taken.</summary>
    Task ReadAsync(long offset, Func<IReadOnlyList<JournalEntry>, Task> take);
}

/// <summary>The feed over a persistence query plugin.</summary>
internal sealed class QueryEventFeed(ICurrentEventsByTagQuery journal, IMaterializer materializer) : IEventFeed
{
    private const int BatchLimit = 200;

    public Task ReadAsync(long offset, Func<IReadOnlyList<JournalEntry>, Task> take) =>
        journal.CurrentEventsByTag(EventTags.Session, Offset.Sequence(offset))
            .Select(envelope => new JournalEntry(((Sequence)envelope.Offset).Value, (ISessionEvent)envelope.Event))
            .Grouped(BatchLimit)
            .SelectAsync(1, async batch =>
            {
                await take([.. batch]);
                return batch;
            })
            .RunWith(Sink.Ignore<IEnumerable<JournalEntry>>(), materializer);
}

using System.Data.Common;
using Akka.Serialization;
using DreamerActors.Actors.Wire;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Journal;

/// <summary>
/// Reads on in the tables of Akka.Persistence.Sql, and only when asked. The query side of that package asks the database ten times a second, for ever, which would be a third of what an idle
/// host costs, and shows an event only after its next question. It has to wait for places that were given and are not there yet; here places are given in the order of commits (ADR 0012).
/// </summary>
internal sealed class JournalFeed(DbDataSource journal, Serialization serialization) : IEventFeed
{
    private const int BatchLimit = 200;

    /// <inheritdoc/>
    public async Task ReadAsync(long offset, Func<IReadOnlyList<JournalEntry>, Task> take)
    {
        IReadOnlyList<JournalEntry> batch;
        do
        {
            batch = await BatchAsync(offset);
            if (batch.Count == 0) return;
            await take(batch);
            offset = batch[^1].Offset;
        }
        while (batch.Count == BatchLimit);
    }

    private async Task<IReadOnlyList<JournalEntry>> BatchAsync(long offset)
    {
        await using var command = journal.CreateCommand($"""
            SELECT journal.ordering, journal.message, journal.identifier, journal.manifest FROM tags JOIN journal ON journal.ordering = tags.ordering_id
            WHERE tags.tag = '{EventTags.Session}' AND tags.ordering_id > @after ORDER BY tags.ordering_id LIMIT {BatchLimit}
            """);
        var after = command.CreateParameter();
        (after.ParameterName, after.Value) = ("@after", offset);
        command.Parameters.Add(after);
        await using var row = await command.ExecuteReaderAsync();
        var batch = new List<JournalEntry>();
        while (await row.ReadAsync())
            batch.Add(new JournalEntry(row.GetInt64(0), (ISessionEvent)serialization.Deserialize(await row.GetFieldValueAsync<byte[]>(1), row.GetInt32(2), row.GetString(3))));
        return batch;
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Adapters.Journal;

/// <summary>Every judged dream as its event, with the last remark. A table of the read model's database, with an offset of its own.</summary>
public sealed class DreamArchive : IProjection, IDreamArchive
{
    private static readonly JsonSerializerOptions Whole = new() { Converters = { new JsonStringEnumConverter() } };
    private readonly ReadModel _model;

    /// <param name="model">Where the archive lies.</param>
    public DreamArchive(ReadModel model)
    {
        _model = model;
        using var connection = model.Open();
        ReadModel.Execute(connection, null,
            "CREATE TABLE IF NOT EXISTS archive (id TEXT PRIMARY KEY, outcome TEXT NOT NULL, at TEXT NOT NULL, event TEXT NOT NULL, approval TEXT, actor TEXT, comment TEXT, remarked TEXT)");
    }

    /// <inheritdoc/>
    public string Name => "dream-archive";

    /// <inheritdoc/>
    public Task<long> LastOffsetAsync(CancellationToken cancellation) => Task.FromResult(_model.LastOffset(Name));

    /// <inheritdoc/>
    public async Task ApplyAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
    {
        await using (var connection = _model.Open())
        await using (var transaction = (SqliteTransaction)await connection.BeginTransactionAsync(cancellation))
        {
            foreach (var happened in entries.Select(entry => entry.Event))
            {
                if (happened is DreamCompleted kept)
                    Add(connection, transaction, kept.Dream, "kept", kept.At, JsonSerializer.Serialize(kept, Whole));
                if (happened is DreamRejected { Code: not null, Scenario: not null } rejected)
                    Add(connection, transaction, rejected.Dream, "rejected", rejected.At, JsonSerializer.Serialize(rejected, Whole));
                if (Remark.Of(happened) is var (dream, remark))
                    ReadModel.Execute(connection, transaction, "UPDATE archive SET approval = $1, actor = $2, comment = $3, remarked = $4 WHERE id = $0",
                        dream.Value, remark.Approval.ToString(), remark.Actor, remark.Comment, remark.At is { } at ? Time(at) : null);
                foreach (var id in happened is SessionQuarantined quarantined ? quarantined.Dreams : [])
                    ReadModel.Execute(connection, transaction, "DELETE FROM archive WHERE id = $0", id.Value);
            }
            await transaction.CommitAsync(cancellation);
        }
        _model.SetOffset(Name, entries[^1].Offset);
    }

    /// <inheritdoc/>
    public Task ResetAsync(CancellationToken cancellation)
    {
        _model.Forget(Name, "archive");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<KeptDream>> KeptAsync(CancellationToken cancellation) => ReadAsync("outcome = 'kept'", Kept, cancellation);

    /// <inheritdoc/>
    public async Task<KeptDream?> FindAsync(DreamId dream, CancellationToken cancellation) =>
        (await ReadAsync("outcome = 'kept' AND id = $0", Kept, cancellation, dream.Value)).FirstOrDefault();

    /// <inheritdoc/>
    public async Task<DreamRejected?> FindRejectedAsync(DreamId dream, CancellationToken cancellation) =>
        (await ReadAsync("outcome = 'rejected' AND id = $0", Event<DreamRejected>, cancellation, dream.Value)).FirstOrDefault();

    /// <inheritdoc/>
    public Task<IReadOnlyList<DreamRejected>> RejectedAsync(CancellationToken cancellation) => ReadAsync("outcome = 'rejected'", Event<DreamRejected>, cancellation);

    private async Task<IReadOnlyList<T>> ReadAsync<T>(string where, Func<SqliteDataReader, T> read, CancellationToken cancellation, params object?[] values)
    {
        await using var connection = _model.Open();
        await using var command = ReadModel.Command(connection, null, $"SELECT event, approval, actor, comment, remarked FROM archive WHERE {where} ORDER BY at, id", values);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<T>();
        while (await rows.ReadAsync(cancellation))
            found.Add(read(rows));
        return found;
    }

    private static KeptDream Kept(SqliteDataReader row) => new(Event<DreamCompleted>(row), row.IsDBNull(1)
        ? Remark.None
        : new Remark(Enum.Parse<Approval>(row.GetString(1)), Text(row, 2), Text(row, 3),
            Text(row, 4) is { } at ? DateTimeOffset.Parse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null));

    private static T Event<T>(SqliteDataReader row) => JsonSerializer.Deserialize<T>(row.GetString(0), Whole) ?? throw new IOException("the archive holds no event");

    private static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static void Add(SqliteConnection connection, SqliteTransaction transaction, DreamId id, string outcome, DateTimeOffset at, string text) =>
        ReadModel.Execute(connection, transaction, "INSERT OR REPLACE INTO archive VALUES ($0, $1, $2, $3, NULL, NULL, NULL, NULL)", id.Value, outcome, Time(at), text);

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}

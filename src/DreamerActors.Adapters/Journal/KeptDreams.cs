using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Adapters.Journal;

/// <summary>What every kept dream is like, found by the bands of its signature. Tables of the read model's database, with an offset of their own.</summary>
/// <param name="model">Opens the read model when it is first asked: who never asks for novelty needs no database.</param>
public sealed class KeptDreams(Func<ReadModel> model) : IProjection, IKeptDreams
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS signatures (dream TEXT PRIMARY KEY, signature BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS bands (band INTEGER NOT NULL, dream TEXT NOT NULL, PRIMARY KEY (band, dream)) WITHOUT ROWID;
        """;

    private readonly Lazy<ReadModel> _model = new(() =>
    {
        var opened = model();
        using var connection = opened.Open();
        ReadModel.Execute(connection, null, Schema);
        return opened;
    });

    /// <inheritdoc/>
    public string Name => "kept-dreams";

    /// <inheritdoc/>
    public Task<long> LastOffsetAsync(CancellationToken cancellation) => Task.FromResult(_model.Value.LastOffset(Name));

    /// <inheritdoc/>
    public async Task ApplyAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
    {
        await using (var connection = _model.Value.Open())
        await using (var transaction = (SqliteTransaction)await connection.BeginTransactionAsync(cancellation))
        {
            foreach (var happened in entries.Select(entry => entry.Event))
            {
                if (happened is DreamCompleted dream)
                    Add(connection, transaction, dream.Dream, CodeSignature.Of(dream.Code));
                foreach (var id in happened is SessionQuarantined quarantined ? quarantined.Dreams : [])
                    ReadModel.Execute(connection, transaction, "DELETE FROM signatures WHERE dream = $0; DELETE FROM bands WHERE dream = $0", id.Value);
            }
            await transaction.CommitAsync(cancellation);
        }
        _model.Value.SetOffset(Name, entries[^1].Offset);
    }

    /// <inheritdoc/>
    public Task ResetAsync(CancellationToken cancellation)
    {
        _model.Value.Forget(Name, "signatures", "bands");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<NearestDream?> NearestAsync(CodeSignature signature, CancellationToken cancellation)
    {
        await using var connection = _model.Value.Open();
        await using var command = ReadModel.Command(connection, null,
            $"SELECT dream, signature FROM signatures WHERE dream IN (SELECT dream FROM bands WHERE band IN ({string.Join(',', signature.Bands())})) ORDER BY dream");
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        NearestDream? nearest = null;
        while (await rows.ReadAsync(cancellation))
        {
            var likeness = signature.Likeness(CodeSignature.Read(await rows.GetFieldValueAsync<byte[]>(1, cancellation)));
            if (nearest is null || likeness > nearest.Likeness)
                nearest = new NearestDream(new DreamId(rows.GetString(0)), likeness);
        }
        return nearest;
    }

    private static void Add(SqliteConnection connection, SqliteTransaction transaction, DreamId dream, CodeSignature signature)
    {
        ReadModel.Execute(connection, transaction, "INSERT OR REPLACE INTO signatures VALUES ($0, $1)", dream.Value, signature.ToBytes());
        foreach (var band in signature.Bands())
            ReadModel.Execute(connection, transaction, "INSERT OR IGNORE INTO bands VALUES ($0, $1)", band, dream.Value);
    }
}

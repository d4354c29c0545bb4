using System.Globalization;
using System.Text.Json;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Adapters.Journal;

/// <summary>Sessions and dreams as tables, and how far every projection has come. Derived from events; may be deleted at any time.</summary>
public sealed class ReadModel : IProjection
{
    private const long Version = 5;

    private const string Schema = """
        CREATE TABLE IF NOT EXISTS offsets (projection TEXT PRIMARY KEY, last INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS journal (only INTEGER PRIMARY KEY CHECK (only = 0), name TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, status TEXT NOT NULL, started TEXT NOT NULL, ended TEXT, planned INTEGER NOT NULL, trigger TEXT NOT NULL, brain TEXT NOT NULL,
            since TEXT NOT NULL, dreamt_ms INTEGER NOT NULL DEFAULT 0, interrupted TEXT, stopped_in_ms INTEGER, interrupt_detail TEXT);
        CREATE TABLE IF NOT EXISTS dreams (id TEXT PRIMARY KEY, session TEXT NOT NULL, scenario TEXT NOT NULL, entity TEXT NOT NULL, title TEXT NOT NULL, outcome TEXT NOT NULL,
            stage TEXT, kind TEXT, reason TEXT, at TEXT NOT NULL, difficulty TEXT, libraries TEXT NOT NULL, approval TEXT, document TEXT);
        CREATE TABLE IF NOT EXISTS plans (session TEXT NOT NULL, scenario TEXT NOT NULL, difficulty TEXT NOT NULL, reason TEXT, libraries TEXT NOT NULL, PRIMARY KEY (session, scenario)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS replays (dream TEXT NOT NULL, image TEXT NOT NULL, sandbox TEXT NOT NULL, python TEXT, proven INTEGER NOT NULL, stage TEXT, kind TEXT, reason TEXT, at TEXT NOT NULL,
            PRIMARY KEY (dream, image)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS dreams_by_time ON dreams(at, id, outcome, approval, difficulty, kind, libraries, title, entity);
        CREATE INDEX IF NOT EXISTS dreams_by_session ON dreams(session, outcome);
        CREATE INDEX IF NOT EXISTS dreams_by_entity ON dreams(entity);
        """;

    private readonly string _connection;

    /// <param name="dataDirectory">Where <c>readmodel.db</c> lies.</param>
    public ReadModel(string dataDirectory)
    {
        Directory.CreateDirectory(dataDirectory);
        _connection = new SqliteConnectionStringBuilder { DataSource = Path.Combine(dataDirectory, "readmodel.db"), DefaultTimeout = 30 }.ToString();
        using var connection = Open();
        Execute(connection, null, "PRAGMA journal_mode=WAL");
        using var version = Command(connection, null, "PRAGMA user_version");
        // Everything here follows from events: tables of another version are dropped and filled again.
        if (version.ExecuteScalar() is long and not 0 and not Version)
            Execute(connection, null, "DROP TABLE IF EXISTS offsets; DROP TABLE IF EXISTS sessions; DROP TABLE IF EXISTS dreams; DROP TABLE IF EXISTS plans; DROP TABLE IF EXISTS replays; DROP TABLE IF EXISTS lessons");
        Execute(connection, null, Schema);
        Execute(connection, null, $"PRAGMA user_version = {Version}");
    }

    /// <inheritdoc/>
    public string Name => "read-model";

    /// <inheritdoc/>
    public Task<long> LastOffsetAsync(CancellationToken cancellation) => Task.FromResult(LastOffset(Name));

    /// <inheritdoc/>
    public async Task ApplyAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
    {
        await using var connection = Open();
        await using var transaction = (SqliteTransaction)await connection.BeginTransactionAsync(cancellation);
        foreach (var entry in entries)
            Apply(connection, transaction, entry.Event);
        SetOffset(connection, transaction, Name, entries[^1].Offset);
        await transaction.CommitAsync(cancellation);
    }

    /// <inheritdoc/>
    public Task ResetAsync(CancellationToken cancellation)
    {
        Forget(Name, "sessions", "dreams", "plans", "replays");
        return Task.CompletedTask;
    }

    /// <summary>Empties a projection's tables, so that all entries are applied again.</summary>
    internal void Forget(string projection, params string[] tables)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        foreach (var table in tables)
            Execute(connection, transaction, $"DELETE FROM {table}");
        SetOffset(connection, transaction, projection, 0);
        transaction.Commit();
    }

    /// <summary>The name of the journal that everything here was derived from; null when nothing was said of it.</summary>
    public string? Journal
    {
        get
        {
            using var connection = Open();
            using var command = Command(connection, null, "SELECT name FROM journal");
            return command.ExecuteScalar() as string;
        }
        set
        {
            using var connection = Open();
            Execute(connection, null, "INSERT INTO journal VALUES (0, $0) ON CONFLICT(only) DO UPDATE SET name = $0", value);
        }
    }

    /// <summary>The last offset that a projection has applied; 0 when none.</summary>
    public long LastOffset(string projection)
    {
        using var connection = Open();
        using var command = Command(connection, null, "SELECT last FROM offsets WHERE projection = $0", projection);
        return command.ExecuteScalar() as long? ?? 0;
    }

    /// <summary>Remembers a projection's offset.</summary>
    public void SetOffset(string projection, long offset)
    {
        using var connection = Open();
        SetOffset(connection, null, projection, offset);
    }

    internal SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connection);
        connection.Open();
        return connection;
    }

    internal static SqliteCommand Command(SqliteConnection connection, SqliteTransaction? transaction, string sql, params object?[] values)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue("$" + i.ToString(CultureInfo.InvariantCulture), values[i] ?? DBNull.Value);
        return command;
    }

    internal static List<T> Rows<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, params object?[] values)
    {
        using var command = Command(connection, null, sql, values);
        using var rows = command.ExecuteReader();
        var found = new List<T>();
        while (rows.Read())
            found.Add(read(rows));
        return found;
    }

    internal static void Execute(SqliteConnection connection, SqliteTransaction? transaction, string sql, params object?[] values)
    {
        using var command = Command(connection, transaction, sql, values);
        command.ExecuteNonQuery();
    }

    private static void SetOffset(SqliteConnection connection, SqliteTransaction? transaction, string projection, long offset) =>
        Execute(connection, transaction, "INSERT INTO offsets VALUES ($0, $1) ON CONFLICT(projection) DO UPDATE SET last = $1", projection, offset);

    private static void Apply(SqliteConnection connection, SqliteTransaction transaction, ISessionEvent happened)
    {
        void Update(string set, params object?[] values) =>
            Execute(connection, transaction, $"UPDATE sessions SET {set} WHERE id = $0", [happened.Session.Value, .. values]);
        switch (happened)
        {
            case SessionStarted e:
                Execute(connection, transaction, "INSERT OR REPLACE INTO sessions VALUES ($0, 'running', $1, NULL, $2, $3, $4, $1, 0, NULL, NULL, NULL)",
                    e.Session.Value, Time(e.At), e.Plan.Count, e.Order.Trigger, e.Order.Brain);
                foreach (var planned in e.Plan)
                    Execute(connection, transaction, "INSERT OR REPLACE INTO plans VALUES ($0, $1, $2, $3, $4)", e.Session.Value, planned.Id.Value,
                        planned.Difficulty.ToString(), planned.DifficultyReason, JsonSerializer.Serialize(planned.Fragment.Libraries));
                break;
            case SessionInterrupted e:
                Update("status = 'interrupted', ended = $1, dreamt_ms = dreamt_ms + max(0, round((julianday($1) - julianday(since)) * 86400000)), interrupted = $2, stopped_in_ms = $3, interrupt_detail = $4",
                    Time(e.At), e.Reason.ToString(), (long)e.StopLatency.TotalMilliseconds, e.Detail);
                break;
            case SessionResumed e:
                Update("status = 'running', ended = NULL, since = $1", Time(e.At));
                break;
            case SessionCompleted e:
                Update("status = 'completed', ended = $1, dreamt_ms = $2", Time(e.At), (long)e.Report.Duration.TotalMilliseconds);
                break;
            case DreamCompleted e:
                Dream(connection, transaction, e.Dream.Value, e, e.Scenario.Id.Value, e.Scenario.Provenance.EntityId, e.Scenario.Title, "kept", null, null, null,
                    e.Scenario.Difficulty.ToString().ToLowerInvariant(), e.Scenario.Libraries, DreamDocument.Json(e));
                break;
            case DreamRejected e:
                Dream(connection, transaction, e.Dream.Value, e, e.ScenarioId.Value, e.EntityId, e.Scenario?.Title ?? e.EntityId, "rejected", e.Verdict.Stage,
                    e.Verdict.Kind?.Name(), e.Verdict.Reasons.FirstOrDefault(),
                    e.Scenario?.Difficulty.ToString().ToLowerInvariant(), e.Scenario?.Libraries ?? [], null);
                break;
            case DreamLost e:
                Dream(connection, transaction, DreamId.Of(e.Session, e.Scenario).Value, e, e.Scenario.Value, "", e.Scenario.Value, "lost", null, e.Reason.ToString(), e.Detail, null, [], null);
                break;
            case SessionQuarantined e:
                Update("status = 'quarantined', ended = $1", Time(e.At));
                Execute(connection, transaction, "UPDATE dreams SET outcome = 'quarantined', reason = $1, document = NULL WHERE session = $0 AND outcome = 'kept'",
                    e.Session.Value, e.Reason);
                break;
            case DreamApproved or DreamDeclined or ApprovalUndone or DreamReplayed:
                Follow(connection, transaction, happened);
                if (happened is DreamReplayed { Result: var result })
                    Execute(connection, transaction, "INSERT OR REPLACE INTO replays VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8)", result.Dream.Value, result.Image, result.Sandbox, result.Python, result.Proven,
                        result.Stage, result.Kind, result.Reason, Time(happened.At));
                break;
            case ScenarioWoven or CanariesJudged:
                break;
            default:
                throw new InvalidOperationException($"unknown event {happened.GetType().Name}");
        }
    }

    private static void Follow(SqliteConnection connection, SqliteTransaction transaction, ISessionEvent happened)
    {
        var (dream, change) = DreamDocument.Follow(happened)!.Value;
        using var command = Command(connection, transaction, "SELECT document FROM dreams WHERE id = $0", dream.Value);
        if (command.ExecuteScalar() is not string document)
            return;
        Execute(connection, transaction, "UPDATE dreams SET document = $1 WHERE id = $0", dream.Value, change(document));
        if (Remark.Of(happened) is var (_, remark))
            Execute(connection, transaction, "UPDATE dreams SET approval = $1 WHERE id = $0", dream.Value, DreamDocument.Name(remark.Approval));
    }

    private static void Dream(
        SqliteConnection connection, SqliteTransaction transaction, string id, ISessionEvent e, string scenario, string entity, string title, string outcome,
        string? stage, string? kind, string? reason, string? difficulty, IReadOnlyList<string> libraries, string? document) =>
        Execute(connection, transaction, "INSERT OR REPLACE INTO dreams VALUES ($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            id, e.Session.Value, scenario, entity, title, outcome, stage, kind, reason, Time(e.At), difficulty, JsonSerializer.Serialize(libraries), document is null ? null : DreamDocument.Name(Approval.Pending), document);

    internal static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}

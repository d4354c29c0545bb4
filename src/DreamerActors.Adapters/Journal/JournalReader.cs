using System.Globalization;
using System.Text.Json;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Adapters.Journal;

/// <summary>Answers questions from the read model's tables.</summary>
public sealed class JournalReader(ReadModel model) : IJournalReader
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<SessionSummary>> SessionsAsync(int limit, CancellationToken cancellation, SessionId? behind = null) => Task.FromResult(Sessions(null, limit, behind));

    /// <inheritdoc/>
    public Task<SessionSummary?> SessionAsync(SessionId session, CancellationToken cancellation) => Task.FromResult(Sessions(session, 1).FirstOrDefault());

    private IReadOnlyList<SessionSummary> Sessions(SessionId? session, int limit, SessionId? behind = null) => Rows(
        """
        SELECT s.id, s.status, s.started, s.ended, s.planned, s.trigger, s.brain,
            (SELECT count(*) FROM dreams d WHERE d.session = s.id AND d.outcome IN ('kept', 'rejected', 'quarantined')),
            (SELECT count(*) FROM dreams d WHERE d.session = s.id AND d.outcome = 'kept'),
            (SELECT count(*) FROM dreams d WHERE d.session = s.id AND d.outcome = 'lost'),
            s.dreamt_ms, s.interrupted, s.stopped_in_ms, s.interrupt_detail
        FROM sessions s WHERE ($0 IS NULL OR s.id = $0) AND ($2 IS NULL OR (s.started, s.id) < (SELECT started, id FROM sessions WHERE id = $2)) ORDER BY s.started DESC, s.id DESC LIMIT $1
        """,
        row => new SessionSummary(new SessionId(row.GetString(0)), row.GetString(1), Time(row.GetString(2)), row.IsDBNull(3) ? null : Time(row.GetString(3)),
            row.GetInt32(4), row.GetInt32(7), row.GetInt32(8), row.GetInt32(9), row.GetString(5), row.GetString(6))
        {
            Dreamt = TimeSpan.FromMilliseconds(row.GetInt64(10)),
            Interrupted = row.IsDBNull(11) ? null : Enum.Parse<InterruptReason>(row.GetString(11)),
            StopLatency = row.IsDBNull(12) ? null : TimeSpan.FromMilliseconds(row.GetInt64(12)),
            InterruptDetail = Text(row, 13),
        },
        session?.Value, limit, behind?.Value);

    /// <inheritdoc/>
    public Task<IReadOnlyList<DreamSummary>> DreamsAsync(DreamQuery query, CancellationToken cancellation) => Task.FromResult(Rows(
        $"""
        SELECT {SummaryColumns}
        FROM dreams d LEFT JOIN plans p ON p.session = d.session AND p.scenario = d.scenario
        WHERE ($0 IS NULL OR d.session = $0) AND ($1 IS NULL OR d.outcome = $1)
            AND ($2 IS NULL OR EXISTS (SELECT 1 FROM json_each(d.libraries) WHERE value = $2))
        ORDER BY d.at DESC, d.id LIMIT $3
        """,
        Summary,
        query.Session?.Value, query.Outcome, query.Library, query.Limit));

    /// <inheritdoc/>
    public Task<string?> DreamAsync(DreamId dream, CancellationToken cancellation) =>
        Task.FromResult(Rows("SELECT document FROM dreams WHERE id = $0", row => Text(row, 0), dream.Value).FirstOrDefault());

    /// <inheritdoc/>
    public Task<IReadOnlyDictionary<string, EntityHistory>> DreamtEntitiesAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyDictionary<string, EntityHistory>>(Rows(
            "SELECT entity, count(*), max(at) FROM dreams WHERE entity <> '' GROUP BY entity",
            row => (Entity: row.GetString(0), History: new EntityHistory(row.GetInt32(1), Time(row.GetString(2)))))
            .ToDictionary(row => row.Entity, row => row.History, StringComparer.Ordinal));

    /// <inheritdoc/>
    public Task<IReadOnlyList<DreamOutcome>> OutcomesAsync(string brain, int limit, CancellationToken cancellation) => Task.FromResult(Rows(
        """
        SELECT p.libraries, p.difficulty, d.outcome = 'kept'
        FROM dreams d JOIN plans p ON p.session = d.session AND p.scenario = d.scenario JOIN sessions s ON s.id = d.session
        WHERE s.brain = $0 AND (d.outcome = 'kept' OR d.outcome = 'rejected' AND d.kind NOT IN ('DUPLICATE', 'CONTAMINATED'))
        ORDER BY d.at DESC, d.id LIMIT $1
        """,
        row => new DreamOutcome(Texts(row, 0), Enum.Parse<Difficulty>(row.GetString(1)), row.GetBoolean(2)),
        brain, limit));

    /// <inheritdoc/>
    public Task<DreamStatistics> StatisticsAsync(CancellationToken cancellation) => Task.FromResult(Rows(
        """
        SELECT (SELECT count(*) FROM sessions), (SELECT count(*) FROM dreams WHERE outcome IN ('kept', 'rejected', 'quarantined')),
            (SELECT count(*) FROM dreams WHERE outcome = 'kept'), (SELECT count(*) FROM dreams WHERE outcome = 'lost')
        """,
        row => new DreamStatistics(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3)))[0]);

    /// <inheritdoc/>
    public Task<SessionId?> UnfinishedSessionAsync(CancellationToken cancellation) => Task.FromResult(
        Rows("SELECT id FROM sessions WHERE status IN ('running', 'interrupted') ORDER BY started DESC LIMIT 1", row => (SessionId?)new SessionId(row.GetString(0))).FirstOrDefault());

    /// <summary>What a <see cref="Summary"/> is read from: dreams <c>d</c> with their plans <c>p</c>.</summary>
    internal const string SummaryColumns = "d.id, d.session, d.entity, d.title, d.outcome, d.stage, d.kind, d.reason, d.at, d.difficulty, d.libraries, p.reason, d.approval";

    internal static DreamSummary Summary(SqliteDataReader row) =>
        new(new DreamId(row.GetString(0)), new SessionId(row.GetString(1)), row.GetString(2), row.GetString(3), row.GetString(4),
            Text(row, 5), Text(row, 6), Text(row, 7), Time(row.GetString(8)), Text(row, 9), Texts(row, 10), Text(row, 12)) { DifficultyReason = Text(row, 11) };

    private IReadOnlyList<T> Rows<T>(string sql, Func<SqliteDataReader, T> read, params object?[] values)
    {
        using var connection = model.Open();
        return ReadModel.Rows(connection, sql, read, values);
    }

    private static List<string> Texts(SqliteDataReader row, int column) => JsonSerializer.Deserialize<List<string>>(row.GetString(column)) ?? [];

    internal static string? Text(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    internal static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}

using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Adapters.Journal;

/// <summary>Finds and counts in the read model's tables, so that ten thousand dreams never cross into memory.</summary>
public sealed class DreamFinder(ReadModel model) : IDreamSearch
{
    private const string Wanted = """
        ($0 IS NULL OR d.title LIKE $0 ESCAPE '\' OR d.entity LIKE $0 ESCAPE '\' OR d.libraries LIKE $0 ESCAPE '\' OR d.id LIKE $0 ESCAPE '\')
        AND ($1 IS NULL OR d.outcome = $1) AND ($2 IS NULL OR EXISTS (SELECT 1 FROM json_each(d.libraries) WHERE value = $2))
        AND ($3 IS NULL OR d.difficulty = $3) AND ($4 IS NULL OR d.approval = $4 AND d.outcome = 'kept') AND d.at >= $5 AND d.at < $6
        AND ($7 IS NULL OR (d.at, d.id) < (SELECT at, id FROM dreams WHERE id = $7)) AND ($8 IS NULL OR d.id = $8)
        """;

    private const int MostRegressions = 200;
    private const string Counts = "sum(outcome = 'kept'), sum(outcome IN ('rejected', 'quarantined')), sum(outcome = 'lost')";

    /// <inheritdoc/>
    public Task<DreamPage> FindAsync(DreamSearch search, CancellationToken cancellation)
    {
        object?[] wanted =
        [
            search.Text is { Length: > 0 } text ? $"%{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%" : null,
            search.Outcome, search.Library, search.Difficulty, search.Approval, ReadModel.Time(search.From ?? DateTimeOffset.MinValue), ReadModel.Time(search.Until ?? DateTimeOffset.MaxValue), search.Behind?.Value, search.Id?.Value,
        ];
        using var connection = model.Open();
        var total = Rows(connection, $"SELECT count(*) FROM dreams d WHERE {Wanted}", row => row.GetInt32(0), wanted)[0];
        // The page is cut from the index first: only its few rows are read whole.
        var dreams = search.Take == 0 ? [] : Rows(connection,
            $"""
            SELECT {JournalReader.SummaryColumns}
            FROM (SELECT d.rowid AS at_row FROM dreams d WHERE {Wanted} ORDER BY d.at DESC, d.id DESC LIMIT $9 OFFSET $10) cut
            JOIN dreams d ON d.rowid = cut.at_row LEFT JOIN plans p ON p.session = d.session AND p.scenario = d.scenario
            ORDER BY d.at DESC, d.id DESC
            """, JournalReader.Summary, [.. wanted, search.Take, search.Skip]);
        return Task.FromResult(new DreamPage(dreams, total));
    }

    /// <inheritdoc/>
    public Task<DreamAnalysis> AnalyseAsync(CancellationToken cancellation)
    {
        using var connection = model.Open();
        List<Tally> Count(string key, string from, string order) =>
            Rows(connection, $"SELECT {key}, {Counts} FROM {from} GROUP BY 1 ORDER BY {order}", row => new Tally(row.GetString(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3)));
        var libraries = Count("value", "dreams, json_each(dreams.libraries)", "sum(outcome IN ('kept', 'rejected', 'quarantined')) DESC, 1");
        return Task.FromResult(new DreamAnalysis(
            Count("'all'", "dreams", "1").FirstOrDefault() ?? new Tally("all", 0, 0, 0),
            [.. libraries.Where(library => library.Kept > 0).OrderByDescending(library => library.Kept).ThenBy(library => library.Name, StringComparer.Ordinal).Select(library => (library.Name, library.Kept))],
            libraries,
            Count("difficulty", "dreams WHERE difficulty IS NOT NULL", "1"),
            Count("date(at, 'localtime', '-12 hours')", "dreams", "1 DESC"),
            Rows(connection,
                "SELECT coalesce(kind, CASE outcome WHEN 'quarantined' THEN 'QUARANTINED' ELSE 'UNKNOWN' END), count(*) FROM dreams WHERE outcome IN ('rejected', 'quarantined') GROUP BY 1 ORDER BY 2 DESC, 1",
                row => (row.GetString(0), row.GetInt32(1)))));
    }

    /// <inheritdoc/>
    public Task<ReplayOverview> ReplaysAsync(CancellationToken cancellation)
    {
        using var connection = model.Open();
        return Task.FromResult(new ReplayOverview(
            Rows(connection, "SELECT sandbox, image, max(python), count(*), sum(proven), max(at) FROM replays GROUP BY sandbox, image ORDER BY 6 DESC",
                row => new ReplayPlace(row.GetString(0), row.GetString(1), JournalReader.Text(row, 2), row.GetInt32(3), row.GetInt32(4), JournalReader.Time(row.GetString(5)))),
            Rows(connection, "SELECT d.id, d.title, r.image, r.stage, r.kind, r.reason, r.at FROM replays r JOIN dreams d ON d.id = r.dream WHERE NOT r.proven ORDER BY r.at DESC, d.id LIMIT $0",
                row => new Regression(new DreamId(row.GetString(0)), row.GetString(1), row.GetString(2), JournalReader.Text(row, 3), JournalReader.Text(row, 4), JournalReader.Text(row, 5), JournalReader.Time(row.GetString(6))),
                MostRegressions)));
    }

    private static List<T> Rows<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read, params object?[] values)
    {
        using var command = ReadModel.Command(connection, null, sql, values);
        using var rows = command.ExecuteReader();
        var found = new List<T>();
        while (rows.Read())
            found.Add(read(rows));
        return found;
    }
}

using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Adapters.Journal;

/// <summary>Finds and counts in the read model's tables, so that ten thousand dreams never cross into memory.</summary>
public sealed class DreamFinder(ReadModel model) : IDreamSearch
{
    private const int MostRegressions = 200;
    private const string Counts = "sum(outcome = 'kept'), sum(outcome IN ('rejected', 'quarantined')), sum(outcome = 'lost')";

    private volatile Counted? _counted;

    /// <inheritdoc/>
    public Task<DreamPage> FindAsync(DreamSearch search, CancellationToken cancellation)
    {
        var (where, values) = Wanted(search);
        using var connection = model.Open();
        var total = ReadModel.Rows(connection, $"SELECT count(*) FROM dreams d {where}", row => row.GetInt32(0), values)[0];
        // The page is cut from the index first: only its few rows are read whole.
        var dreams = search.Take == 0 ? [] : ReadModel.Rows(connection,
            $"""
            SELECT {JournalReader.SummaryColumns}
            FROM (SELECT d.rowid AS at_row FROM dreams d {where} ORDER BY d.at DESC, d.id DESC LIMIT {search.Take} OFFSET {search.Skip}) cut
            JOIN dreams d ON d.rowid = cut.at_row LEFT JOIN plans p ON p.session = d.session AND p.scenario = d.scenario
            ORDER BY d.at DESC, d.id DESC
            """, JournalReader.Summary, values);
        return Task.FromResult(new DreamPage(dreams, total));
    }

    /// <inheritdoc/>
    public Task<DreamAnalysis> AnalyseAsync(CancellationToken cancellation)
    {
        var offset = model.LastOffset(model.Name);
        if (_counted is not { } counted || counted.Offset != offset)
            _counted = counted = new Counted(offset, Analyse());
        return Task.FromResult(counted.Analysis);
    }

    private DreamAnalysis Analyse()
    {
        using var connection = model.Open();
        List<Tally> Count(string key, string from, string order) =>
            ReadModel.Rows(connection, $"SELECT {key}, {Counts} FROM {from} GROUP BY 1 ORDER BY {order}", row => new Tally(row.GetString(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3)));
        var libraries = Count("value", "dreams, json_each(dreams.libraries)", "sum(outcome IN ('kept', 'rejected', 'quarantined')) DESC, 1");
        return new DreamAnalysis(
            Count("'all'", "dreams", "1").FirstOrDefault() ?? new Tally("all", 0, 0, 0),
            [.. libraries.Where(library => library.Kept > 0).OrderByDescending(library => library.Kept).ThenBy(library => library.Name, StringComparer.Ordinal).Select(library => (library.Name, library.Kept))],
            libraries,
            Count("difficulty", "dreams WHERE difficulty IS NOT NULL", "1"),
            Count("date(at, 'localtime', '-12 hours')", "dreams", "1 DESC"),
            ReadModel.Rows(connection,
                "SELECT coalesce(kind, CASE outcome WHEN 'quarantined' THEN 'QUARANTINED' ELSE 'UNKNOWN' END), count(*) FROM dreams WHERE outcome IN ('rejected', 'quarantined') GROUP BY 1 ORDER BY 2 DESC, 1",
                row => (row.GetString(0), row.GetInt32(1))));
    }

    /// <inheritdoc/>
    public Task<ReplayOverview> ReplaysAsync(CancellationToken cancellation)
    {
        using var connection = model.Open();
        return Task.FromResult(new ReplayOverview(
            ReadModel.Rows(connection, "SELECT sandbox, image, max(python), count(*), sum(proven), max(at) FROM replays GROUP BY sandbox, image ORDER BY 6 DESC",
                row => new ReplayPlace(row.GetString(0), row.GetString(1), JournalReader.Text(row, 2), row.GetInt32(3), row.GetInt32(4), JournalReader.Time(row.GetString(5)))),
            ReadModel.Rows(connection, "SELECT d.id, d.title, r.image, r.stage, r.kind, r.reason, r.at FROM replays r JOIN dreams d ON d.id = r.dream WHERE NOT r.proven ORDER BY r.at DESC, d.id LIMIT $0",
                row => new Regression(new DreamId(row.GetString(0)), row.GetString(1), row.GetString(2), JournalReader.Text(row, 3), JournalReader.Text(row, 4), JournalReader.Text(row, 5), JournalReader.Time(row.GetString(6))),
                MostRegressions)));
    }

    /// <summary>Only what is asked for, so that the index of what is left is used.</summary>
    private static (string Where, object?[] Values) Wanted(DreamSearch search)
    {
        var (conditions, values) = (new List<string>(), new List<object?>());
        void Want(string condition, object? value)
        {
            if (value is null) return;
            conditions.Add(condition.Replace("?", $"${values.Count}", StringComparison.Ordinal));
            values.Add(value);
        }

        Want("d.id = ?", search.Id?.Value);
        Want("""(d.title LIKE ? ESCAPE '\' OR d.entity LIKE ? ESCAPE '\' OR d.libraries LIKE ? ESCAPE '\' OR d.id LIKE ? ESCAPE '\')""", search.Text is { Length: > 0 } text ? $"%{Literal(text)}%" : null);
        Want("d.outcome = ?", search.Outcome);
        Want("EXISTS (SELECT 1 FROM json_each(d.libraries) WHERE value = ?)", search.Library);
        Want("d.difficulty = ?", search.Difficulty);
        Want("d.approval = ? AND d.outcome = 'kept'", search.Approval);
        Want("d.at >= ?", search.From is { } from ? ReadModel.Time(from) : null);
        Want("d.at < ?", search.Until is { } until ? ReadModel.Time(until) : null);
        Want("(d.at, d.id) < (SELECT at, id FROM dreams WHERE id = ?)", search.Behind?.Value);
        return (conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", conditions), [.. values]);
    }

    private static string Literal(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    /// <summary>What was counted when the read model had come so far.</summary>
    private sealed record Counted(long Offset, DreamAnalysis Analysis);
}

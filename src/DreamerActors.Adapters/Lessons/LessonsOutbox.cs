using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Lessons;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Adapters.Lessons;

/// <summary>
/// Our lessons and what has become of them, durably: what the host overwrites is added again. A database of its own, since what the host did to a lesson follows from no event.
/// </summary>
public sealed class LessonsOutbox
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS own (id TEXT PRIMARY KEY, document TEXT NOT NULL, state TEXT NOT NULL, delivered INTEGER NOT NULL DEFAULT 0);
        CREATE TABLE IF NOT EXISTS remembered (key TEXT PRIMARY KEY, value TEXT NOT NULL);
        """;

    private const int MostRounds = 20;
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Lock _syncing = new();
    private readonly string _connection;
    private readonly IHostLessonsFile _file;
    private readonly TimeSpan _settle;

    /// <param name="dataDirectory">Where <c>lessons.db</c> lies.</param>
    /// <param name="file">The host's file.</param>
    /// <param name="settle">How long a broken file must have been as it is: a host that writes it just now is not disturbed.</param>
    internal LessonsOutbox(string dataDirectory, IHostLessonsFile file, TimeSpan settle)
    {
        Directory.CreateDirectory(dataDirectory);
        (_file, _settle) = (file, settle);
        var path = Path.Combine(dataDirectory, "lessons.db");
        Files = [path, path + "-wal"];
        _connection = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 }.ToString();
        using var connection = Open();
        ReadModel.Execute(connection, null, "PRAGMA journal_mode=WAL");
        ReadModel.Execute(connection, null, Schema);
    }

    /// <summary>Where it is kept: at least one of these is written when it changes.</summary>
    internal IReadOnlyList<string> Files { get; }

    /// <summary>Takes a lesson in. One that is known already stays as it is: what was deleted is not brought back by a journal that is read again.</summary>
    public void Put(string id, JsonObject document)
    {
        using var connection = Open();
        ReadModel.Execute(connection, null,
            "INSERT OR IGNORE INTO own (id, document, state) VALUES ($0, $1, 'Waiting')", id, document.ToJsonString(Readable));
    }

    /// <summary>Brings back a lesson that was withdrawn.</summary>
    public void Restore(string id)
    {
        using var connection = Open();
        ReadModel.Execute(connection, null, "UPDATE own SET state = 'Waiting', delivered = 0 WHERE id = $0 AND state = 'Withdrawn'", id);
    }

    /// <summary>Takes a lesson back: from now on it is removed wherever it comes up.</summary>
    public void Withdraw(string id)
    {
        using var connection = Open();
        ReadModel.Execute(connection, null, "UPDATE own SET state = 'Withdrawn', delivered = 0 WHERE id = $0 AND state <> 'Withdrawn'", id);
    }

    /// <summary>All of ours, oldest first.</summary>
    public IReadOnlyList<OwnLesson> All() => Read("SELECT id, document, state FROM own ORDER BY rowid");

    /// <summary>What a module inside the host has not yet confirmed: lessons to add, and lessons to remove.</summary>
    public IReadOnlyList<OwnLesson> Undelivered(int most) => Read("SELECT id, document, state FROM own WHERE delivered = 0 AND state <> 'Deleted' ORDER BY rowid LIMIT $0", most);

    /// <summary>The module has done what it was asked for.</summary>
    public void Confirm(IEnumerable<string> ids)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        foreach (var id in ids)
            ReadModel.Execute(connection, transaction, "UPDATE own SET delivered = 1 WHERE id = $0", id);
        transaction.Commit();
    }

    /// <summary>Makes the file hold what it should. Whatever the host writes meanwhile is read again.</summary>
    /// <param name="at">The time that the file shall tell.</param>
    /// <returns>How many lessons were added to the file or removed from it.</returns>
    /// <exception cref="IOException">The file is being written, or keeps changing; ours wait.</exception>
    public int Sync(DateTimeOffset at)
    {
        lock (_syncing)
        {
            for (var round = 0; round < MostRounds; round++)
            {
                var seen = _file.Read();
                if (seen.State == HostFileState.Broken && seen.Age < _settle && seen.Age > -_settle)
                    throw new IOException("the host's lessons file cannot be read, and was written just now; ours wait");
                var plan = LessonSync.Plan(new HostLessons(seen.State, seen.Lessons, seen.IsOurs), Last(), All());
                // What was seen counts, whether the file can be replaced or the host comes in between.
                Remember(plan, seen.State == HostFileState.Broken ? Last() : seen.Lessons);
                if (plan.Lessons is null)
                    return 0;
                if (_file.TryReplace(seen, plan.Lessons, at))
                {
                    Remember(plan, plan.Lessons);
                    return Math.Abs(plan.Lessons.Count - seen.Lessons.Count);
                }
            }
        }
        throw new IOException("the host's lessons file keeps changing; ours wait");
    }

    private IReadOnlyList<JsonObject> Last() =>
        Remembered("last") is { } text ? [.. JsonNode.Parse(text)!.AsArray().Select(lesson => lesson!.AsObject())] : [];

    private void Remember(SyncPlan plan, IReadOnlyList<JsonObject> last)
    {
        using var connection = Open();
        using var transaction = connection.BeginTransaction();
        foreach (var (id, state) in plan.Changes)
            ReadModel.Execute(connection, transaction, "UPDATE own SET state = $1 WHERE id = $0", id, state.ToString());
        foreach (var lesson in plan.Adopted)
            ReadModel.Execute(connection, transaction, "INSERT OR IGNORE INTO own (id, document, state, delivered) VALUES ($0, $1, 'Waiting', 1)", LessonSync.IdOf(lesson), lesson.ToJsonString(Readable));
        const string Put = "INSERT INTO remembered VALUES ($0, $1) ON CONFLICT(key) DO UPDATE SET value = $1 WHERE value <> $1";
        ReadModel.Execute(connection, transaction, Put, "last", new JsonArray([.. last.Select(lesson => lesson.DeepClone())]).ToJsonString(Readable));
        transaction.Commit();
    }

    private string? Remembered(string key)
    {
        using var connection = Open();
        using var command = ReadModel.Command(connection, null, "SELECT value FROM remembered WHERE key = $0", key);
        return command.ExecuteScalar() as string;
    }

    private List<OwnLesson> Read(string sql, params object?[] values)
    {
        using var connection = Open();
        using var command = ReadModel.Command(connection, null, sql, values);
        using var rows = command.ExecuteReader();
        var found = new List<OwnLesson>();
        while (rows.Read())
            found.Add(new OwnLesson(rows.GetString(0), JsonNode.Parse(rows.GetString(1))!.AsObject(), Enum.Parse<OwnLessonState>(rows.GetString(2))));
        return found;
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(_connection);
        connection.Open();
        return connection;
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Lessons;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Adapters.Lessons;

/// <summary>Counts over all lessons.</summary>
/// <param name="TotalLessons">How many.</param>
/// <param name="TagDistribution">Tag → lessons, the most frequent first.</param>
/// <param name="OldestLesson">The oldest's time; null when there is none.</param>
/// <param name="NewestLesson">The newest's time.</param>
public sealed record LessonStatistics(int TotalLessons, IReadOnlyList<(string Tag, int Lessons)> TagDistribution, string? OldestLesson, string? NewestLesson)
{
    /// <summary>In the host's shape.</summary>
    public JsonObject ToJson() => new()
    {
        ["total_lessons"] = TotalLessons,
        ["unique_tags"] = TagDistribution.Count,
        ["tag_distribution"] = new JsonObject(TagDistribution.Select(each => KeyValuePair.Create(each.Tag, (JsonNode?)each.Lessons))),
        ["oldest_lesson"] = OldestLesson,
        ["newest_lesson"] = NewestLesson,
    };
}

/// <summary>
/// The host's lessons and ours: to read, search, add and delete. What is deleted of ours stays deleted, whatever the host writes; what is deleted of the host's own
/// comes back if the host runs, since it keeps them in memory and rewrites its file.
/// </summary>
public sealed class LessonsStore
{
    private const int MostRounds = 20;
    private static readonly TimeSpan ClockStep = TimeSpan.FromSeconds(2);
    private readonly LessonsOutbox _outbox;
    private readonly HostLessonsFile _file;
    private readonly LessonsReader _reader;
    private readonly TimeProvider _time;
    private readonly bool _writesFile;
    private (DateTime LastWriteTimeUtc, long Length)[] _synced = [];

    internal LessonsStore(LessonsOutbox outbox, HostLessonsFile file, TimeProvider time, bool writesFile)
    {
        (_outbox, _file, _time, _writesFile) = (outbox, file, time, writesFile);
        _reader = new LessonsReader(Path.GetDirectoryName(file.Path)!);
    }

    /// <summary>Adds a lesson and returns its id.</summary>
    /// <exception cref="IOException">The file cannot be written now; the lesson waits and is not lost.</exception>
    public string Add(Lesson lesson, JsonObject? metadata = null)
    {
        var id = Guid.NewGuid().ToString();
        _outbox.Put(id, LessonDocument.Of(id, HostLessonsFile.Local(_time.GetUtcNow()), lesson, metadata ?? []));
        Sync();
        return id;
    }

    /// <summary>One lesson, or null.</summary>
    public async Task<LessonEntry?> GetAsync(string id, CancellationToken cancellation) => (await AllAsync(int.MaxValue, cancellation)).FirstOrDefault(lesson => lesson.Id == id);

    /// <summary>All lessons, newest first; ours also before the host has them.</summary>
    public Task<IReadOnlyList<LessonEntry>> AllAsync(int limit, CancellationToken cancellation) => FindAsync([], limit, cancellation);

    /// <summary>Lessons with any of these tags, newest first.</summary>
    public async Task<IReadOnlyList<LessonEntry>> FindAsync(IReadOnlyCollection<string> tags, int limit, CancellationToken cancellation)
    {
        var inFile = await _reader.ReadAsync(tags, null, int.MaxValue, cancellation);
        var own = _outbox.All();
        var unwanted = own.Where(lesson => lesson.State == OwnLessonState.Withdrawn).Select(lesson => lesson.Id).ToHashSet(StringComparer.Ordinal);
        var known = inFile.Select(lesson => lesson.Id).ToHashSet(StringComparer.Ordinal);
        var waiting = own.Where(lesson => lesson.State == OwnLessonState.Waiting && !known.Contains(lesson.Id)).Select(lesson => LessonsReader.Entry(lesson.Document)).Where(lesson => lesson.HasAny(tags));
        return [.. inFile.Where(lesson => !unwanted.Contains(lesson.Id)).Concat(waiting).OrderByDescending(lesson => lesson.Timestamp, StringComparer.Ordinal).Take(limit)];
    }

    /// <summary>The lessons that say most of what is asked, best first.</summary>
    public async Task<IReadOnlyList<LessonEntry>> SearchAsync(string query, IReadOnlyCollection<string> tags, int limit, CancellationToken cancellation)
    {
        var words = LessonIndex.Words(query);
        if (words.Length == 0)
            return [];
        var lessons = await FindAsync(tags, int.MaxValue, cancellation);
        // Built for the question: the host's file may be another one by the next.
        await using var connection = new SqliteConnection("Data Source=:memory:");
        await connection.OpenAsync(cancellation);
        ReadModel.Execute(connection, null, "CREATE VIRTUAL TABLE lesson USING fts5(text, tokenize='porter unicode61')");
        await using (var transaction = (SqliteTransaction)await connection.BeginTransactionAsync(cancellation))
        {
            for (var i = 0; i < lessons.Count; i++)
                ReadModel.Execute(connection, transaction, "INSERT INTO lesson (rowid, text) VALUES ($0, $1)", i, lessons[i].Lesson.ToText());
            await transaction.CommitAsync(cancellation);
        }
        await using var command = ReadModel.Command(connection, null, "SELECT rowid FROM lesson WHERE lesson MATCH $0 ORDER BY rank, rowid LIMIT $1", words, limit);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<LessonEntry>();
        while (await rows.ReadAsync(cancellation))
            found.Add(lessons[rows.GetInt32(0)]);
        return found;
    }

    /// <summary>Deletes one lesson; false when there is none.</summary>
    public async Task<bool> DeleteAsync(string id, CancellationToken cancellation) => await DeleteAsync(lesson => lesson.Id == id, cancellation) > 0;

    /// <summary>Deletes the newest so many.</summary>
    public async Task<int> DeleteLastAsync(int count, CancellationToken cancellation) => await DeleteAsync(await AllAsync(count, cancellation), cancellation);

    /// <summary>Deletes what was learnt between two moments; their order does not matter.</summary>
    public Task<int> DeleteByTimeAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation)
    {
        var (first, last) = from <= to ? (from, to) : (to, from);
        return DeleteAsync(lesson => lesson.At is { } at && at >= first && at <= last, cancellation);
    }

    /// <summary>Deletes lessons with this tag.</summary>
    public Task<int> DeleteByTagAsync(string tag, CancellationToken cancellation) => DeleteAsync(lesson => lesson.HasAny([tag]), cancellation);

    /// <summary>Deletes everything.</summary>
    public Task<int> ClearAsync(CancellationToken cancellation) => DeleteAsync(_ => true, cancellation);

    /// <summary>Deletes what is older than so many days.</summary>
    public Task<int> PruneAsync(int days, CancellationToken cancellation)
    {
        var limit = _time.GetUtcNow() - TimeSpan.FromDays(days);
        return DeleteAsync(lesson => lesson.At is { } at && at < limit, cancellation);
    }

    /// <summary>Of lessons that say the same, case and spaces apart, keeps the newest.</summary>
    public async Task<int> DedupeAsync(CancellationToken cancellation) =>
        await DeleteAsync([.. (await AllAsync(int.MaxValue, cancellation)).GroupBy(lesson => lesson.Signature, StringComparer.Ordinal).SelectMany(group => group.Skip(1))], cancellation);

    /// <summary>Counts.</summary>
    public async Task<LessonStatistics> StatisticsAsync(CancellationToken cancellation)
    {
        var lessons = await AllAsync(int.MaxValue, cancellation);
        var tags = lessons.SelectMany(lesson => lesson.Tags.Distinct()).GroupBy(tag => tag, StringComparer.Ordinal).Select(group => (group.Key, group.Count()));
        return new LessonStatistics(lessons.Count, [.. tags.OrderByDescending(each => each.Item2).ThenBy(each => each.Key, StringComparer.Ordinal)], lessons.LastOrDefault()?.Timestamp, lessons.FirstOrDefault()?.Timestamp);
    }

    /// <summary>Makes the host's file hold what it should; nothing when a module inside the host delivers.</summary>
    /// <returns>How many lessons were added or removed.</returns>
    /// <exception cref="IOException">The file is being written, or cannot be; ours wait.</exception>
    public int Sync() => _writesFile ? _outbox.Sync(_time.GetUtcNow()) : 0;

    /// <summary>The same for who asks again and again: nothing is read unless the host's file or ours was written since the last success.</summary>
    /// <inheritdoc cref="Sync"/>
    public int SyncChanges()
    {
        // Taken first: what is written meanwhile has another stamp. One that is younger than a clock's step may hide a second writing.
        var stamps = _outbox.Files.Append(_file.Path).Select(path => new FileInfo(path)).Select(file => file.Exists ? (file.LastWriteTimeUtc, file.Length) : default).ToArray();
        if (stamps.AsSpan().SequenceEqual(_synced)) return 0;
        var changed = Sync();
        _synced = stamps.All(stamp => _time.GetUtcNow() - stamp.LastWriteTimeUtc > ClockStep) ? stamps : [];
        return changed;
    }

    private async Task<int> DeleteAsync(Func<LessonEntry, bool> which, CancellationToken cancellation) =>
        await DeleteAsync([.. (await AllAsync(int.MaxValue, cancellation)).Where(which)], cancellation);

    private Task<int> DeleteAsync(IReadOnlyCollection<LessonEntry> lessons, CancellationToken cancellation)
    {
        var ids = lessons.Select(lesson => lesson.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var id in ids)
            _outbox.Withdraw(id);
        for (var round = 0; ids.Count > 0; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            var seen = _file.Read();
            var rest = seen.Lessons.Where(lesson => !ids.Contains(LessonSync.IdOf(lesson))).ToList();
            if (rest.Count == seen.Lessons.Count || _file.TryReplace(seen, rest, _time.GetUtcNow()))
                break;
            if (round == MostRounds)
                throw new IOException($"{_file.Path} keeps changing");
        }
        return Task.FromResult(lessons.Count);
    }
}

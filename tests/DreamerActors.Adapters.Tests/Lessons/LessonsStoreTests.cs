using System.Text;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Lessons;
using DreamerActors.Domain.Lessons;
using DreamerActors.Domain.Sessions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace DreamerActors.Adapters.Tests.Lessons;

public sealed class LessonsStoreTests : IDisposable
{
    private const string Theirs = """
        {"lessons": [{"lesson_id": "theirs", "timestamp": "2026-01-01T00:00:00", "situation": "s", "action": "a", "result": "r", "feedback": "f", "tags": null, "extra": 1}],
         "count": 1, "last_updated": "2026-01-01T00:00:00", "top": {"kept": true}}
        """;

    private readonly TemporaryFolder _memory = new();
    private readonly TemporaryFolder _data = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly LessonsOutbox _outbox;
    private readonly LessonsStore _store;

    public LessonsStoreTests()
    {
        var file = new HostLessonsFile(Path.Combine(_memory.Path, "lessons.json"), _time);
        _outbox = new LessonsOutbox(_data.Path, file, TimeSpan.Zero);
        _store = new LessonsStore(_outbox, file, _time, writesFile: true);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _memory.Dispose();
        _data.Dispose();
    }

    private LessonsProjection Projection(bool writesFile = true) => new(_outbox, new ReadModel(_data.Path), writesFile);

    private JsonObject File() => JsonNode.Parse(System.IO.File.ReadAllText(Path.Combine(_memory.Path, "lessons.json")))!.AsObject();

    private string Add(string situation, params string[] tags)
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        return _store.Add(new Lesson(situation, "action", "✅ result", "feedback", tags));
    }

    private async Task<string[]> Situations() => [.. (await _store.AllAsync(100, default)).Select(lesson => lesson.Situation)];

    [Fact]
    public async Task A_dreams_lesson_holds_the_full_code_once_and_everything_of_the_host_stays()
    {
        _memory.File("lessons.json", Theirs);
        var code = "def f():\n    '''```'''\n" + string.Concat(Enumerable.Repeat("    x = 1\n", 200));
        await Projection().ApplyAsync(Some.Entries(Some.Dream(code: code)), default);
        await Projection().ApplyAsync(Some.Entries(Some.Dream(code: code)), default);

        var file = File();
        Assert.True(file["top"]!["kept"]!.GetValue<bool>());
        Assert.Equal((2, 1), (file["count"]!.GetValue<int>(), file["lessons"]![0]!["extra"]!.GetValue<int>()));
        var lesson = file["lessons"]![1]!;
        Assert.Contains(code.TrimEnd('\n') + "\n````", lesson["action"]!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("[SYNTHETIC DREAM] Count", lesson["situation"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("✅", lesson["result"]!.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$", lesson["timestamp"]!.ToString());
        Assert.Equal("3ad33cf3", lesson["metadata"]!["dream_id"]!.ToString());
        Assert.Equal(["lesson_id", "timestamp", "situation", "action", "result", "feedback", "tags", "metadata"], lesson.AsObject().Select(each => each.Key));
    }

    [Fact]
    public async Task A_declined_dreams_lesson_goes_returns_when_undone_and_goes_with_a_quarantine()
    {
        var id = Some.Dream().Dream;
        await Projection().ApplyAsync(Some.Entries(Some.Dream(), new DreamDeclined(Some.Session, Some.Night, id, "ewa", null)), default);
        Assert.Empty(await Situations());
        await Projection().ApplyAsync(Some.Entries(new ApprovalUndone(Some.Session, Some.Night, id, "ewa", null)), default);
        Assert.Single(await Situations());
        await Projection().ApplyAsync(Some.Entries(new SessionQuarantined(Some.Session, Some.Night, "why", [id])), default);
        Assert.Empty(File()["lessons"]!.AsArray());
    }

    [Fact]
    public async Task Where_a_module_delivers_the_file_is_not_touched_and_each_lesson_waits_until_it_is_confirmed()
    {
        await Projection(writesFile: false).ApplyAsync(Some.Entries(Some.Dream()), default);
        Assert.False(System.IO.File.Exists(Path.Combine(_memory.Path, "lessons.json")));
        var waiting = Assert.Single(_outbox.Undelivered(10));
        _outbox.Confirm([waiting.Id]);
        Assert.Empty(_outbox.Undelivered(10));
        await Projection(writesFile: false).ApplyAsync(Some.Entries(new DreamDeclined(Some.Session, Some.Night, Some.Dream().Dream, "ewa", null)), default);
        Assert.Equal(OwnLessonState.Withdrawn, Assert.Single(_outbox.Undelivered(10)).State);
    }

    [Fact]
    public async Task Lessons_are_added_found_limited_and_deleted()
    {
        Assert.Empty(await Situations());
        var (first, _, third) = (Add("first", "a"), Add("second", "b"), Add("third", "a", "c"));
        Assert.Equal(["third", "second", "first"], await Situations());
        Assert.Equal(2, (await _store.AllAsync(2, default)).Count);
        Assert.Equal("first", (await _store.GetAsync(first, default))!.Situation);
        Assert.Null(await _store.GetAsync("unknown", default));
        Assert.Equal(["third", "first"], (await _store.FindAsync(["a", "x"], 10, default)).Select(lesson => lesson.Situation));
        Assert.Equal("Sytuacja: third\nAkcja: action\nRezultat: ✅ result\nLekcja: feedback\nTagi: a, c", (await _store.GetAsync(third, default))!.Lesson.ToText());
        Assert.True(await _store.DeleteAsync(first, default));
        Assert.False(await _store.DeleteAsync(first, default));
        _store.Sync();
        Assert.Equal(2, File()["lessons"]!.AsArray().Count);
    }

    [Fact]
    public void Looking_again_reads_only_what_was_written_since()
    {
        _time.SetUtcNow(TimeProvider.System.GetUtcNow().AddMinutes(1));
        var path = Path.Combine(_memory.Path, "lessons.json");
        var id = Add("ours");
        Assert.Equal(0, _store.SyncChanges());

        // The host forgets ours, unseen: same length, same time.
        var (text, written) = (System.IO.File.ReadAllText(path), System.IO.File.GetLastWriteTimeUtc(path));
        System.IO.File.WriteAllText(path, Theirs.PadRight(Encoding.UTF8.GetByteCount(text)));
        System.IO.File.SetLastWriteTimeUtc(path, written);
        Assert.Equal(0, _store.SyncChanges());
        System.IO.File.SetLastWriteTimeUtc(path, written.AddSeconds(1));
        Assert.Equal(1, _store.SyncChanges());
        Assert.Equal(2, File()["lessons"]!.AsArray().Count);

        // Of another process.
        _store.SyncChanges();
        new LessonsOutbox(_data.Path, new HostLessonsFile(path, _time), TimeSpan.Zero).Withdraw(id);
        Assert.Equal(1, _store.SyncChanges());
    }

    [Fact]
    public async Task Search_finds_words_in_any_form_and_no_query_is_syntax()
    {
        Add("Merging sorted streams with a heap", "heapq");
        Add("Parse calendar dates", "datetime");
        Assert.Equal("Merging sorted streams with a heap", (await _store.SearchAsync("merge streams", [], 3, default))[0].Situation);
        Assert.Empty(await _store.SearchAsync("\" OR NEAR( *", [], 3, default));
        Assert.Empty(await _store.SearchAsync("merge", ["datetime"], 3, default));
    }

    [Fact]
    public async Task Old_ones_are_pruned_and_of_the_same_the_newest_stays()
    {
        _memory.File("lessons.json", Theirs);
        Add("Same  thing");
        Add("same THING");
        Assert.Equal(1, await _store.DedupeAsync(default));
        Assert.Equal(1, await _store.PruneAsync(10, default));
        Assert.Equal(["same THING"], await Situations());
        var statistics = await _store.StatisticsAsync(default);
        Assert.Equal((1, statistics.OldestLesson), (statistics.TotalLessons, statistics.NewestLesson));
    }

    [Fact]
    public async Task Lessons_are_deleted_by_tag_by_time_from_the_end_and_all()
    {
        Add("1", "a");
        Add("2", "b");
        var from = _time.GetUtcNow();
        Add("3", "b", "c");
        Add("4");
        Add("5");
        Assert.Equal([("b", 2), ("a", 1), ("c", 1)], (await _store.StatisticsAsync(default)).TagDistribution);
        Assert.Equal(1, await _store.DeleteByTagAsync("a", default));
        Assert.Equal(1, await _store.DeleteLastAsync(1, default));
        Assert.Equal(3, await _store.DeleteByTimeAsync(_time.GetUtcNow(), from, default));
        Assert.Equal(0, await _store.ClearAsync(default));
        Add("6");
        Assert.Equal(1, await _store.ClearAsync(default));
        Assert.Empty(await Situations());
    }
}

using System.Text.Json.Nodes;
using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Lessons;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Adapters.Tests.Lessons;

public sealed class LessonsFileTests : IDisposable
{
    private const string Theirs = """
        {"lessons": [{"lesson_id": "theirs", "timestamp": "2026-01-01T00:00:00", "situation": "s", "action": "a", "result": "r", "feedback": "f", "tags": null, "extra": 1}],
         "count": 1, "last_updated": "2026-01-01T00:00:00", "top": {"kept": true}}
        """;

    private readonly TemporaryFolder _memory = new();
    private readonly TemporaryFolder _data = new();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _memory.Dispose();
        _data.Dispose();
    }

    private LessonsFile Lessons() => new(_memory.Path, new ReadModel(_data.Path));

    private JsonObject Read() => JsonNode.Parse(File.ReadAllText(Path.Combine(_memory.Path, "lessons.json")))!.AsObject();

    [Fact]
    public async Task A_lesson_holds_the_full_code_and_everything_of_the_host_stays()
    {
        _memory.File("lessons.json", Theirs);
        var code = "def f():\n    '''```'''\n" + string.Concat(Enumerable.Repeat("    x = 1\n", 200));
        await Lessons().ApplyAsync(Some.Entries(Some.Dream(code: code)), default);

        var file = Read();
        Assert.True(file["top"]!["kept"]!.GetValue<bool>());
        Assert.Equal(2, file["count"]!.GetValue<int>());
        Assert.Equal(1, file["lessons"]![0]!["extra"]!.GetValue<int>());
        var lesson = file["lessons"]![1]!;
        Assert.Contains(code.TrimEnd('\n') + "\n````", lesson["action"]!.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("[SYNTHETIC DREAM] Count", lesson["situation"]!.ToString(), StringComparison.Ordinal);
        Assert.Contains("✅", lesson["result"]!.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$", lesson["timestamp"]!.ToString());
        Assert.Equal("3ad33cf3", lesson["metadata"]!["dream_id"]!.ToString());
    }

    [Fact]
    public async Task Applying_twice_adds_one_lesson()
    {
        await Lessons().ApplyAsync(Some.Entries(Some.Dream()), default);
        await Lessons().ApplyAsync(Some.Entries(Some.Dream()), default);
        Assert.Single(Read()["lessons"]!.AsArray());
    }

    [Fact]
    public async Task What_a_host_overwrote_is_added_again_with_the_next_entries()
    {
        await Lessons().ApplyAsync(Some.Entries(Some.Dream()), default);
        _memory.File("lessons.json", Theirs);
        await Lessons().ApplyAsync(Some.Entries(Some.Rejected()), default);
        Assert.Equal(["theirs", "[SYNTHETIC DREAM] Count — żółć 🌙\nWrite f."], Read()["lessons"]!.AsArray().Select((lesson, i) => lesson![i == 0 ? "lesson_id" : "situation"]!.ToString()));
    }

    [Theory]
    [InlineData("{\"lessons\": [")]
    [InlineData("[]")]
    [InlineData("{\"lessons\": [{\"lesson_id\": \"1\"}]}")]
    public async Task A_file_that_cannot_be_read_whole_is_left_alone_and_the_lesson_waits(string broken)
    {
        var path = _memory.File("lessons.json", broken);
        var lessons = Lessons();
        var error = await Assert.ThrowsAsync<IOException>(() => lessons.ApplyAsync(Some.Entries(Some.Dream()), default));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal(broken, await File.ReadAllTextAsync(path));
        Assert.Equal(0, await lessons.LastOffsetAsync(default));

        _memory.File("lessons.json", Theirs);
        await lessons.ApplyAsync(Some.Entries(Some.Dream()), default);
        Assert.Equal(2, Read()["lessons"]!.AsArray().Count);
    }

    [Fact]
    public async Task Lessons_are_found_by_tag_and_by_text_newest_first()
    {
        await Lessons().ApplyAsync(Some.Entries(Some.Dream(), Some.Dream("00000002", "Second", minutes: 1)), default);
        var reader = new LessonsReader(_memory.Path);
        Assert.Equal(["Second", "Count — żółć 🌙"], (await reader.ReadAsync(["dream"], null, 10, default)).Select(lesson => lesson.Situation.Split('\n')[0]["[SYNTHETIC DREAM] ".Length..]));
        Assert.Single(await reader.ReadAsync([], "SECOND", 10, default));
        Assert.Empty(await reader.ReadAsync(["unknown"], null, 10, default));
    }
}

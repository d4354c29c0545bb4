using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using DreamerActors.Adapters.Datasets;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Adapters.Tests.Guarding;
using DreamerActors.Domain.Sessions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace DreamerActors.Adapters.Tests.Datasets;

public sealed class DatasetCuratorTests : IAsyncLifetime
{
    private readonly TemporaryFolder _memory = new();
    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _out = new();
    private readonly Sandbox _sandbox = GuardianFixture.Make(new BubblewrapJailer(new BubblewrapOptions()), 1);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        SqliteConnection.ClearAllPools();
        await _sandbox.DisposeAsync();
        _memory.Dispose();
        _data.Dispose();
        _out.Dispose();
    }

    private async Task<DatasetCurator> CuratorAsync(string[]? benchmarks = null, params ISessionEvent[] events)
    {
        var archive = new DreamArchive(new ReadModel(_data.Path));
        if (events.Length > 0)
            await archive.ApplyAsync(Some.Entries(events), default);
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        return new DatasetCurator(
            archive, _memory.Path, new Benchmarks(benchmarks ?? []), [.. (benchmarks ?? []).Select(file => Path.GetFileName(file))], new KilledMutants(_sandbox, GuardianFixture.Over(_sandbox), 2), time);
    }

    private static List<JsonElement> Lines(string file) => [.. File.ReadLines(file).Select(line => JsonDocument.Parse(line).RootElement)];

    [Fact]
    public async Task Every_line_is_one_object_the_folder_is_made_and_the_cards_hashes_are_the_files()
    {
        var dream = Some.Dream() with { Scenario = Some.Dream().Scenario with { TaskPrompt = "Zażółć\u2028gęślą jaźń 🌙\nline" } };
        var folder = Path.Combine(_out.Path, "a", "b");
        var dataset = await (await CuratorAsync(null, dream, Some.Dream("00000002", code: "import json\n\n\nclass Other:\n    x = [1, 2]\n", minutes: 1) with { Scenario = Some.Scenario("Other") })).WriteAsync(new DatasetRequest("alpaca", folder), default);
        Assert.Equal(["dataset_alpaca_20260102_030405.jsonl", "card_alpaca_20260102_030405.json", "card_alpaca_20260102_030405.md"], dataset.Files.Select(file => Path.GetFileName(file)));
        Assert.Equal("[SYNTHETIC DREAM] Count — żółć 🌙\nZażółć\u2028gęślą jaźń 🌙\nline", Lines(dataset.Files[0])[0].GetProperty("input").GetString());
        Assert.Equal(2, Lines(dataset.Files[0]).Count);
        Assert.Contains("żółć", await File.ReadAllTextAsync(dataset.Files[0]), StringComparison.Ordinal);
        var card = JsonDocument.Parse(await File.ReadAllTextAsync(dataset.Files[1])).RootElement;
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(dataset.Files[0]))), card.GetProperty("files")[0].GetProperty("sha256").GetString());
        Assert.Equal(2, card.GetProperty("licences").GetProperty("MIT").GetInt32());
    }

    [Fact]
    public async Task An_empty_dataset_is_an_error_that_says_what_was_left_out_and_a_second_one_begins_anew()
    {
        var curator = await CuratorAsync(null, Some.Dream(), new DreamDeclined(Some.Session, Some.Night, Some.Dream().Dream, "ewa", null));
        var error = await Assert.ThrowsAsync<EmptyDatasetException>(() => curator.WriteAsync(new DatasetRequest("alpaca", _out.Path), default));
        Assert.StartsWith("Brak przykładów", error.Message, StringComparison.Ordinal);
        Assert.Contains("1 declined", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_out.Path));
        Assert.Contains("Nieznany format", (await Assert.ThrowsAsync<ArgumentException>(() => curator.WriteAsync(new DatasetRequest("csv", _out.Path), default))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chatml", "dreams_chatml_20260102_030405.jsonl")]
    [InlineData("sharegpt", "dreams_sharegpt_20260102_030405.jsonl")]
    public async Task Only_alpaca_has_the_name_that_the_host_trains_on(string format, string name)
    {
        var curator = await CuratorAsync(null, Some.Dream());
        Assert.Equal(name, Path.GetFileName((await curator.WriteAsync(new DatasetRequest(format, _out.Path), default)).Files[0]));
        await Assert.ThrowsAsync<ArgumentException>(() => curator.WriteAsync(new DatasetRequest(format, Path.Combine(_out.Path, "dataset_x.jsonl")), default));
        Assert.True(File.Exists((await curator.WriteAsync(new DatasetRequest(format, Path.Combine(_out.Path, "mine.jsonl")), default)).Files[0]));
    }

    [Fact]
    public async Task What_shares_words_with_a_benchmark_is_left_out_and_the_card_names_the_benchmark()
    {
        var benchmark = _data.File("bench.txt", "one two three four five six seven eight nine");
        var dream = Some.Dream() with { Scenario = Some.Scenario() with { TaskPrompt = "Count: one two three four five six seven eight." } };
        dream = dream with { Scenario = dream.Scenario with { TaskPrompt = "one two three four five six seven eight" } };
        var other = Some.Dream("00000002", code: "import json\n\n\nclass Other:\n    x = [1, 2]\n") with { Scenario = Some.Scenario("Other") };
        var dataset = await (await CuratorAsync([benchmark], dream, other)).WriteAsync(new DatasetRequest("jsonl", _out.Path), default);
        Assert.Equal("00000002", Assert.Single(Lines(dataset.Files[0])).GetProperty("id").GetString());
        Assert.Equal(("contaminated", "bench.txt"), (dataset.Card.Curated.Dropped.Single().Reason, dataset.Card.Benchmarks.Single()));
    }

    [Fact]
    public async Task The_hosts_finished_tasks_and_own_lessons_are_examples()
    {
        _memory.File("state_dump.json", """
            {"tasks": [{"id": "t1", "content": "Napisz funkcję żółć", "created_at": "2026-01-01T00:00:00+00:00", "status": "COMPLETED", "result": "a result that is long enough"},
                       {"id": "t2", "content": "Napisz funkcję inną", "status": "FAILED", "result": "a result that is long enough"},
                       {"id": "t3", "content": "Napisz funkcję krótką", "status": "COMPLETED", "result": "short"}]}
            """);
        _memory.File("lessons.json", """
            {"lessons": [{"lesson_id": "l1", "timestamp": "2026-01-01T00:00:00", "situation": "a long situation", "action": "an action", "result": "✅ Sukces", "feedback": "f", "tags": null},
                         {"lesson_id": "l2", "timestamp": "2026-01-01T00:00:00", "situation": "another situation", "action": "an action", "result": "brak sukcesu", "feedback": "f"},
                         {"lesson_id": "l3", "timestamp": "2026-01-01T00:00:00", "situation": "a dream's situation", "action": "an action", "result": "✅", "feedback": "f", "metadata": {"dream_id": "3ad33cf3"}}]}
            """);
        var dataset = await (await CuratorAsync()).WriteAsync(new DatasetRequest("alpaca", _out.Path) { Sources = ["lessons", "tasks"] }, default);
        Assert.Equal(["l1", "t1"], Lines(dataset.Files[0]).Select(line => line.GetProperty("metadata").GetProperty("id").GetString()));
        Assert.Equal("Jesteś asystentem AI Venom. Wykonaj zadanie użytkownika.", Lines(dataset.Files[0])[1].GetProperty("instruction").GetString());
        Assert.False(Lines(dataset.Files[0])[0].GetProperty("metadata").GetProperty("synthetic").GetBoolean());
    }

    [Fact]
    public async Task A_commits_change_asks_for_its_message_and_merges_and_large_ones_are_passed_over()
    {
        var repository = _data.Path;
        void Git(params string[] arguments)
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", repository, "-c", "user.name=e", "-c", "user.email=e@e", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            git.WaitForExit();
            Assert.Equal(0, git.ExitCode);
        }

        Git("init", "-b", "main");
        _data.File("a.txt", "zażółć\n");
        Git("add", "a.txt");
        Git("commit", "-m", "Dodaj gęślą jaźń 🌙");
        _data.File("b.txt", new string('x', 11_000));
        Git("add", "b.txt");
        Git("commit", "-m", "Add something large");
        var dataset = await (await CuratorAsync()).WriteAsync(new DatasetRequest("alpaca", _out.Path) { Sources = ["git"], Repository = repository, RepositoryLicence = "MIT" }, default);
        var line = Assert.Single(Lines(dataset.Files[0]));
        Assert.Equal("Dodaj gęślą jaźń 🌙", line.GetProperty("output").GetString());
        Assert.Contains("+zażółć", line.GetProperty("input").GetString(), StringComparison.Ordinal);
        var none = await Assert.ThrowsAsync<IOException>(async () => await (await CuratorAsync()).WriteAsync(new DatasetRequest("alpaca", _out.Path) { Sources = ["git"], Repository = _out.Path }, default));
        Assert.Contains(_out.Path, none.Message, StringComparison.Ordinal);
    }
}

using System.Text.Json;
using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Adapters.Tests.Journal;

public sealed class ProjectionTests : IDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _output = new();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _data.Dispose();
        _output.Dispose();
    }

    [Fact]
    public async Task Sessions_dreams_and_figures_are_told_newest_first()
    {
        var model = new ReadModel(_data.Path);
        var reader = new JournalReader(model);
        await model.ApplyAsync(Some.Entries(Some.Started(), Some.Dream(), Some.Rejected()), default);

        Assert.Equal(Some.Session, await reader.UnfinishedSessionAsync(default));
        var session = Assert.Single(await reader.SessionsAsync(10, default));
        Assert.Equal((2, 1, 0, "running"), (session.Attempted, session.Successful, session.Lost, session.Status));
        Assert.Equal(["3ad33cf3", "00000001"], (await reader.DreamsAsync(new DreamQuery(Some.Session), default)).OrderByDescending(dream => dream.Outcome == "kept").Select(dream => dream.Dream.Value));
        Assert.Equal(1, (await reader.DreamtEntitiesAsync(default))["m.f"].Times);
        Assert.Equal(0.5, (await reader.StatisticsAsync(default)).SuccessRate);
        Assert.Equal(DreamDocument.Json(Some.Dream()), await reader.DreamAsync(new DreamId("3ad33cf3"), default));
    }

    [Fact]
    public async Task An_interruption_is_told_with_its_reason_its_latency_and_the_time_dreamt()
    {
        var model = new ReadModel(_data.Path);
        var reader = new JournalReader(model);
        var began = Some.Started().At;
        await model.ApplyAsync(
            Some.Entries(Some.Started(), new SessionInterrupted(Some.Session, began.AddSeconds(60), InterruptReason.WindowEnd, TimeSpan.FromMilliseconds(400), "the night is over")), default);
        var woken = await reader.SessionAsync(Some.Session, default);
        Assert.Equal("the night is over", woken!.InterruptDetail);
        Assert.Equal((InterruptReason.WindowEnd, TimeSpan.FromMilliseconds(400), TimeSpan.FromSeconds(60)), (woken!.Interrupted, woken.StopLatency, woken.Dreamt));

        await model.ApplyAsync(Some.Entries(new SessionResumed(Some.Session, began.AddHours(1)), new SessionInterrupted(Some.Session, began.AddHours(1).AddSeconds(5), InterruptReason.Load, TimeSpan.Zero)), default);
        Assert.Equal((InterruptReason.Load, TimeSpan.FromSeconds(65)), ((await reader.SessionAsync(Some.Session, default))!.Interrupted, (await reader.SessionAsync(Some.Session, default))!.Dreamt));
        Assert.Null(await reader.SessionAsync(new SessionId("another"), default));
    }

    [Fact]
    public async Task What_was_planned_tells_how_dreams_of_a_library_went_and_why_they_were_so_hard()
    {
        var model = new ReadModel(_data.Path);
        var reader = new JournalReader(model);
        var repeated = Some.Rejected() with { Dream = new DreamId("00000003"), ScenarioId = new ScenarioId("s003"), Verdict = Some.Rejected().Verdict with { Kind = VerdictKind.Duplicate } };
        await model.ApplyAsync(
            Some.Entries(Some.Started(Some.Planned("s001", "json", "json: why"), Some.Planned("s002", "ast"), Some.Planned("s003", "re")), Some.Dream(minutes: 1), Some.Rejected(), repeated), default);

        // What repeats something says nothing of its difficulty, and another brain nothing of this one.
        Assert.Equal([("json", Difficulty.Medium, true), ("ast", Difficulty.Medium, false)],
            (await reader.OutcomesAsync("recall", 10, default)).Select(outcome => (outcome.Libraries.Single(), outcome.Difficulty, outcome.Kept)));
        Assert.Empty(await reader.OutcomesAsync("openai", 10, default));
        Assert.Equal("json: why", (await reader.DreamsAsync(new DreamQuery(Outcome: "kept"), default)).Single().DifficultyReason);
    }

    [Fact]
    public async Task Dreams_are_found_by_outcome_and_library()
    {
        var model = new ReadModel(_data.Path);
        var reader = new JournalReader(model);
        await model.ApplyAsync(Some.Entries(Some.Started(), Some.Dream(), Some.Rejected()), default);
        var library = Some.Dream().Scenario.Libraries[0];
        Assert.Equal("3ad33cf3", Assert.Single(await reader.DreamsAsync(new DreamQuery(Outcome: "kept", Library: library), default)).Dream.Value);
        Assert.Equal("00000001", Assert.Single(await reader.DreamsAsync(new DreamQuery(Outcome: "rejected"), default)).Dream.Value);
        Assert.Empty(await reader.DreamsAsync(new DreamQuery(Library: library + "x"), default));
        Assert.Single(await reader.DreamsAsync(new DreamQuery(Limit: 1), default));
    }

    [Fact]
    public async Task Applying_twice_changes_nothing_and_a_new_process_goes_on_from_the_last_offset()
    {
        var entries = Some.Entries(Some.Started(), Some.Dream(), new SessionCompleted(Some.Session, Some.Night, new SessionReport(1, 1, 0, TimeSpan.Zero)));
        var model = new ReadModel(_data.Path);
        await model.ApplyAsync(entries, default);
        await model.ApplyAsync(entries[1..], default);

        var again = new ReadModel(_data.Path);
        Assert.Equal(3, await again.LastOffsetAsync(default));
        Assert.Equal(1, (await new JournalReader(again).StatisticsAsync(default)).TotalDreams);
        Assert.Null(await new JournalReader(again).UnfinishedSessionAsync(default));
    }

    [Fact]
    public async Task Tables_of_another_version_are_dropped_so_that_they_are_filled_again()
    {
        await new ReadModel(_data.Path).ApplyAsync(Some.Entries(Some.Started()), default);
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(_data.Path, "readmodel.db")}"))
        {
            await connection.OpenAsync();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 99";
            await command.ExecuteNonQueryAsync();
        }
        Assert.Equal(0, await new ReadModel(_data.Path).LastOffsetAsync(default));
    }

    [Fact]
    public async Task A_kept_dream_becomes_the_host_s_two_files_byte_for_byte_the_same_each_time()
    {
        var files = new DreamFiles(_output.Path, new ReadModel(_data.Path));
        _output.File("dream_mine.py", "mine");
        await files.ApplyAsync(Some.Entries(Some.Dream()), default);
        var code = await File.ReadAllTextAsync(Path.Combine(_output.Path, "dream_3ad33cf3.py"));
        var json = await File.ReadAllTextAsync(Path.Combine(_output.Path, "dream_3ad33cf3.json"));
        Assert.Equal("# Dream: Count — żółć 🌙\n# Description: def f()  Counts.\n# Libraries: itertools\n# Difficulty: medium\n\ndef f():\n    return 1\n", code);
        Assert.All(json, letter => Assert.True(char.IsAscii(letter)));
        using var document = JsonDocument.Parse(json);
        Assert.Equal("2026-01-02T03:04:05.678Z", document.RootElement.GetProperty("timestamp").GetString());
        Assert.Equal("Count — żółć 🌙", document.RootElement.GetProperty("scenario").GetProperty("title").GetString());

        await files.ResetAsync(default);
        await files.ApplyAsync(Some.Entries(Some.Dream()), default);
        Assert.Equal(json, await File.ReadAllTextAsync(Path.Combine(_output.Path, "dream_3ad33cf3.json")));
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(_output.Path, "dream_mine.py")));
        Assert.Equal(3, Directory.GetFiles(_output.Path).Length);
    }

    [SkippableTheory]
    [InlineData("x\nimport os")]
    [InlineData("x\rimport os")]
    [InlineData("x\u0085import os\u2028import os\f")]
    [InlineData("-*- coding: utf-7 -*- +AAo-import os")]
    public async Task No_title_can_become_code(string title)
    {
        await new DreamFiles(_output.Path, new ReadModel(_data.Path)).ApplyAsync(Some.Entries(Some.Dream(title: title)), default);
        var told = await PlainPython.RunAsync(
            ["-c", "import ast, sys; print([type(node).__name__ for node in ast.parse(open(sys.argv[1], 'rb').read()).body])", Path.Combine(_output.Path, "dream_3ad33cf3.py")]);
        Assert.Equal("['FunctionDef']\n", told);
    }
}

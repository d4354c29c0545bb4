using System.Globalization;
using System.Text.Json;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>The main job on real processes, a real sandbox and a real journal.</summary>
[Collection(Processes.Name)]
public sealed class DreamingTests : IDisposable
{
    private static readonly int KillRounds = int.Parse(Environment.GetEnvironmentVariable("DREAMER_KILL_ROUNDS") ?? "5", CultureInfo.InvariantCulture);

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    private Dictionary<string, byte[]> Files() =>
        Directory.EnumerateFiles(_workspace.Output).ToDictionary(file => Path.GetFileName(file), File.ReadAllBytes);

    private async Task<JsonElement[]> Dreams(string session)
    {
        var shown = await _workspace.RunAsync("journal", "show", session, "--json");
        Assert.True(shown.Exit == 0, shown.ToString());
        return [.. shown.Json.EnumerateArray()];
    }

    private static int Int(JsonElement element, string name) => element.GetProperty(name).GetInt32();

    [Fact]
    public async Task An_empty_graph_ends_with_no_knowledge_exit_code_3_and_a_hint()
    {
        var ran = await _workspace.RunAsync("dream", "--json");
        Assert.True(ran.Exit == 3, ran.ToString());
        Assert.Equal("no_knowledge", ran.Json.GetProperty("status").GetString());
        Assert.Contains("--knowledge stdlib", ran.Err, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Real_knowledge_becomes_proven_dreams_and_the_next_session_dreams_about_something_else()
    {
        Needs.Sandbox();
        string[] command = ["dream", "--knowledge", Repository.SmallKnowledge, "--max-scenarios", "3", "--json"];
        var first = await _workspace.RunAsync(command);
        Assert.True(first.Exit == 0, first.ToString());
        var report = first.Json;
        Assert.Equal("completed", report.GetProperty("status").GetString());
        Assert.Equal(3, Int(report, "dreams_attempted"));
        Assert.Equal(3, report.GetProperty("scenarios").GetArrayLength());
        Assert.Equal(JsonValueKind.Number, report.GetProperty("duration_seconds").ValueKind);
        Assert.InRange(Int(report, "dreams_successful"), 1, 3);
        Assert.Equal(Int(report, "dreams_successful"), Directory.GetFiles(_workspace.Output, "dream_*.py").Length);

        var second = await _workspace.RunAsync(command);
        Assert.True(second.Exit == 0, second.ToString());
        var one = await Dreams(report.GetProperty("session_id").GetString()!);
        var two = await Dreams(second.Json.GetProperty("session_id").GetString()!);
        Assert.Empty(one.Select(d => d.GetProperty("entity_id").GetString()).Intersect(two.Select(d => d.GetProperty("entity_id").GetString())));

        var listed = await _workspace.RunAsync("journal", "list", "--json");
        Assert.Equal(2, listed.Json.GetArrayLength());
    }

    [SkippableFact]
    public async Task A_rebuilt_journal_restores_every_file_byte_for_byte_and_lessons_are_there()
    {
        Needs.Sandbox();
        var dreamt = await _workspace.RunAsync("dream", "--knowledge", Repository.SmallKnowledge, "--max-scenarios", "4", "--json");
        Assert.True(dreamt.Exit == 0, dreamt.ToString());
        var before = Files();
        Assert.NotEmpty(before);
        var kept = Int(dreamt.Json, "dreams_successful");
        Assert.Equal(kept, (await _workspace.RunAsync("lessons", "--tag", "dream", "--json")).Json.GetArrayLength());

        Directory.Delete(_workspace.Output, recursive: true);
        var rebuilt = await _workspace.RunAsync("journal", "rebuild");
        Assert.True(rebuilt.Exit == 0, rebuilt.ToString());
        var after = Files();
        Assert.Equal(before.Keys.Order(), after.Keys.Order());
        Assert.All(before, file => Assert.Equal(file.Value, after[file.Key]));
        Assert.Equal(kept, (await _workspace.RunAsync("lessons", "--tag", "dream", "--json")).Json.GetArrayLength());
    }

    [SkippableFact]
    public async Task What_the_hosts_retention_deletes_is_no_loss()
    {
        Needs.Sandbox();
        Assert.Equal(0, (await _workspace.RunAsync("dream", "--knowledge", Repository.SmallKnowledge, "--max-scenarios", "3", "--json")).Exit);
        Assert.Equal(0, (await _workspace.RunAsync("lessons", "add", "--situation", "the host's", "--action", "a", "--result", "r", "--feedback", "f")).Exit);
        var (files, lessons) = (Files(), (await _workspace.RunAsync("lessons", "--json")).Json.GetArrayLength());
        Assert.Equal(files.Count / 2 + 1, lessons);

        // Everything that is older than seven days under these, as the host does at every start.
        foreach (var pruned in new[] { "data/memory", "data/synthetic_training", "data/training", "data/timelines" }.Select(folder => Path.Combine(_workspace.Path, folder)).Where(Directory.Exists))
            Array.ForEach(Directory.GetFiles(pruned, "*", SearchOption.AllDirectories), File.Delete);

        Assert.Equal(0, (await _workspace.RunAsync("lessons", "sync")).Exit);
        Assert.Equal(lessons, (await _workspace.RunAsync("lessons", "--json")).Json.GetArrayLength());
        Assert.True(File.Exists(Path.Combine(_workspace.Path, "data/memory/lessons.json")));
        Assert.Equal(0, (await _workspace.RunAsync("export", "--format", "jsonl")).Exit);
        Assert.Equal(0, (await _workspace.RunAsync("journal", "rebuild")).Exit);
        Assert.All(files, file => Assert.Equal(file.Value, Files()[file.Key]));
    }

    [SkippableFact]
    public async Task A_wake_up_interrupts_a_session_and_the_rest_is_resumed()
    {
        Needs.Sandbox();
        using var running = _workspace.Start(["dream", "--knowledge", Repository.SmallKnowledge, "--max-scenarios", "9", "--json"], [("DREAMING_CONCURRENCY", "1")]);
        Assert.True(await running.SaysAsync(line => line.StartsWith("[1/", StringComparison.Ordinal)));
        await running.SignalAsync("TERM");
        var woken = await running.EndAsync(TimeSpan.FromMinutes(1));
        Assert.True(woken.Exit == 4, woken.ToString());
        Assert.Equal("interrupted", woken.Json.GetProperty("status").GetString());
        await Resumed(9);
    }

    [SkippableFact]
    public async Task A_killed_session_is_finished_by_a_restart_with_no_dream_lost_or_doubled()
    {
        Needs.Sandbox();
        for (var round = 0; round < KillRounds; round++)
        {
            using var workspace = new Workspace();
            var random = new Random(round);
            using (var running = workspace.Start(["dream", "--knowledge", Repository.SmallKnowledge, "--max-scenarios", "9", "--json"], [("DREAMING_CONCURRENCY", "2")]))
            {
                var at = $"[{random.Next(1, 6)}/";
                Assert.True(await running.SaysAsync(line => line.StartsWith(at, StringComparison.Ordinal)), $"round {round}: the session ended before {at}");
                await Task.Delay(random.Next(0, 100)); // the moment is random: between two dreams or in the middle of one
                running.Process.Kill();
                await running.EndAsync(TimeSpan.FromMinutes(1));
            }

            await Resumed(9, workspace);
        }
    }

    private async Task Resumed(int planned, Workspace? where = null)
    {
        var workspace = where ?? _workspace;
        var resumed = await workspace.RunAsync("dream", "--resume", "--json");
        Assert.True(resumed.Exit == 0, resumed.ToString());
        var session = Assert.Single((await workspace.RunAsync("journal", "list", "--json")).Json.EnumerateArray());
        Assert.Equal("completed", session.GetProperty("status").GetString());
        Assert.Equal(planned, Int(session, "dreams_attempted"));
        var shown = (await workspace.RunAsync("journal", "show", session.GetProperty("session_id").GetString()!, "--json")).Json.EnumerateArray().ToList();
        Assert.Equal(planned, shown.Select(dream => dream.GetProperty("dream_id").GetString()).Distinct().Count());
        Assert.Equal(planned, shown.Select(dream => dream.GetProperty("entity_id").GetString()).Distinct().Count());
        Assert.Equal(Int(session, "dreams_successful"), Directory.GetFiles(workspace.Output, "dream_*.py").Length);
        Assert.Equal(Int(session, "dreams_successful"), (await workspace.RunAsync("lessons", "--tag", "dream", "--json")).Json.GetArrayLength());
    }

    [SkippableFact]
    public async Task A_second_engine_on_the_same_data_is_refused_while_the_first_runs_and_only_then()
    {
        Needs.Sandbox();
        using var first = _workspace.Start(["dream", "--knowledge", Repository.SmallKnowledge, "--max-scenarios", "6", "--json"], [("DREAMING_CONCURRENCY", "1")]);
        Assert.True(await first.SaysAsync(line => line.StartsWith("[1/", StringComparison.Ordinal)));
        await first.SuspendAsync(); // it must not end before the others have tried
        var second = await _workspace.RunAsync("dream", "--json");
        Assert.True(second.Exit == 5, second.ToString());
        Assert.Equal("busy", second.Json.GetProperty("status").GetString());
        var error = Assert.Single(second.ErrorLines);
        Assert.Contains($"process {first.Process.Id}", error, StringComparison.Ordinal);
        Assert.Contains("busy", Assert.Single((await _workspace.RunAsync("journal", "rebuild")).ErrorLines), StringComparison.Ordinal);
        first.Process.Kill();
        await first.EndAsync(TimeSpan.FromMinutes(1));
        await Resumed(6);
    }

    [SkippableFact]
    public async Task Another_program_can_embed_the_dreamer()
    {
        Needs.Sandbox();
        var ran = await _workspace.RunAsync([Repository.SmallKnowledge, "2"], [], program: Repository.Binary("tests/DreamerActors.EmbeddedHost", "DreamerActors.EmbeddedHost.dll"));
        Assert.True(ran.Exit == 0, ran.ToString());
        Assert.Contains("Completed: 2 attempted", ran.Out, StringComparison.Ordinal);
    }
}

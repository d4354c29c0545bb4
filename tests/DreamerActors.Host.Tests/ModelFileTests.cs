using System.Diagnostics;
using System.Text.Json;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>Sessions with a model file: real llama.cpp weaves, codes and judges in a process that may die.</summary>
[Collection(Processes.Name)]
[Trait("Needs", "llama")]
public sealed class ModelFileTests : IDisposable
{
    private const string Code = "def longest_run(items):\n    best = run = 0\n    for i, item in enumerate(items):\n        run = run + 1 if i and items[i - 1] == item else 1\n        best = max(best, run)\n    return best\n";
    private const string Tests = "from solution import longest_run\n\n\ndef test_runs():\n    assert longest_run([5, 5, 5, 1]) == 3\n    assert longest_run([1, 2, 2, 3, 3, 3, 3]) == 4\n    assert longest_run([1, 2, 3]) == 1\n\n\n"
        + "def test_edges():\n    assert longest_run([]) == 0\n    assert longest_run(['a']) == 1\n";

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    /// <summary>A model that always says the same, in which every role finds its answer; its long plan takes it a while.</summary>
    private async Task<string> ModelAsync()
    {
        var plan = string.Join(' ', Enumerable.Range(1, 1_500).Select(step => $"step{step}"));
        var woven = JsonSerializer.Serialize(new
        {
            plan, title = "Longest run", description = "Find the longest run of equal neighbours.",
            task_prompt = "Write longest_run(items): the length of the longest run of equal neighbours; an empty list gives 0.",
            test_cases = new[] { "longest_run([1, 1, 2]) returns 2" }, test_code = Tests, difficulty = "simple", libraries = new[] { "itertools" },
        });
        var reply = _workspace.Write("reply.txt", $"{woven}\n```python\n{Code}```\nREASON: it solves the task\nPASS: yes");
        var model = Path.Combine(_workspace.Path, "scripted.gguf");
        using var made = Process.Start("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "data/make_tiny_gguf.py"), "--out", model, "--mode", "script", "--reply-file", reply, "--ctx", "16384"]);
        await made.WaitForExitAsync();
        return model;
    }

    private static async Task<JsonElement> WorkerAsync(RunningHost host) => (await host.GetAsync("/api/v1/dreams/status"))["dreams"].GetProperty("worker");

    [SkippableFact]
    public async Task A_worker_killed_in_the_middle_of_an_answer_costs_no_dream_and_status_tells_of_its_restart()
    {
        Needs.Sandbox();
        var worker = Needs.LlamaWorker();
        var model = await ModelAsync();
        _workspace.Write("notes.md", "# Runs\n\nNeighbours that are equal make a run.\n");
        Assert.Equal(0, (await _workspace.RunAsync("ingest", Path.Combine(_workspace.Path, "notes.md"))).Exit);
        using var host = await RunningHost.StartAsync(_workspace,
            ("DREAMING_BRAIN", "llamasharp"), ("DREAMING_MODEL_PATH", model), ("DREAMER_LLAMA_WORKER", worker), ("DREAMING_MODEL_CONTEXT", "16384"), ("DREAMING_LLM_MAX_TOKENS", "8192"));
        Assert.Equal("stopped", (await WorkerAsync(host)).GetProperty("state").GetString());

        var begun = await host.PostAsync("/api/v1/dreams/sessions", new { max_scenarios = 1, difficulty = "simple" });
        var process = await ComputingAsync(host);
        process.Kill(); // SIGKILL
        var session = await host.SessionAsync(begun["session_id"].GetString()!, each => each.GetProperty("status").GetString() == "completed");

        Assert.Equal((1, 1, 0), (session.GetProperty("dreams_attempted").GetInt32(), session.GetProperty("dreams_successful").GetInt32(), session.GetProperty("dreams_lost").GetInt32()));
        Assert.False(host.Running.Process.HasExited);
        var after = await WorkerAsync(host);
        Assert.Equal((1, 1.0, "it ended with code 137"), (after.GetProperty("restarts").GetInt32(), after.GetProperty("pause_seconds").GetDouble(), after.GetProperty("last_end").GetString()));
        var status = await _workspace.RunAsync("status");
        Assert.Contains("started again 1 times, last after 1 s: it ended with code 137", string.Join(' ', status.Out.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    /// <summary>The worker, once it has used a processor for a while.</summary>
    private static async Task<Process> ComputingAsync(RunningHost host)
    {
        JsonElement worker;
        while ((worker = await WorkerAsync(host)).GetProperty("state").GetString() != "running")
            await Task.Delay(20);
        var process = Process.GetProcessById(worker.GetProperty("process_id").GetInt32());
        for (var before = process.TotalProcessorTime; process.TotalProcessorTime - before < TimeSpan.FromSeconds(0.5); process.Refresh())
            await Task.Delay(10);
        return process;
    }
}

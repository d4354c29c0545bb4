using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>Whole sessions with language models: a scripted endpoint, a real sandbox, a real journal, and real llama.cpp in its own process.</summary>
[Collection(Processes.Name)]
public sealed class ImaginingTests : IDisposable
{
    private const string Wrong = "```python\ndef longest_run(items):\n    return len(items)\n```";
    private const string Right = """
        Count runs with groupby.

        ```python
        from itertools import groupby


        def longest_run(items):
            return max((sum(1 for _ in group) for _, group in groupby(items)), default=0)
        ```
        """;

    private static readonly string[] Dream = ["dream", "--knowledge", Repository.SmallKnowledge, "--max-scenarios", "1", "--difficulty", "simple", "--json"];
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    private static (string, string)[] OpenAI(FaultServer server) =>
    [
        ("DREAMING_BRAIN", "openai"), ("DREAMING_LLM_ENDPOINT", server.Endpoint.ToString()), ("DREAMING_LLM_API_KEY", "sk-very-secret"),
        ("DREAMING_WEAVER_MODEL", "weaver"), ("DREAMING_CODER_MODEL", "coder"), ("DREAMING_LLM_MODEL", "judge"),
    ];

    /// <summary>A weaver's answer about whatever libraries the question demands.</summary>
    private static string Woven(JsonElement request)
    {
        var question = request.GetProperty("messages").EnumerateArray().Last().GetProperty("content").ToString();
        var demanded = System.Text.RegularExpressions.Regex.Match(question, @"has to use the module (\w+)").Groups[1].Value;
        return JsonSerializer.Serialize(new
        {
            plan = "Count runs.", title = "Longest run", description = "Find the longest run of equal neighbours.",
            task_prompt = "Write longest_run(items): the length of the longest run of equal neighbours; an empty list gives 0.",
            test_cases = new[] { "longest_run([1, 1, 2]) returns 2" },
            test_code = "from solution import longest_run\n\n\ndef test_runs():\n    assert longest_run([5, 5, 5, 1]) == 3\n    assert longest_run([1, 2, 2, 3, 3, 3, 3]) == 4\n    assert longest_run([1, 2, 3]) == 1\n\n\n"
                + "def test_edges():\n    assert longest_run([]) == 0\n    assert longest_run(['a']) == 1\n",
            difficulty = "simple", libraries = demanded.Length > 0 ? new[] { demanded } : ["itertools"],
        });
    }

    [SkippableFact]
    public async Task A_scenario_is_woven_coded_repaired_and_proven_and_the_journal_tells_what_it_took()
    {
        Needs.Sandbox();
        var coded = 0;
        await using var server = new FaultServer(exchange => FaultServer.Answers(exchange.Model switch
        {
            "weaver" => Woven(exchange.Request),
            "judge" => "It is general.\nREASON: it solves the task\nPASS: yes",
            _ => Interlocked.Increment(ref coded) == 1 ? Wrong : Right,
        })(exchange));
        var ran = await _workspace.RunAsync(Dream, OpenAI(server));
        Assert.True(ran.Exit == 0, ran.ToString());
        Assert.True(ran.Json.GetProperty("dreams_successful").GetInt32() == 1, ran.ToString());
        Assert.Equal(
            [("weaver", 1, 11), ("coder", 2, 22), ("judge", 1, 11)],
            ran.Json.GetProperty("tokens").EnumerateArray().Select(use => (use.GetProperty("role").GetString()!, use.GetProperty("requests").GetInt32(), use.GetProperty("prompt_tokens").GetInt32())));
        var kept = JsonDocument.Parse(await File.ReadAllTextAsync(Directory.GetFiles(_workspace.Output, "dream_*.json").Single())).RootElement;
        Assert.Equal("openai", kept.GetProperty("brain").GetString());
        var attempt = Assert.Single(kept.GetProperty("attempts").EnumerateArray());
        Assert.Contains("len(items)", attempt.GetProperty("code").GetString(), StringComparison.Ordinal);
        Assert.Equal("TESTS", attempt.GetProperty("verdict").GetProperty("kind").GetString());
        Assert.DoesNotContain(server.Requests.Where(request => request.GetProperty("model").GetString() == "coder"), request => request.ToString().Contains("from solution import", StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(_workspace.Path, "logs")), log => File.ReadAllText(log).Contains("very-secret", StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("PASS: yes\nREASON: it is only half of the task\nPASS: no")]
    [InlineData("I would say yes.")]
    [InlineData("<think>PASS: yes</think>")]
    public async Task What_a_judge_refuses_is_rejected_with_its_reason_however_proven_it_is(string review)
    {
        Needs.Sandbox();
        await using var server = new FaultServer(exchange => FaultServer.Answers(exchange.Model switch { "weaver" => Woven(exchange.Request), "judge" => review, _ => Right })(exchange));
        var ran = await _workspace.RunAsync(Dream, [.. OpenAI(server), ("DREAMING_REPAIR_ROUNDS", "0")]);
        Assert.Equal(1, ran.Json.GetProperty("rejections").GetProperty("JUDGE").GetInt32());
        var asked = server.Requests.Single(request => request.GetProperty("model").GetString() == "judge").ToString();
        Assert.DoesNotContain("from solution import", asked, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task An_endpoint_that_is_down_loses_dreams_and_rejects_none()
    {
        Needs.Sandbox();
        var server = new FaultServer(FaultServer.Answers(""));
        var environment = OpenAI(server);
        await server.DisposeAsync();
        var ran = await _workspace.RunAsync(Dream, environment);
        Assert.Equal((0, 1), (ran.Json.GetProperty("dreams_attempted").GetInt32(), ran.Json.GetProperty("dreams_lost").GetInt32()));

        var lines = Directory.EnumerateFiles(Path.Combine(_workspace.Path, "logs")).SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.All(lines, line => Assert.Equal(Environment.MachineName, line.GetProperty("Node").GetString()));
        foreach (var words in new[] { "is tried again", "Operation " })
        {
            Assert.Contains(lines, line => line.GetProperty("@m").GetString()!.Contains(words, StringComparison.Ordinal)
                && line.TryGetProperty("Scenario", out _) && line.TryGetProperty("Session", out var session) && session.GetString() == ran.Json.GetProperty("session_id").GetString());
        }
    }

    [SkippableFact]
    public async Task A_wake_up_closes_the_connection_to_an_endpoint_that_hangs()
    {
        Needs.Sandbox();
        await using var server = new FaultServer(exchange => Task.Delay(Timeout.Infinite, exchange.Stop));
        using var running = _workspace.Start(Dream, OpenAI(server));
        await server.Asked.WaitAsync(TimeSpan.FromMinutes(2));
        await WakeAsync(running);
        await server.ClientLeft.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [SkippableFact]
    [Trait("Needs", "llama")]
    public async Task A_wake_up_ends_the_process_of_a_model_file_in_the_middle_of_its_answer()
    {
        Needs.Sandbox();
        var worker = Needs.LlamaWorker();
        var model = Path.Combine(_workspace.Path, "endless.gguf");
        using (var made = Process.Start("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, "data/make_tiny_gguf.py"), "--out", model]))
            await made.WaitForExitAsync();
        using var running = _workspace.Start(Dream,
            [("DREAMING_BRAIN", "llamasharp"), ("DREAMING_MODEL_PATH", model), ("DREAMER_LLAMA_WORKER", worker), ("DREAMING_MODEL_CONTEXT", "60000"), ("DREAMING_LLM_MAX_TOKENS", "50000")]);
        while (Workers(model) == 0)
            await Task.Delay(50);
        await WakeAsync(running);
        Assert.Equal(0, Workers(model));
    }

    private static async Task WakeAsync(Running.Running running)
    {
        using var signal = Process.Start("kill", ["-TERM", running.Process.Id.ToString(CultureInfo.InvariantCulture)]);
        var woken = await running.EndAsync(TimeSpan.FromMinutes(1));
        Assert.True(woken.Exit == 4, woken.ToString());
        Assert.Equal("interrupted", woken.Json.GetProperty("status").GetString());
    }

    /// <summary>Processes that compute this model.</summary>
    private static int Workers(string model) => Directory.EnumerateDirectories("/proc").Count(folder =>
    {
        try
        {
            return int.TryParse(Path.GetFileName(folder), out _) && File.ReadAllText(folder + "/cmdline") is var line
                && line.Contains("dreamer-llama.dll", StringComparison.Ordinal) && line.Contains(model, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    });
}

using System.Net;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>The host that stays up, as a real process over its real API.</summary>
[Collection(Processes.Name)]
public sealed class RunTests : IDisposable
{
    private const int Many = 20; // they are to be interrupted, not to end first
    private static readonly (string Key, string Value) OneAtATime = ("DREAMING_CONCURRENCY", "1");

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    private async Task LearnAsync()
    {
        Needs.Python("more_itertools", "python3-more-itertools");
        var learnt = await _workspace.RunAsync("ingest", Repository.LargeKnowledge);
        Assert.True(learnt.Exit == 0, learnt.ToString());
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://[::]:0")]
    public async Task An_address_that_others_can_reach_needs_a_token(string address)
    {
        var ran = await _workspace.RunAsync(["run"], [("DREAMER_HTTP", address), ("DREAMER_MANAGEMENT", "none")]);
        Assert.True(ran.Exit == 2, ran.ToString());
        Assert.Contains("DREAMER_API_TOKEN", Assert.Single(ran.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_answers_in_the_hosts_shapes_and_keeps_strangers_out()
    {
        const string Token = "a-token-of-thirty-two-characters";
        using var host = await RunningHost.StartAsync(_workspace, ("ENABLE_DREAMING", "false"), ("DREAMER_API_TOKEN", Token));
        Assert.Equal("ok", (await host.GetAsync("/healthz"))["status"].GetString());
        foreach (var path in new[] { "/api/v1/dreams/status", "/api/v1/dreams", "/api/v1/scheduler/jobs", "/openapi/v1.json" })
            Assert.Equal("TOKEN_REQUIRED", (await host.GetAsync(path)).Code);
        host.Http.DefaultRequestHeaders.Add("X-Venom-Dreamer-Token", Token[..^1] + "S");
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.PostAsync("/api/v1/dreams/wake")).Status);
        host.Http.DefaultRequestHeaders.Remove("X-Venom-Dreamer-Token");
        host.Http.DefaultRequestHeaders.Add("Authorization", "Bearer " + Token);

        using (var rebound = new HttpRequestMessage(HttpMethod.Get, "/healthz") { Headers = { Host = "attacker.example" } })
            Assert.Equal(HttpStatusCode.BadRequest, (await host.SendAsync(rebound)).Status);
        using (var foreign = new HttpRequestMessage(HttpMethod.Post, "/api/v1/dreams/wake") { Headers = { { "Origin", "http://attacker.example" } } })
            Assert.Equal("FOREIGN_ORIGIN", (await host.SendAsync(foreign)).Code);
        using (var own = new HttpRequestMessage(HttpMethod.Get, "/healthz") { Headers = { { "Origin", host.Http.BaseAddress!.GetLeftPart(UriPartial.Authority) } } })
            Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(own)).Status);
        using (var large = new HttpRequestMessage(HttpMethod.Post, "/api/v1/dreams/activity") { Content = new StringContent(new string(' ', 70_000), null, "application/json") })
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await host.SendAsync(large)).Status);

        var status = (await host.GetAsync("/api/v1/dreams/status"))["dreams"];
        Assert.All(
            ["state", "current_session_id", "total_dreams", "successful_dreams", "success_rate", "saved_dreams_count", "output_directory", "enabled", "decision"],
            name => Assert.True(status.TryGetProperty(name, out _), name));
        Assert.Contains("ENABLE_DREAMING", status.GetProperty("decision").GetString(), StringComparison.Ordinal);
        var refused = await host.PostAsync("/api/v1/dreams/sessions");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "DREAMING_DISABLED"), (refused.Status, refused.Code));

        Assert.Equal(["nightly_dreaming", "idle_dreaming_check"], (await host.GetAsync("/api/v1/scheduler/jobs"))["jobs"].EnumerateArray().Select(job => job.GetProperty("id").GetString()));
        await host.PostAsync("/api/v1/scheduler/pause");
        Assert.Equal("paused", (await host.GetAsync("/api/v1/scheduler/status"))["scheduler"].GetProperty("state").GetString());
        await host.PostAsync("/api/v1/scheduler/resume");
        Assert.Equal("running", (await host.GetAsync("/api/v1/scheduler/status"))["scheduler"].GetProperty("state").GetString());

        Assert.Equal(HttpStatusCode.NotFound, (await host.GetAsync("/api/v1/dreams/0123abcd")).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await host.PostAsync("/healthz")).Status);
        Assert.Equal("limit", (await host.GetAsync("/api/v1/dreams?limit=0"))["detail"][0].GetProperty("loc")[1].GetString());
        Assert.True((await host.GetAsync("/openapi/v1.json"))["paths"].TryGetProperty("/api/v1/dreams/sessions", out _));

        var beside = await _workspace.RunAsync(["status", "--json"], [("DREAMER_API_TOKEN", Token)]);
        Assert.Equal(host.Running.Process.Id, beside.Json.GetProperty("host").GetProperty("process_id").GetInt32());
        Assert.Equal(5, (await _workspace.RunAsync(["status"], [])).Exit);
        await host.PostAsync("/api/v1/dreams/energy/monitoring/stop");
        var energy = await _workspace.RunAsync(["energy", "--json"], [("DREAMER_API_TOKEN", Token)]);
        // Only the host has that source, and only there monitoring was stopped.
        Assert.True(energy.Json.GetProperty("sources").TryGetProperty("host", out _) && !energy.Json.GetProperty("is_monitoring").GetBoolean(), energy.ToString());
        await host.PostAsync("/api/v1/dreams/energy/monitoring/start");
        var told = (await host.GetAsync("/api/v1/dreams/energy"))["energy"];
        Assert.True(told.GetProperty("is_monitoring").GetBoolean());
        Assert.All(
            ["cpu_percent", "memory_percent", "temperature", "cpu_threshold", "memory_threshold", "is_busy", "idle_time_seconds", "is_idle"], name => Assert.True(told.TryGetProperty(name, out _), name));
        await host.Running.SignalAsync("TERM");
        var ended = await host.Running.EndAsync(TimeSpan.FromMinutes(1));
        Assert.True(ended is { Exit: 0, ErrorLines.Length: 0 }, ended.ToString());
    }

    [SkippableFact]
    public async Task Activity_wakes_a_running_session_and_the_rest_is_resumed()
    {
        Needs.Sandbox();
        await LearnAsync();
        using var host = await RunningHost.StartAsync(_workspace, OneAtATime);
        foreach (var bad in new object[] { new { max_scenarios = 0 }, new { max_scenarios = "many" }, new { difficulty = "hard" }, new { resume = true, max_scenarios = 3 } })
            Assert.Equal(HttpStatusCode.UnprocessableEntity, (await host.PostAsync("/api/v1/dreams/sessions", bad)).Status);
        Assert.Equal("NOTHING_TO_RESUME", (await host.PostAsync("/api/v1/dreams/sessions", new { resume = true })).Code);

        var session = await host.DreamAsync(Many);
        Assert.Equal("DREAM_ENGINE_BUSY", (await host.PostAsync("/api/v1/dreams/sessions")).Code);
        Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/api/v1/dreams/activity", new { source = "test" })).Status);
        var woken = await host.SessionAsync(session, it => it.GetProperty("status").GetString() != "running");
        Assert.Equal("interrupted", woken.GetProperty("status").GetString());
        Assert.Equal("user_activity", woken.GetProperty("interrupt_reason").GetString());
        Assert.InRange(woken.GetProperty("stopped_in_ms").GetDouble(), 0, 2000);
        Assert.Equal("api", woken.GetProperty("trigger").GetString());

        var done = await host.PostAsync("/api/v1/dreams/sessions?wait=true", new { resume = true });
        Assert.Equal("completed", done["session"].GetProperty("status").GetString());
        Assert.Equal(Many, done["session"].GetProperty("dreams_attempted").GetInt32());
        var kept = (await host.GetAsync("/api/v1/dreams?status=kept&limit=1"))["dreams"][0].GetProperty("dream_id").GetString();
        Assert.Equal(kept, (await host.GetAsync($"/api/v1/dreams/{kept}"))["dream"].GetProperty("dream_id").GetString());
        Assert.StartsWith("# Dream: ", await host.Http.GetStringAsync($"/api/v1/dreams/{kept}/code"), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_key_typed_on_a_terminal_wakes_a_session_that_heeds_the_user()
    {
        Needs.Sandbox();
        // A terminal of its own, on which a key is typed and read again and again once a line comes in.
        const string Typist = "import os, pty, sys, time\nmaster, slave = pty.openpty()\nprint('ready', flush=True)\nsys.stdin.readline()\nwhile True:\n    os.write(master, b'x\\n')\n    os.read(slave, 9)\n    time.sleep(0.2)\n";
        using var typist = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/usr/bin/python3", ["-c", Typist]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        try
        {
            Assert.Equal("ready", await typist.StandardOutput.ReadLineAsync());
            await LearnAsync();
            using var host = await RunningHost.StartAsync(_workspace, OneAtATime);
            var session = await host.DreamAsync(Many, untilActive: true);
            await typist.StandardInput.WriteLineAsync();
            await typist.StandardInput.FlushAsync();
            var woken = await host.SessionAsync(session, it => it.GetProperty("status").GetString() != "running");
            Assert.Equal("user_activity", woken.GetProperty("interrupt_reason").GetString());
            Assert.Contains("terminal", woken.GetProperty("interrupt_detail").GetString(), StringComparison.Ordinal);
        }
        finally
        {
            typist.Kill();
        }
    }

    [SkippableFact]
    public async Task Killed_and_started_again_it_finishes_the_session_and_a_wake_from_beside_stops_it()
    {
        Needs.Sandbox();
        await LearnAsync();
        string session;
        using (var host = await RunningHost.StartAsync(_workspace, OneAtATime))
        {
            session = await host.DreamAsync(Many);
            await host.Running.SignalAsync("KILL");
            await host.Running.EndAsync(TimeSpan.FromMinutes(1));
        }

        using (var again = await RunningHost.StartAsync(_workspace, OneAtATime))
        {
            Assert.Equal(session, (await again.PostAsync("/api/v1/dreams/sessions", new { resume = true }))["session_id"].GetString());
            var wake = await _workspace.RunAsync("wake", "--json");
            Assert.True(wake.Exit == 0 && wake.Json.GetProperty("interrupted").GetBoolean(), wake.ToString());
            Assert.Equal("asked", (await again.SessionAsync(session, it => it.GetProperty("status").GetString() == "interrupted")).GetProperty("interrupt_reason").GetString());
            Assert.Equal(session, (await again.PostAsync("/api/v1/dreams/sessions", new { resume = true }))["session_id"].GetString());
            await again.Running.SignalAsync("TERM");
            Assert.Equal(0, (await again.Running.EndAsync(TimeSpan.FromMinutes(1))).Exit);
        }

        var listed = Assert.Single((await _workspace.RunAsync("journal", "list", "--json")).Json.EnumerateArray());
        Assert.Equal("interrupted", listed.GetProperty("status").GetString());
        var finished = await _workspace.RunAsync("dream", "--resume", "--json");
        Assert.Equal(("completed", Many), (finished.Json.GetProperty("status").GetString(), finished.Json.GetProperty("dreams_attempted").GetInt32()));
    }

    [SkippableFact]
    public async Task A_dream_is_woken_from_beside_too()
    {
        Needs.Sandbox();
        Needs.Python("more_itertools", "python3-more-itertools");
        Assert.False((await _workspace.RunAsync("wake", "--json")).Json.GetProperty("interrupted").GetBoolean());
        using var running = _workspace.Start(["dream", "--knowledge", Repository.LargeKnowledge, "--max-scenarios", $"{Many}", "--json"], [OneAtATime]);
        Assert.True(await running.SaysAsync(line => line.StartsWith("[1/", StringComparison.Ordinal)));
        var wake = await _workspace.RunAsync("wake", "--json");
        Assert.True(wake.Exit == 0 && wake.Json.GetProperty("interrupted").GetBoolean(), wake.ToString());
        Assert.Equal(4, (await running.EndAsync(TimeSpan.FromMinutes(1))).Exit);
    }
}

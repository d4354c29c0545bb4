using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>The module of deploy/venom in a real FastAPI process, against a real <c>run</c>.</summary>
[Collection(Processes.Name)]
public sealed class VenomModuleTests : IDisposable
{
    private static readonly string Fixture = Path.Combine(Repository.Root, "tests/DreamerActors.Host.Tests/fixtures/venom");
    private readonly Workspace _workspace = new();
    private readonly int _port = Ports.Free();
    private readonly HttpClient _venom = new() { Timeout = TimeSpan.FromSeconds(30) };
    private Process? _host;

    public void Dispose()
    {
        _venom.Dispose();
        Stop();
        _workspace.Dispose();
    }

    [SkippableFact]
    public async Task Lessons_arrive_once_also_after_the_host_was_down_events_arrive_and_a_users_task_wakes_a_session()
    {
        Needs.Sandbox();
        Needs.Python("fastapi", "python3-fastapi");
        Needs.Python("uvicorn", "python3-uvicorn");
        Needs.Python("httpx", "python3-httpx");
        Needs.Python("more_itertools", "python3-more-itertools");
        Assert.Equal(0, (await _workspace.RunAsync("ingest", Repository.SmallKnowledge, Repository.LargeKnowledge)).Exit);
        using var dreamer = await RunningHost.StartAsync(_workspace, ("DREAMING_LESSON_DELIVERY", "module"), ("DREAMING_CONCURRENCY", "1"));

        // The host is down while it dreams: everything waits.
        var first = (await dreamer.PostAsync("/api/v1/dreams/sessions?wait=true", new { max_scenarios = 3 }))["session"];
        var kept = first.GetProperty("dreams_successful").GetInt32();
        Assert.True(kept > 0);
        Assert.False(File.Exists(Path.Combine(_workspace.Path, "data/memory/lessons.json")));
        Start(dreamer.Http.BaseAddress!);
        var seen = await SeenAsync(host => host.GetProperty("lessons").GetArrayLength() == kept);
        Assert.Contains("```python", seen.GetProperty("lessons")[0].GetProperty("action").GetString(), StringComparison.Ordinal);

        // The dreamer's API under the host's roof; what is declined is removed from the live store.
        var dream = seen.GetProperty("lessons")[0].GetProperty("metadata").GetProperty("dream_id").GetString();
        Assert.Equal(HttpStatusCode.OK, (await _venom.PostAsJsonAsync($"/api/v1/dreamer/dreams/{dream}/decline", new { actor = "ewa" })).StatusCode);
        await SeenAsync(host => host.GetProperty("lessons").GetArrayLength() == kept - 1);
        Assert.Equal(HttpStatusCode.NotFound, (await _venom.GetAsync("/api/v1/dreamer/healthz")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await _venom.PostAsync("/api/v1/dreamer/dreams/forbidden", null)).StatusCode);

        // A session that stops for its user: a task in the host wakes it, and the host's pages hear of it.
        var session = await dreamer.DreamAsync(80, untilActive: true);
        await _venom.PostAsync("/task", null);
        var woken = await dreamer.SessionAsync(session, report => report.GetProperty("status").GetString() is "interrupted" or "completed");
        Assert.Equal(("interrupted", "user_activity"), (woken.GetProperty("status").GetString(), woken.GetProperty("interrupt_reason").GetString()));
        seen = await SeenAsync(host => host.GetProperty("events").EnumerateArray().Any(each => each.GetProperty("type").GetString() == "DREAM_INTERRUPTED"));
        Assert.Contains(seen.GetProperty("events").EnumerateArray(), each => each.GetProperty("type").GetString() == "DREAM_STARTED");

        // A host that forgot everything is not given again what it confirmed; only what is new.
        var later = kept - 1 + woken.GetProperty("dreams_successful").GetInt32();
        seen = await SeenAsync(host => host.GetProperty("lessons").GetArrayLength() == later);
        Assert.Equal(later + 1, seen.GetProperty("added").GetInt32());
    }

    private void Start(Uri dreamer)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(Fixture, "host.py"), Path.Combine(Repository.Root, "deploy/venom/module.json"), _port.ToString(CultureInfo.InvariantCulture)]);
        start.Environment["DREAMER_ENDPOINT"] = dreamer.ToString();
        start.Environment["DREAMER_POLL_SECONDS"] = "0.2";
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment.Remove("DREAMER_API_TOKEN");
        _host = Process.Start(start);
        _venom.BaseAddress = new Uri($"http://127.0.0.1:{_port}");
    }

    private void Stop()
    {
        _host?.Kill(entireProcessTree: true);
        _host?.Dispose();
    }

    private async Task<JsonElement> SeenAsync(Func<JsonElement, bool> wanted)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            try
            {
                var seen = await _venom.GetFromJsonAsync<JsonElement>("/seen", patience.Token);
                if (wanted(seen))
                    return seen;
            }
            catch (HttpRequestException)
            {
                // It does not answer yet.
            }

            await Task.Delay(50, patience.Token); // another process, which tells only when it is asked
        }
    }
}

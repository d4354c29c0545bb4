using System.Diagnostics;
using System.Globalization;
using DreamerActors.Host.Tests.Running;
using Xunit.Abstractions;

namespace DreamerActors.Host.Tests;

/// <summary>Others who need the machine wake a session that runs, end to end; the report says so. How long that took is printed, since it depends on the machine.</summary>
[Collection(Processes.Name)]
public sealed class LoadTests(ITestOutputHelper output) : IDisposable
{
    private readonly Workspace _workspace = new();
    private readonly List<Process> _hogs = [];
    private RunningHost? _host;
    private string _session = "";

    public void Dispose()
    {
        _host?.Dispose();
        foreach (var hog in _hogs)
        {
            hog.Kill();
            hog.Dispose();
        }

        _workspace.Dispose();
    }

    [SkippableFact]
    public async Task Another_user_who_needs_the_processors_wakes_it()
    {
        // Dreams run at normal priority in tests: there must be many others for them to get nearly everything.
        var host = await DreamAsync(("DREAMING_CPU_THRESHOLD", "0.85"));
        await WokenByAsync(host, "processors", Enumerable.Repeat("while True: pass", Environment.ProcessorCount * 8));
    }

    [SkippableFact]
    public async Task Somebody_who_needs_the_memory_wakes_it()
    {
        var before = (await _workspace.RunAsync("energy", "--json")).Json.GetProperty("memory_percent").GetDouble() / 100;
        var host = await DreamAsync(("DREAMING_MEMORY_THRESHOLD", (before + 0.04).ToString("0.00", CultureInfo.InvariantCulture)));
        var bytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10;
        await WokenByAsync(host, "memory", [string.Create(CultureInfo.InvariantCulture, $"import time\nheld = b'x' * {bytes}\ntime.sleep(60)")]);
    }

    private async Task<RunningHost> DreamAsync(params (string Key, string Value)[] limits)
    {
        Needs.Sandbox();
        var learnt = await _workspace.RunAsync("ingest", Repository.SmallKnowledge);
        Assert.True(learnt.Exit == 0, learnt.ToString());
        var host = _host = await RunningHost.StartAsync(_workspace, [("DREAMING_CONCURRENCY", "1"), .. limits]);
        // Load that is there before a session begins does not end it: it is to come afterwards.
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while ((await host.GetAsync("/api/v1/dreams/energy"))["energy"] is var energy
            && (energy.GetProperty("cpu_percent").ValueKind == System.Text.Json.JsonValueKind.Null || energy.GetProperty("is_busy").GetBoolean()))
            await Task.Delay(100, patience.Token); // load changes while nobody tells
        _session = await host.DreamAsync(9, untilActive: true);
        return host;
    }

    private async Task WokenByAsync(RunningHost host, string what, IEnumerable<string> programs)
    {
        string[] asNobody = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] : [];
        var began = Stopwatch.GetTimestamp();
        foreach (var program in programs)
        {
            string[] words = ["setsid", .. asNobody, "/usr/bin/python3", "-c", program];
            _hogs.Add(Process.Start(words[0], words[1..]));
        }

        var woken = await host.SessionAsync(_session, it => it.GetProperty("status").GetString() != "running");
        output.WriteLine($"{what}: interrupted {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0} ms after the stimulus, {woken.GetProperty("interrupt_detail")}, stopped in {woken.GetProperty("stopped_in_ms")} ms");
        Assert.Equal(("interrupted", "load"), (woken.GetProperty("status").GetString(), woken.GetProperty("interrupt_reason").GetString()));
        Assert.Contains(what, woken.GetProperty("interrupt_detail").GetString(), StringComparison.Ordinal);
        Assert.InRange(woken.GetProperty("stopped_in_ms").GetDouble(), 0, 2000);
    }
}

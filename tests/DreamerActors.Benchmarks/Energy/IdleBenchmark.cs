using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Energy;
using DreamerActors.Adapters.Energy.Activity;
using DreamerActors.Domain.Energy;

namespace DreamerActors.Benchmarks.Energy;

/// <summary>
/// <c>idle</c>: a day of looks at this machine, one after the other: what one costs, and whether anything grows; and what a real <c>run</c> costs that has nothing to do, beside a bare process that
/// wakes up ten times a second to sleep again: nearly all that an idle host costs is waking up, whose price differs tenfold between machines, and on one of them from hour to hour.
/// </summary>
internal static class IdleBenchmark
{
    private const int WarmUp = 2000;
    private const string Sleeper = "import time\nwhile True: time.sleep(0.1)";
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    // What is compiled and loaded once is no idling.
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(2);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly Option<int> Looks = new("--looks") { Description = "Looks; one in two seconds for a day by default.", DefaultValueFactory = _ => 43_200 };
    private static readonly Option<int> Minutes = new("--minutes") { Description = "How long a run is watched, after two minutes in which it settles; 0 for none.", DefaultValueFactory = _ => 10 };

    public static Command Build()
    {
        var command = new Command("idle", "Looks at load and user as often as an idle host does in a day, and has a run idle, and prints one JSON object with what that costs.") { Looks, Minutes };
        command.SetAction(async (parsed, _) => await RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var report = Look(parsed.GetValue(Looks));
        if (parsed.GetValue(Minutes) is > 0 and var minutes) report["run"] = await IdleAsync(TimeSpan.FromMinutes(minutes));
        Console.WriteLine(report.ToJsonString(Indented));
        return 0;
    }

    private static async Task<JsonObject> IdleAsync(TimeSpan time)
    {
        var noon = TimeProvider.System.GetLocalNow().Hour;
        using var dreamer = await RunningDreamer.StartAsync(("DREAMING_IDLE_DAILY_SCENARIOS", "0"), ("DREAMING_NIGHT_HOURS", $"{(noon + 12) % 24}-{(noon + 13) % 24}"));
        using var sleeper = Process.Start("/usr/bin/python3", ["-c", Sleeper]);
        await Task.Delay(Settling);
        var (used, resident) = Use(dreamer.Process);
        var (baseline, _) = Use(sleeper);
        await Task.Delay(time);
        var (usedThen, residentThen) = Use(dreamer.Process);
        var (baselineThen, _) = Use(sleeper);
        sleeper.Kill();
        return new JsonObject
        {
            ["minutes"] = time.TotalMinutes,
            ["percent_of_one_core"] = Math.Round((usedThen - used) / time * 100, 2),
            ["baseline"] = "a bare `python3` that sleeps a tenth of a second at a time",
            ["baseline_percent_of_one_core"] = Math.Round((baselineThen - baseline) / time * 100, 2),
            ["ratio"] = Math.Round((usedThen - used) / (baselineThen - baseline), 2),
            ["rss_mb"] = Math.Round(resident, 1),
            ["rss_mb_at_the_end"] = Math.Round(residentThen, 1),
        };
    }

    private static (TimeSpan Used, double ResidentMb) Use(Process process)
    {
        process.Refresh();
        return (process.TotalProcessorTime, process.WorkingSet64 / 1048576.0);
    }

    private static JsonObject Look(int looks)
    {
        var time = new Virtual();
        var sensor = new MachineLoad(time, []);
        using var sources = new ActivitySources();
        foreach (var source in ActivitySources.OfThisSystem(time, null)) sources.Add(source);
        var limits = new EnergyLimits(0.7, 0.8, 85, OnBattery: false, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(10));
        var (state, presence) = (EnergyState.Initial, Presence.Unseen);

        void Look(int count)
        {
            for (var look = 0; look < count; look++)
            {
                time.Advance(Every);
                var reading = sensor.Read();
                Sighting[] sightings = [.. sources.All.Select(each => new Sighting(each.Name, each.LastActivity()))];
                presence = presence.Look(sightings, time.GetUtcNow(), time.Elapsed);
                state = EnergyPolicy.Decide(state, reading, presence, limits, time.Elapsed);
            }
        }

        Look(WarmUp);
        var (heap, allocated, used, began) = (GC.GetTotalMemory(forceFullCollection: true), GC.GetAllocatedBytesForCurrentThread(), Cpu(), Stopwatch.GetTimestamp());
        Look(looks);
        var each = (Cpu() - used) / looks;
        return new JsonObject
        {
            ["looks"] = looks,
            ["seconds"] = Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds, 1),
            ["cpu_ms_per_look"] = Math.Round(each.TotalMilliseconds, 3),
            ["percent_of_one_core"] = Math.Round(each / Every * 100, 3),
            ["allocated_bytes_per_look"] = (GC.GetAllocatedBytesForCurrentThread() - allocated) / looks,
            ["heap_growth_bytes"] = GC.GetTotalMemory(forceFullCollection: true) - heap,
            ["rss_mb"] = Math.Round(Environment.WorkingSet / 1048576.0, 1),
            ["processes_on_this_machine"] = Directory.GetDirectories("/proc").Count(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])),
            ["state"] = string.Create(CultureInfo.InvariantCulture, $"{state.Level}: {state.Reason}"),
        };
    }

    private static TimeSpan Cpu()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }

    /// <summary>A clock that moves when it is told to.</summary>
    private sealed class Virtual : TimeProvider
    {
        private readonly DateTimeOffset _start = DateTimeOffset.UtcNow;

        public TimeSpan Elapsed { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => Elapsed += by;

        public override long GetTimestamp() => Elapsed.Ticks;

        public override DateTimeOffset GetUtcNow() => _start + Elapsed;
    }
}

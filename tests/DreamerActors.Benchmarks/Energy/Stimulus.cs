using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json;
using DreamerActors.Tests;

namespace DreamerActors.Benchmarks.Energy;

/// <summary>
/// <c>wakeup --stimulus</c>: how long after something happens on the machine (for memory: after the limit is crossed, dreams included) the last process of a dream of <c>run</c> is gone, seen from outside, and what the report says of it.
/// </summary>
internal static class Stimulus
{
    public static readonly string[] All = ["keystroke", "activity", "cpu", "memory"];
    private const string Typist = "import os, pty, sys, time\nmaster, slave = pty.openpty()\nprint('ready', flush=True)\nfor line in sys.stdin:\n    os.write(master, b'x\\n')\n    os.read(slave, 9)\n";
    // Four fifths of a processor, whatever else wants it.
    private const string Hog = "import time\nbegan, turn = time.monotonic(), 0\nwhile True:\n    turn += 1\n    while time.process_time() < .08 * turn: pass\n    time.sleep(max(0, began + .1 * turn - time.monotonic()))\n";
    // Of one sandbox: bubblewrap's, zygote, tester and candidate.
    private const int FewestProcesses = 4;
    // The kernel keeps the times of a terminal in steps of eight seconds.
    private static readonly TimeSpan BetweenKeys = TimeSpan.FromSeconds(9);
    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(30);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static async Task<int> RunAsync(string stimulus, int trials)
    {
        using var typist = Start(["/usr/bin/python3", "-c", Typist]);
        await typist.StandardOutput.ReadLineAsync();
        var tooMuch = Used() + 0.05;
        using var dreamer = await RunningDreamer.StartAsync(Limits(stimulus, tooMuch));
        var (latencies, details, problems) = (new List<double>(), new List<string>(), new List<string>());
        var baseline = Outside.Descendants(dreamer.Process.Id);
        for (var trial = 0; trial < trials; trial++)
        {
            await CalmAsync(dreamer);
            await Task.Delay(stimulus == "keystroke" ? BetweenKeys : TimeSpan.Zero);
            var session = (string)(await dreamer.PostAsync("/api/v1/dreams/sessions", new { max_scenarios = 100, until_active = true }))["session_id"]!;
            while (Outside.Descendants(dreamer.Process.Id).Except(baseline).Count() < FewestProcesses)
                await Task.Delay(50);
            var hogs = new List<Process>();
            var began = Stopwatch.GetTimestamp();
            try
            {
                await GiveAsync(stimulus, dreamer, typist, hogs);
                // How fast a hog gets its memory is the kernel's affair: until the limit is crossed it is none.
                while (stimulus == "memory" && Used() < tooMuch && !hogs[0].HasExited)
                {
                    Thread.Sleep(2);
                    began = Stopwatch.GetTimestamp();
                }

                while (Outside.Descendants(dreamer.Process.Id).Except(baseline).Any() && Stopwatch.GetElapsedTime(began) < GiveUp)
                    Thread.Sleep(5);
                latencies.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            finally
            {
                hogs.ForEach(End);
            }

            var report = await dreamer.SessionAsync(session, it => (string?)it["status"] != "running");
            details.Add($"{report["interrupt_reason"]}: {report["interrupt_detail"]}; stopped in {report["stopped_in_ms"]} ms");
            if ((string?)report["status"] != "interrupted")
                problems.Add($"the session was {report["status"]}");
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{trial + 1}/{trials}: {latencies[^1]:0} ms, {details[^1]}"));
        }

        End(typist);
        latencies.Sort();
        Console.WriteLine(new JsonObject
        {
            ["stimulus"] = stimulus,
            ["trials"] = trials,
            ["p50_ms"] = Math.Round(latencies[latencies.Count / 2]),
            ["max_ms"] = Math.Round(latencies[^1]),
            ["reports"] = new JsonArray([.. details.Distinct().Take(3).Select(each => JsonValue.Create(each))]),
            ["problems"] = new JsonArray([.. problems.Select(each => JsonValue.Create(each))]),
        }.ToJsonString(Indented));
        return problems.Count == 0 && latencies[^1] < 2000 ? 0 : 1;
    }

    // Only the stimulus that is measured may wake it, and one of load must cross its limit whatever else the machine does.
    private static (string, string)[] Limits(string stimulus, double tooMuch) =>
    [
        ("DREAMING_SANDBOX", "bubblewrap"), // its processes are counted, and those of a container are the engine's
        ("DREAMING_CPU_THRESHOLD", stimulus == "cpu" ? "0.7" : "1"),
        ("DREAMING_PROCESS_PRIORITY", stimulus == "cpu" ? "19" : "0"), // dreams that give way to other work would hardly begin beside it
        ("DREAMING_MEMORY_THRESHOLD", stimulus == "memory" ? tooMuch.ToString("0.000", CultureInfo.InvariantCulture) : "1"),
    ];

    private static double Used()
    {
        var figures = File.ReadLines("/proc/meminfo").Select(line => line.Split((char[])[':', ' '], StringSplitOptions.RemoveEmptyEntries)).ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));
        return 1 - (figures["MemAvailable"] / figures["MemTotal"]);
    }

    private static async Task CalmAsync(RunningDreamer dreamer)
    {
        while ((await dreamer.GetAsync("/api/v1/dreams/energy"))["energy"] is var energy && (energy!["cpu_percent"] is null || (bool)energy["is_busy"]!))
            await Task.Delay(200);
    }

    private static async Task GiveAsync(string stimulus, RunningDreamer dreamer, Process typist, List<Process> hogs)
    {
        switch (stimulus)
        {
            case "keystroke":
                await typist.StandardInput.WriteLineAsync();
                await typist.StandardInput.FlushAsync();
                break;
            case "activity":
                await dreamer.PostAsync("/api/v1/dreams/activity", new { source = "benchmark" });
                break;
            case "cpu":
                for (var i = 0; i < Environment.ProcessorCount; i++)
                    hogs.Add(Start(AsNobody(Hog)));
                break;
            case "memory":
                hogs.Add(Start(AsNobody(string.Create(CultureInfo.InvariantCulture, $"import mmap, time\nheld = mmap.mmap(-1, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 10}, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE)\ntime.sleep(60)"))));
                break;
        }
    }

    private static string[] AsNobody(string program) =>
        ["setsid", .. Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] : Array.Empty<string>(), "/usr/bin/python3", "-c", program];

    private static Process Start(string[] words) => Process.Start(new ProcessStartInfo(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    private static void End(Process process)
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
    }
}

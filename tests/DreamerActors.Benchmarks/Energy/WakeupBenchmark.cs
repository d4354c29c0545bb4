using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.Json;
using DreamerActors.Tests;

namespace DreamerActors.Benchmarks.Energy;

/// <summary>
/// <c>wakeup</c>: how long after the stimulus the last dream is gone, seen from outside the process that dreams. The dreams ignore every signal that can be
/// ignored, fork, leave their session, spin, sleep, or hang in a request to the model.
/// </summary>
internal static class WakeupBenchmark
{
    private static readonly TimeSpan SetUp = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan GiveUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(2);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly Option<int> Concurrency = new("--concurrency") { Description = "Dreams at once.", DefaultValueFactory = _ => 64 };
    private static readonly Option<int> Trials = new("--trials") { Description = "Wake-ups.", DefaultValueFactory = _ => 200 };
    private static readonly Option<string> Sandbox = new("--sandbox") { Description = "A DREAMING_SANDBOX value.", DefaultValueFactory = _ => "bubblewrap" };
    private static readonly Option<string> What = new("--stimulus") { Description = "Wakes a session of `run` by this instead of asking it to." };
    private static readonly Option<bool> Stress = new("--stress") { Description = "Eight busy processes of normal priority, and a thread pool that is used up." };

    public static Command Build()
    {
        var command = new Command("wakeup", "Wakes a dreaming process again and again and prints one JSON object with how long the last dream lived.")
        {
            Concurrency, Trials, Sandbox, Stress, What,
        };
        What.AcceptOnlyFromAmong(Stimulus.All);
        command.SetAction((parsed, _) => parsed.GetValue(What) is { } stimulus ? Stimulus.RunAsync(stimulus, parsed.GetValue(Trials)) : Task.FromResult(Run(parsed)));
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        var (concurrency, trials, stress) = (parsed.GetValue(Concurrency), parsed.GetValue(Trials), parsed.GetValue(Stress));
        var inContainers = parsed.GetRequiredValue(Sandbox) == "docker";
        using var model = new SilentModel();
        using var load = new Load(stress ? 8 : 0);
        load.Off();
        using var host = Start(concurrency, parsed.GetRequiredValue(Sandbox), model.Port);
        var (latencies, dreams, kills, survivors, problems) = (new List<double>(), new List<int>(), 0, 0, new List<string>());
        for (var trial = 0; trial < trials; trial++)
        {
            host.StandardInput.WriteLine("dream");
            var processes = AwaitDreams(host, model, concurrency, inContainers);
            dreams.Add(processes.Count);
            if (stress)
            {
                host.StandardInput.WriteLine("starve");
                load.On();
                Thread.Sleep(TimeSpan.FromMilliseconds(300)); // the load is to be felt before the stimulus
            }

            var (latency, left) = Wake(host, processes, model, inContainers);
            latencies.Add(latency.TotalMilliseconds);
            survivors += left + (latency < Promise ? 0 : 1);
            load.Off();
            host.StandardInput.WriteLine("seen");
            var answer = JsonNode.Parse(host.StandardOutput.ReadLine() ?? throw new InvalidOperationException("the host ended"))!;
            kills += (int)answer["killed"]!;
            if ((string?)answer["problem"] is { } problem) problems.Add(problem);
            if ((string?)answer["status"] != "interrupted") problems.Add($"the session was {answer["status"]}");
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{trial + 1}/{trials}: {dreams[^1]} processes, {latency.TotalMilliseconds:0.0} ms, says {answer["stopped_in_ms"]} ms"));
        }

        host.StandardInput.Close();
        host.WaitForExit();
        Console.WriteLine(Report(parsed, latencies, dreams, kills, survivors, problems).ToJsonString(Indented));
        return survivors == 0 ? 0 : 1;
    }

    private static Process Start(int concurrency, string sandbox, int port)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [typeof(WakeupBenchmark).Assembly.Location, "wakeup-host",
            "--concurrency", concurrency.ToString(CultureInfo.InvariantCulture), "--sandbox", sandbox, "--model", port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        if (!Path.GetFileNameWithoutExtension(Environment.ProcessPath!).Equals("dotnet", StringComparison.Ordinal)) start.ArgumentList.RemoveAt(0);
        var host = Process.Start(start) ?? throw new InvalidOperationException("the host did not start");
        host.StandardInput.AutoFlush = true;
        return host;
    }

    /// <summary>So many looks in a row must find the same processes: beside 64 dreams that start, nothing may start for a while.</summary>
    private const int Looks = 4;

    /// <summary>Returns when as many dreams are in their sandboxes, or in their requests, as can be, and nothing more starts.</summary>
    private static HashSet<int> AwaitDreams(Process host, SilentModel model, int concurrency, bool inContainers)
    {
        var (hanging, began) = (concurrency / HostileBrain.HangsEvery, Stopwatch.GetTimestamp());
        // Zygote, tester and candidate, at least; without containers also the outer process of bubblewrap.
        var wanted = (inContainers ? 3 : 4) * (concurrency - hanging);
        for (var (before, same) = (new HashSet<int>(), 0); ;)
        {
            Thread.Sleep(TimeSpan.FromMilliseconds(250));
            if (host.HasExited) throw new InvalidOperationException("the host ended");
            var now = inContainers ? Outside.InContainers(Name(host)) : Outside.Descendants(host.Id);
            same = now.SetEquals(before) ? same + 1 : 0;
            if (now.Count >= wanted && same >= Looks && model.Waiting() >= hanging) return now;
            if (Stopwatch.GetElapsedTime(began) > SetUp) return now;
            before = now;
        }
    }

    private static string Name(Process host) => DreamingHost.ContainersOf(host.Id);

    private static (TimeSpan Latency, int Survivors) Wake(Process host, HashSet<int> dreams, SilentModel model, bool inContainers)
    {
        using var ends = new Ends(dreams);
        var began = Stopwatch.GetTimestamp();
        host.StandardInput.WriteLine("wake");
        if (ends.Wait(GiveUp))
        {
            while (model.Waiting() > 0 && Stopwatch.GetElapsedTime(began) < GiveUp) Thread.Sleep(1);
        }

        var latency = Stopwatch.GetElapsedTime(began);
        if (latency < Promise) Thread.Sleep(Promise - latency);
        // What began meanwhile, or slipped out of the family, counts too.
        return (latency, (inContainers ? Outside.Containers(Name(host)).Length : 0) + Outside.Descendants(host.Id).Count + model.Waiting() + Outside.Count($"dreamer-{host.Id}-"));
    }

    private static JsonObject Report(ParseResult parsed, List<double> latencies, List<int> dreams, int kills, int survivors, List<string> problems)
    {
        latencies.Sort();
        double At(double share) => Math.Round(latencies[Math.Min(latencies.Count - 1, (int)Math.Ceiling(share * latencies.Count) - 1)], 1);
        return new JsonObject
        {
            ["concurrency"] = parsed.GetValue(Concurrency),
            ["sandbox"] = parsed.GetValue(Sandbox),
            ["stress"] = parsed.GetValue(Stress),
            ["processors"] = Environment.ProcessorCount,
            ["trials"] = latencies.Count,
            ["processes_min"] = dreams.Min(),
            ["processes_max"] = dreams.Max(),
            ["p50_ms"] = At(0.5),
            ["p99_ms"] = At(0.99),
            ["max_ms"] = At(1),
            ["survivors"] = survivors,
            ["watchdog_kills"] = kills,
            ["problems"] = new JsonArray([.. problems.Select(problem => JsonValue.Create(problem))]),
        };
    }
}

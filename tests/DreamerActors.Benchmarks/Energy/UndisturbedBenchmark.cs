using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DreamerActors.Benchmarks.Energy;

/// <summary><c>undisturbed</c>: a real <c>run</c> dreams on all processors for some minutes, and nobody does anything else: whether it takes its own load for others', and wakes itself (invariant I6).</summary>
internal static class UndisturbedBenchmark
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly Option<double> Minutes = new("--minutes") { Description = "How long.", DefaultValueFactory = _ => 10 };
    private static readonly Option<int> Concurrency = new("--concurrency") { Description = "Dreams at once.", DefaultValueFactory = _ => 2 * Environment.ProcessorCount };

    public static Command Build()
    {
        var command = new Command("undisturbed", "Dreams at full load and prints one JSON object with what the dreamer took for its own load and for others'. Fails when it wakes.") { Minutes, Concurrency };
        command.SetAction((parsed, cancellation) => RunAsync(TimeSpan.FromMinutes(parsed.GetValue(Minutes)), parsed.GetValue(Concurrency), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(TimeSpan time, int concurrency, CancellationToken cancellation)
    {
        using var dreamer = await RunningDreamer.StartAsync(("DREAMING_CONCURRENCY", concurrency.ToString(CultureInfo.InvariantCulture)));
        var session = (string)(await dreamer.PostAsync("/api/v1/dreams/sessions", new { max_scenarios = 10_000, until_active = true }))["session_id"]!;
        var (own, others, began, status) = (new List<double>(), new List<double>(), Stopwatch.GetTimestamp(), "running");
        var sessions = 1;
        while (Stopwatch.GetElapsedTime(began) < time && status == "running")
        {
            await Task.Delay(Every, cancellation);
            var energy = (await dreamer.GetAsync("/api/v1/dreams/energy"))["energy"]!;
            own.Add((double?)energy["own_cpu_percent"] ?? 0);
            others.Add((double?)energy["cpu_percent"] ?? 0);
            status = (string)(await dreamer.SessionAsync(session, _ => true))["status"]!;
            if (status != "completed") continue;
            // It has dreamt of everything that it knows: again.
            (sessions, status) = (sessions + 1, "running");
            session = (string)(await dreamer.PostAsync("/api/v1/dreams/sessions", new { max_scenarios = 10_000, until_active = true }))["session_id"]!;
        }

        Console.WriteLine(new JsonObject
        {
            ["seconds"] = Math.Round(Stopwatch.GetElapsedTime(began).TotalSeconds),
            ["sessions"] = sessions,
            ["status"] = status,
            ["own_percent_mean"] = Math.Round(own.Average(), 1),
            ["others_percent_mean"] = Math.Round(others.Average(), 1),
            ["others_percent_max"] = Math.Round(others.Max(), 1),
        }.ToJsonString(Indented));
        return status == "running" ? 0 : 1;
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Tests;

namespace DreamerActors.Benchmarks.Journal;

/// <summary><c>events</c>: how soon one who listens hears of a wake-up, and what others who never read cost a session.</summary>
internal static class EventsBenchmark
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly Option<int> Clients = new("--clients") { Description = "Clients that ask for events and never read, at most 250.", DefaultValueFactory = _ => 200 };
    private static readonly Option<int> Wakes = new("--wakes") { Description = "Wake-ups.", DefaultValueFactory = _ => 30 };
    private static readonly Option<int> Scenarios = new("--scenarios") { Description = "Scenarios with and without these clients.", DefaultValueFactory = _ => 20 };

    public static Command Build()
    {
        var command = new Command("events", "Listens to a dreamer beside clients that never read, and prints one JSON object with delays and session times.") { Clients, Wakes, Scenarios };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var dreamer = await RunningDreamer.StartAsync(
            ("DREAMING_CONCURRENCY", "1"), ("DREAMING_VALIDATION_STRICT", "false"), ("DREAMING_CPU_THRESHOLD", "1"), ("DREAMING_MEMORY_THRESHOLD", "1"), ("DREAMING_PROCESS_PRIORITY", "0"));
        var (address, alone, beside) = (dreamer.Http.BaseAddress!, 0.0, 0.0);
        await DreamAsync(dreamer, 3); // everything is warm from now on
        foreach (var _ in Enumerable.Range(0, 2))
        {
            alone += await DreamAsync(dreamer, parsed.GetValue(Scenarios) / 2);
            using var others = await DeafListeners.ConnectAsync(address, parsed.GetValue(Clients));
            beside += await DreamAsync(dreamer, parsed.GetValue(Scenarios) / 2);
        }

        using var deaf = await DeafListeners.ConnectAsync(address, parsed.GetValue(Clients));
        using var listener = await Listener.ConnectAsync(address);
        var (afterEvent, afterRequest) = (new List<double>(), new List<double>());
        for (var wake = 0; wake < parsed.GetValue(Wakes); wake++)
        {
            await dreamer.PostAsync("/api/v1/dreams/sessions", new { max_scenarios = 30 });
            await listener.NextAsync("DREAM_COMPLETED", "DREAM_REJECTED");
            var asked = DateTimeOffset.UtcNow;
            var waking = dreamer.PostAsync("/api/v1/dreams/wake");
            var heard = await listener.NextAsync("DREAM_INTERRUPTED");
            afterEvent.Add((heard.At - heard.Body.GetProperty("timestamp").GetDateTimeOffset()).TotalMilliseconds);
            afterRequest.Add((heard.At - asked).TotalMilliseconds);
            await waking;
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{wake + 1}/{parsed.GetValue(Wakes)}: {afterEvent[^1]:0.0} ms after the event, {afterRequest[^1]:0.0} ms after the request"));
        }

        Console.WriteLine(new JsonObject
        {
            ["clients_that_never_read"] = parsed.GetValue(Clients),
            ["wakes"] = afterEvent.Count,
            ["ms_from_event_to_listener"] = Spread(afterEvent),
            ["ms_from_request_to_listener"] = Spread(afterRequest),
            ["scenarios"] = parsed.GetValue(Scenarios),
            ["session_seconds_without_clients"] = Math.Round(alone, 2),
            ["session_seconds_with_clients"] = Math.Round(beside, 2),
        }.ToJsonString(Indented));
        return 0;
    }

    private static async Task<double> DreamAsync(RunningDreamer dreamer, int scenarios) =>
        (double)(await dreamer.PostAsync("/api/v1/dreams/sessions?wait=true", new { max_scenarios = scenarios }))["session"]!["duration_seconds"]!;

    private static JsonObject Spread(List<double> times)
    {
        times.Sort();
        double At(double share) => Math.Round(times[Math.Min(times.Count - 1, (int)Math.Ceiling(share * times.Count) - 1)], 1);
        return new JsonObject { ["p50"] = At(0.5), ["p95"] = At(0.95), ["max"] = At(1) };
    }
}

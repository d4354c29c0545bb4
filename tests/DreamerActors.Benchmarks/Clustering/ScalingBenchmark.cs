using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DreamerActors.Tests;

namespace DreamerActors.Benchmarks.Clustering;

/// <summary>
/// <c>scaling</c>: how many dreams a minute one session brings on several machines, when every answer of the language model takes the same time, and what a dream costs besides the model and the sandbox.
/// All machines are on this one, so the model's latency must be what a dream mostly waits for: <c>processors_busy_percent</c> tells whether it was.
/// </summary>
internal static partial class ScalingBenchmark
{
    private const double Goal = 0.9;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly Option<string> Machines = new("--nodes") { Description = "Numbers of machines, compared with one.", DefaultValueFactory = _ => "1,2,4" };
    private static readonly Option<int> Scenarios = new("--scenarios") { Description = "Scenarios for each machine.", DefaultValueFactory = _ => 32 };
    private static readonly Option<int> Latency = new("--latency") { Description = "Milliseconds that the model takes for an answer.", DefaultValueFactory = _ => 5_000 };
    private static readonly Option<int> Concurrency = new("--concurrency") { Description = "Dreams at once on each machine.", DefaultValueFactory = _ => 4 };

    private const string Solution = """
        Count runs with groupby.

        ```python
        from itertools import groupby


        def longest_run(items):
            return max((sum(1 for _ in group) for _, group in groupby(items)), default=0)
        ```
        """;

    public static Command Build()
    {
        var command = new Command("scaling", "Dreams with a model of fixed latency on several machines and one PostgreSQL database, and prints one JSON object with dreams per minute and what each cost.")
        {
            Machines, Scenarios, Latency, Concurrency,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var database = new PostgresServer();
        await database.InitializeAsync();
        var measured = new List<Figures>();
        try
        {
            foreach (var machines in parsed.GetRequiredValue(Machines).Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture)))
            {
                measured.Add(await MeasureAsync(database, machines, parsed));
                await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{machines} machines: {measured[^1].PerMinute:0.0} dreams a minute"));
            }
        }
        finally
        {
            await database.DisposeAsync();
        }

        var one = measured.FirstOrDefault(each => each.Machines == 1);
        double? Efficiency(Figures each) => one is null ? null : each.PerMinute / (each.Machines * one.PerMinute);
        Console.WriteLine(new JsonObject
        {
            ["processors"] = Environment.ProcessorCount,
            ["latency_ms"] = parsed.GetValue(Latency),
            ["concurrency_per_machine"] = parsed.GetValue(Concurrency),
            ["scenarios_per_machine"] = parsed.GetValue(Scenarios),
            ["measured"] = new JsonArray([.. measured.Select(each => each.Json(Efficiency(each)))]),
        }.ToJsonString(Indented));
        return measured.All(each => Efficiency(each) is null or >= Goal) ? 0 : 1;
    }

    private static async Task<Figures> MeasureAsync(PostgresServer database, int machines, ParseResult parsed)
    {
        var (latency, concurrency, scenarios) = (TimeSpan.FromMilliseconds(parsed.GetValue(Latency)), parsed.GetValue(Concurrency), machines * parsed.GetValue(Scenarios));
        await using var model = new FaultServer(async exchange =>
        {
            await Task.Delay(latency, exchange.Stop);
            await FaultServer.Answers(exchange.Model == "weaver" ? Woven(exchange.Request) : Solution)(exchange);
        });
        var journal = await database.CreateDatabaseAsync();
        var places = Enumerable.Range(0, machines).Select(_ => Ports.Free()).ToList();
        var dreamers = new List<RunningDreamer>();
        try
        {
            var starting = places.Select(place => RunningDreamer.StartAsync(
                ("DREAMER_JOURNAL", journal), ("DREAMER_CLUSTER", $"127.0.0.1:{place}"), ("DREAMER_SEEDS", string.Join(',', places.Select(each => $"127.0.0.1:{each}"))),
                ("DREAMING_UNATTENDED", "true"), ("DREAMING_IDLE_DAILY_SCENARIOS", "0"), ("DREAMING_NIGHT_HOURS", $"{(DateTime.Now.Hour + 12) % 24}-{(DateTime.Now.Hour + 13) % 24}"),
                ("DREAMING_CONCURRENCY", $"{concurrency}"), ("DREAMING_LLM_CONCURRENCY", $"{concurrency}"), ("DREAMING_SCENARIO_COMPLEXITY", "simple"), ("DREAMING_VALIDATION_STRICT", "false"),
                ("DREAMING_BRAIN", "openai"), ("DREAMING_LLM_ENDPOINT", model.Endpoint.ToString()), ("DREAMING_WEAVER_MODEL", "weaver"), ("DREAMING_CODER_MODEL", "coder"), ("DREAMING_LLM_MODEL", "judge"),
                ("DREAMING_CPU_THRESHOLD", "1"), ("DREAMING_MEMORY_THRESHOLD", "1"), ("DREAMING_PROCESS_PRIORITY", "0"))).ToList();
            foreach (var start in starting) dreamers.Add(await start);
            await DreamAsync(dreamers[0], machines * concurrency); // everybody is there, and everything is warm from now on
            var (asked, used, busy) = (model.Requests.Count, Used(dreamers), Outside.Processors());
            var report = await DreamAsync(dreamers[0], scenarios);
            var events = await database.SqlAsync(PostgresServer.NameOf(journal), $"SELECT count(*) FROM journal WHERE persistence_id = 'dream-session-{report["session_id"]}'");
            return new Figures(
                machines, (int)report["dreams_attempted"]!, (int)report["dreams_successful"]!, (double)report["duration_seconds"]!, model.Requests.Count - asked, model.MostAtOnce,
                Used(dreamers) - used, int.Parse(events, CultureInfo.InvariantCulture), Outside.Processors() - busy);
        }
        finally
        {
            dreamers.ForEach(dreamer => dreamer.Dispose());
        }
    }

    private static async Task<JsonNode> DreamAsync(RunningDreamer dreamer, int scenarios)
    {
        var id = (string)(await dreamer.PostAsync("/api/v1/dreams/sessions", new { max_scenarios = scenarios }))["session_id"]!;
        return await dreamer.SessionAsync(id, it => (string?)it["status"] != "running");
    }

    /// <summary>Processor time of the dreamers themselves: what their sandboxes use is counted for other processes.</summary>
    private static TimeSpan Used(List<RunningDreamer> dreamers) => dreamers.Aggregate(TimeSpan.Zero, (sum, dreamer) =>
    {
        dreamer.Process.Refresh();
        return sum + dreamer.Process.TotalProcessorTime;
    });

    /// <summary>A right answer of the weaver, about whatever libraries the question demands.</summary>
    private static string Woven(JsonElement request)
    {
        var question = request.GetProperty("messages").EnumerateArray().Last().GetProperty("content").ToString();
        var demanded = Demanded().Match(question).Groups[1].Value;
        return JsonSerializer.Serialize(new
        {
            plan = "Count runs.", title = "Longest run", description = "Find the longest run of equal neighbours.",
            task_prompt = "Write longest_run(items): the length of the longest run of equal neighbours; an empty list gives 0.",
            test_cases = new[] { "longest_run([1, 1, 2]) returns 2" },
            test_code = "from solution import longest_run\n\n\ndef test_runs():\n    assert longest_run([5, 5, 5, 1]) == 3\n    assert longest_run([1, 2, 2, 3, 3, 3, 3]) == 4\n    assert longest_run([1, 2, 3]) == 1\n\n\n"
                + "def test_edges():\n    assert longest_run([]) == 0\n    assert longest_run(['a']) == 1\n",
            difficulty = "simple", libraries = demanded.Length > 0 ? demanded.Split(", ") : ["itertools"],
        });
    }

    [GeneratedRegex(@"(?:has to use the module|in a meaningful way:) (\w+(?:, \w+)*)")]
    private static partial Regex Demanded();

    private sealed record Figures(int Machines, int Dreams, int Kept, double Seconds, int Requests, int MostRequests, TimeSpan Used, int Events, double Busy)
    {
        public double PerMinute => Dreams / Seconds * 60;

        public JsonObject Json(double? efficiency) => new()
        {
            ["machines"] = Machines,
            ["dreams"] = Dreams,
            ["kept"] = Kept,
            ["seconds"] = Math.Round(Seconds, 1),
            ["dreams_per_minute"] = Math.Round(PerMinute, 1),
            ["efficiency"] = efficiency is { } share ? Math.Round(share, 3) : null,
            ["requests_per_dream"] = Math.Round((double)Requests / Dreams, 2),
            ["most_requests_at_once"] = MostRequests,
            ["dreamer_cpu_ms_per_dream"] = Math.Round(Used.TotalMilliseconds / Dreams, 1),
            // In both is what goes by the second, not by the dream: looking at the machine, telling each other that all are alive.
            ["dreamer_cpu_percent_of_one_processor"] = Math.Round(Used.TotalSeconds / (Seconds * Machines) * 100, 1),
            ["journal_writes_per_dream"] = Math.Round((double)Events / Dreams, 2),
            ["processors_busy_percent"] = Math.Round(Busy / (Seconds * Environment.ProcessorCount) * 100),
        };
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Benchmarks.Guarding;

/// <summary><c>soak</c>: thousands of validations in a row through the real sandbox, and what has grown meanwhile.</summary>
internal static class SoakBenchmark
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly Option<FileInfo> Tasks = new Option<FileInfo>("--tasks")
    {
        Description = "JSON lines {\"id\",\"code\",\"test_code\"}, taken again and again; with \"expect\", wrong verdicts are counted.", Required = true,
    }.AcceptExistingOnly();

    private static readonly Option<int> Count = new("--count") { Description = "Validations between the two looks.", DefaultValueFactory = _ => 10_000 };
    private static readonly Option<int> WarmUp = new("--warm-up") { Description = "Validations before the first look.", DefaultValueFactory = _ => 600 };
    private static readonly Option<string> Sandbox = new("--sandbox") { Description = "Which sandbox.", DefaultValueFactory = _ => "bubblewrap" };
    private static readonly Option<string> Mode = new("--mode") { Description = "Stages to ask.", DefaultValueFactory = _ => "lenient" };
    private static readonly Option<int> Concurrency = new("--concurrency") { Description = "Tasks at once.", DefaultValueFactory = _ => Environment.ProcessorCount };

    public static Command Build()
    {
        Sandbox.AcceptOnlyFromAmong("bubblewrap", "docker");
        Mode.AcceptOnlyFromAmong("strict", "lenient");
        var command = new Command("soak", "Judges tasks for long and prints one JSON object with what there was before and after; ends with 1 when something has grown.")
        {
            Tasks, Count, WarmUp, Sandbox, Mode, Concurrency,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var temporary = Directory.CreateTempSubdirectory("dreamer-soak-");
        Environment.SetEnvironmentVariable("TMPDIR", temporary.FullName);
        try
        {
            var (sandbox, concurrency) = (parsed.GetRequiredValue(Sandbox), parsed.GetValue(Concurrency));
            var tasks = (await File.ReadAllLinesAsync(parsed.GetRequiredValue(Tasks).FullName, cancellation)).Where(line => line.Length > 0).Select(GuardianTask.Read).ToList();
            await using var services = GuardianBenchmark.Services(sandbox, concurrency);
            var run = new Run(services.GetRequiredService<IGuardian>(), tasks, parsed.GetValue(Mode) == "strict", concurrency);
            var look = new Look(services.GetRequiredService<ISandboxKeeper>(), sandbox == "docker", temporary.FullName);
            await run.JudgeAsync(parsed.GetValue(WarmUp), cancellation);
            var before = await look.TakeAsync();
            var began = Stopwatch.GetTimestamp();
            var (outcomes, wrong) = await run.JudgeAsync(parsed.GetValue(Count), cancellation);
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            var after = await look.TakeAsync();
            var grown = Look.Bounds.Where(bound => after[bound.Key] > before[bound.Key] + bound.Value).Select(bound => bound.Key).ToList();
            Console.WriteLine(new JsonObject
            {
                ["sandbox"] = sandbox,
                ["mode"] = parsed.GetValue(Mode),
                ["concurrency"] = concurrency,
                ["validations"] = parsed.GetValue(Count),
                ["outcomes"] = Written(outcomes),
                ["wrong"] = wrong,
                ["seconds"] = Math.Round(seconds, 1),
                ["per_second"] = Math.Round(parsed.GetValue(Count) / seconds, 2),
                ["before"] = Written(before),
                ["after"] = Written(after),
                ["may_grow_by"] = Written(Look.Bounds),
                ["grown"] = new JsonArray([.. grown.Select(name => (JsonNode)name)]),
            }.ToJsonString(Indented));
            return grown.Count == 0 ? 0 : 1;
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private static JsonObject Written(IEnumerable<KeyValuePair<string, long>> figures) => new(figures.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value)));

    private sealed record Run(IGuardian Guardian, List<GuardianTask> Tasks, bool Strict, int Concurrency)
    {
        public async Task<(SortedDictionary<string, long> Outcomes, int Wrong)> JudgeAsync(int count, CancellationToken cancellation)
        {
            var (outcomes, wrong) = (new SortedDictionary<string, long>(), 0);
            var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation };
            await Parallel.ForEachAsync(Enumerable.Range(0, count), options, async (number, stop) =>
            {
                var task = Tasks[number % Tasks.Count];
                var outcome = (await Guardian.JudgeAsync(task.Submission(Strict), stop)).Outcome;
                lock (outcomes)
                {
                    var name = outcome.ToString().ToLowerInvariant();
                    outcomes[name] = outcomes.GetValueOrDefault(name) + 1;
                    wrong += task.Expect is { } expected && expected != outcome ? 1 : 0;
                }
            });
            return (outcomes, wrong);
        }
    }
}

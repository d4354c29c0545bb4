using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Guarding;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Benchmarks.Guarding;

/// <summary><c>guardian</c>: how fast the guardian judges, against a bare interpreter on the same tasks.</summary>
internal static class GuardianBenchmark
{
    /// <summary>Guardian and baseline take turns this often, so that what else the machine does weighs on both.</summary>
    private const int Turns = 8;

    /// <summary>All tasks are judged again until the guardian has worked for so long: what is over in a second says more of that second than of the guardian.</summary>
    private static readonly TimeSpan AtLeast = TimeSpan.FromSeconds(4);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>First part of the names of containers, by which those of this process are known.</summary>
    internal static readonly string Containers = string.Create(CultureInfo.InvariantCulture, $"dreamer-bench-{Environment.ProcessId}");

    private static readonly Option<FileInfo> Tasks = new Option<FileInfo>("--tasks")
    {
        Description = "JSON lines {\"id\",\"code\",\"test_code\"}; with \"expect\": \"pass\" or \"fail\", wrong verdicts are named.",
        Required = true,
    }.AcceptExistingOnly();

    private static readonly Option<string[]> Sandboxes = new("--sandbox")
    {
        Description = "A DREAMING_SANDBOX value; may be repeated.", DefaultValueFactory = _ => ["auto"],
    };

    private static readonly Option<string> Mode = new("--mode") { Description = "Stages to ask.", DefaultValueFactory = _ => "both" };
    private static readonly Option<int> Concurrency = new("--concurrency") { Description = "Tasks at once, of guardian and baseline alike.", DefaultValueFactory = _ => Environment.ProcessorCount };
    private static readonly Option<bool> NoBaseline = new("--no-baseline")
    {
        Description = "Leave the baseline out. It runs every task WITHOUT isolation: never give it tasks that mean harm.",
    };

    public static Command Build()
    {
        Mode.AcceptOnlyFromAmong("strict", "lenient", "both");
        Sandboxes.AcceptOnlyFromAmong("bubblewrap", "docker", "auto");
        var command = new Command("guardian", "Judges all tasks and prints one JSON object with the speed of the guardian and of bare interpreters.")
        {
            Tasks, Sandboxes, Mode, Concurrency, NoBaseline,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var file = parsed.GetRequiredValue(Tasks);
        var concurrency = parsed.GetValue(Concurrency);
        bool[] modes = parsed.GetValue(Mode) switch { "strict" => [true], "lenient" => [false], _ => [false, true] };
        var tasks = (await File.ReadAllLinesAsync(file.FullName, cancellation)).Where(line => line.Length > 0).Select(GuardianTask.Read).ToList();
        if (tasks.Count == 0)
        {
            await Console.Error.WriteLineAsync($"there are no tasks in {file.FullName}");
            return 1;
        }
        var results = new JsonArray();
        foreach (var sandbox in parsed.GetRequiredValue(Sandboxes))
        {
            await using var services = Services(sandbox, concurrency);
            var guardian = services.GetRequiredService<IGuardian>();
            foreach (var strict in modes)
            {
                var measured = await MeasureAsync(guardian, tasks, strict, concurrency, !parsed.GetValue(NoBaseline), cancellation);
                results.Add(Report(sandbox, strict, tasks, measured));
            }
        }
        Console.WriteLine(new JsonObject
        {
            ["tasks_file"] = file.Name,
            ["concurrency"] = concurrency,
            ["processors"] = Environment.ProcessorCount,
            ["baseline"] = BareInterpreter.Name,
            ["results"] = results,
        }.ToJsonString(Indented));
        return 0;
    }

    internal static ServiceProvider Services(string sandbox, int concurrency)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["DREAMING_SANDBOX"] = sandbox,
            ["DREAMING_CONCURRENCY"] = concurrency.ToString(CultureInfo.InvariantCulture),
            ["DREAMING_PROCESS_PRIORITY"] = "0",
            ["DREAMING_DOCKER_NAMESPACE"] = Containers,
        }).Build();
        return new ServiceCollection().AddLogging().AddDreamerAdapters(SettingsReader.Read(configuration, Path.GetTempPath())).BuildServiceProvider();
    }

    private static async Task<Measured> MeasureAsync(
        IGuardian guardian, List<GuardianTask> tasks, bool strict, int concurrency, bool baseline, CancellationToken cancellation)
    {
        var verdicts = new Verdict[tasks.Count];
        async Task Judge(int task, CancellationToken stop)
        {
            var verdict = await guardian.JudgeAsync(tasks[task].Submission(strict), stop);
            // What is not as it should be in one round is told, whatever the others say.
            if (verdicts[task] is not { } before || before.Outcome == tasks[task].Wanted)
                verdicts[task] = verdict;
        }
        // The first jails, and the compilation of our own code while it runs: not the steady state of a night.
        await TimeAsync(Enumerable.Range(0, tasks.Count), concurrency, Judge, cancellation);
        await using var bare = new BareInterpreter();
        var (rounds, guarded, alone) = (0, TimeSpan.Zero, TimeSpan.Zero);
        for (; guarded < AtLeast; rounds++)
        {
            foreach (var turn in Enumerable.Range(0, tasks.Count).Chunk((tasks.Count + Turns - 1) / Turns))
            {
                guarded += await TimeAsync(turn, concurrency, Judge, cancellation);
                if (baseline)
                    alone += await TimeAsync(turn, concurrency, (task, stop) => bare.RunAsync(tasks[task], stop), cancellation);
            }
        }
        return new Measured(verdicts, rounds, guarded, baseline ? alone : null);
    }

    private static async Task<TimeSpan> TimeAsync(IEnumerable<int> tasks, int concurrency, Func<int, CancellationToken, Task> run, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var options = new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellation };
        await Parallel.ForEachAsync(tasks, options, async (task, stop) => await run(task, stop));
        return Stopwatch.GetElapsedTime(started);
    }

    private static JsonObject Report(string sandbox, bool strict, List<GuardianTask> tasks, Measured measured)
    {
        var judged = tasks.Zip(measured.Verdicts, (task, verdict) => (Task: task, Verdict: verdict));
        JsonArray Named(Func<GuardianTask, Verdict, bool> which) => new([.. judged.Where(each => which(each.Task, each.Verdict)).Select(each => (JsonNode)new JsonObject
        {
            ["id"] = each.Task.Id, ["kind"] = each.Verdict.Kind?.Name(), ["stage"] = each.Verdict.Stage, ["reason"] = each.Verdict.Reasons.FirstOrDefault(),
        })]);
        var perSecond = tasks.Count * measured.Rounds / measured.Guarded.TotalSeconds;
        var alone = tasks.Count * measured.Rounds / measured.Alone?.TotalSeconds;
        return new JsonObject
        {
            ["sandbox"] = sandbox,
            ["mode"] = strict ? "strict" : "lenient",
            ["tasks"] = tasks.Count,
            ["rounds"] = measured.Rounds,
            ["accepted"] = measured.Verdicts.Count(verdict => verdict.Outcome == VerdictOutcome.Pass),
            ["refused"] = Named((_, verdict) => verdict.Outcome == VerdictOutcome.Fail),
            ["not_judged"] = Named((_, verdict) => verdict.Outcome == VerdictOutcome.Error),
            ["wrong"] = Named((task, verdict) => task.Expect is { } expected && expected != verdict.Outcome),
            ["seconds"] = Math.Round(measured.Guarded.TotalSeconds, 3),
            ["per_second"] = Math.Round(perSecond, 2),
            ["baseline_per_second"] = alone is { } a ? Math.Round(a, 2) : null,
            ["ratio"] = alone is { } b ? Math.Round(perSecond / b, 3) : null,
        };
    }

    private sealed record Measured(Verdict[] Verdicts, int Rounds, TimeSpan Guarded, TimeSpan? Alone);
}

using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Brains;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;
using DreamerActors.Host.Terminal;
using DreamerActors.Hosting.Dreaming;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DreamerActors.Host.Commands;

/// <summary><c>dream</c>: one REM phase.</summary>
internal static class DreamCommand
{
    private static readonly Option<string[]> Knowledge = new("--knowledge")
    {
        Description = "Learn from this file or folder first and dream only about it; `stdlib` is Python's standard library. May be repeated.",
        HelpName = "PATH|stdlib",
    };

    private static readonly Option<int?> MaxScenarios = new("--max-scenarios") { Description = "Scenarios at most, 1 to 10000.", HelpName = "N" };
    private static readonly Option<string> Difficulty = new("--difficulty") { Description = "How hard scenarios shall be.", HelpName = "simple|medium|complex" };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Finish the newest session that was interrupted." };
    private static readonly Option<bool> UntilActive = new("--until-active") { Description = "Stop as soon as the user is active again; otherwise only load and Ctrl-C stop what somebody typed." };
    private static readonly Option<bool> Json = CommandTree.Json();

    public static Command Build()
    {
        var command = new Command("dream", CommandTree.Describe(
            "Runs one REM phase: weave, code, guard, keep. Ctrl-C is a wake-up; the rest can be resumed.",
            ["dreamer dream --knowledge stdlib --max-scenarios 20", "dreamer dream --knowledge ./mypackage --difficulty simple --json", "dreamer dream --resume"]))
        {
            Knowledge, MaxScenarios, Difficulty, Resume, UntilActive, Json,
        };
        MaxScenarios.Validators.Add(CommandTree.InRange(MaxScenarios, 1, 10_000));
        Difficulty.Validators.Add(CommandTree.OneOf(Difficulty, "simple", "medium", "complex"));
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken wake)
    {
        var paths = parsed.GetValue(Knowledge) ?? [];
        var resume = parsed.GetValue(Resume);
        if (resume && (paths.Length > 0 || parsed.GetValue(MaxScenarios) is not null || parsed.GetValue(Difficulty) is not null))
            throw new UsageException("--resume goes on with the plan of the interrupted session: it takes neither --knowledge, --max-scenarios nor --difficulty");

        var workplace = Workplace.Open();
        try
        {
            using var host = await workplace.EngineAsync(wake);
            var report = await DreamAsync(host, paths, resume, parsed, wake);
            return Show(report, parsed.GetValue(Json), workplace);
        }
        catch (EngineBusyException busy)
        {
            return Show(new RemReport(null, RemStatus.Busy, TimeSpan.Zero, 0, 0, 0, [], new Dictionary<string, int>(), busy.Message), parsed.GetValue(Json), workplace);
        }
    }

    private static async Task<RemReport> DreamAsync(IHost host, string[] paths, bool resume, ParseResult parsed, CancellationToken wake)
    {
        var learnt = paths.Length == 0
            ? null
            : await Progressing.IngestAsync(host.Services.GetRequiredService<IKnowledgeStore>(), paths, wake);
        await host.StartAsync(wake);
        try
        {
            var engine = host.Services.GetRequiredService<IDreamEngine>();
            var untilActive = parsed.GetValue(UntilActive);
            var request = new RemRequest(
                parsed.GetValue(MaxScenarios), ParseDifficulty(parsed.GetValue(Difficulty)), learnt?.EntityIds.ToHashSet(), UntilActive: untilActive);
            return await Progressing.DreamAsync(progress => resume ? engine.ResumeAsync(progress, wake, untilActive) : engine.EnterRemPhaseAsync(request, progress, wake));
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static Difficulty? ParseDifficulty(string? text) => text is null ? null : Enum.Parse<Difficulty>(text, ignoreCase: true);

    private static int Show(RemReport report, bool json, Workplace workplace)
    {
        if (json)
            Output.Json(ToJson(report));
        else if (report.SessionId is not null)
            Output.Line(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"Session {report.SessionId} {Name(report.Status)}: {report.Successful} of {report.Attempted} dreams kept, {report.Lost} lost, {report.Duration.TotalSeconds:0.0} s. Files: {workplace.Settings.OutputDirectory}"));
        switch (report.Status)
        {
            case RemStatus.Completed:
                return ExitCode.Done;
            case RemStatus.NothingToResume:
                Output.Note("There is no unfinished session.");
                return ExitCode.Done;
            case RemStatus.NoKnowledge:
                Output.Note("There is nothing to dream about yet. Try: dreamer dream --knowledge stdlib, or: dreamer ingest FOLDER");
                return ExitCode.NoKnowledge;
            case RemStatus.Interrupted:
                if (report.Interruption?.Detail is { } why)
                    Output.Note($"Interrupted: {why}");
                if (report.Interruption?.Problem is { } problem)
                    Output.Note($"warning: the wake-up was not clean: {problem}");
                Output.Note("Interrupted; go on with: dreamer dream --resume");
                return ExitCode.Interrupted;
            default:
                Output.Errors([report.Error ?? "the session failed"]);
                return ExitCode.Error;
        }
    }

    private static string Name(RemStatus status) => JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    private static JsonObject ToJson(RemReport report) => new()
    {
        ["session_id"] = report.SessionId,
        ["status"] = Name(report.Status),
        ["duration_seconds"] = Math.Round(report.Duration.TotalSeconds, 3),
        ["dreams_attempted"] = report.Attempted,
        ["dreams_successful"] = report.Successful,
        ["dreams_lost"] = report.Lost,
        ["success_rate"] = Math.Round(report.SuccessRate, 4),
        ["scenarios"] = new JsonArray([.. report.Scenarios.Select(title => JsonValue.Create(title))]),
        ["rejections"] = new JsonObject(report.Rejections.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value))),
        ["losses"] = new JsonObject((report.Losses ?? new Dictionary<string, int>()).Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value))),
        ["tokens"] = BrainUseJson.Write(report.Use ?? []),
        ["error"] = report.Error,
        ["interruption"] = report.Interruption is { } interruption ? ToJson(interruption) : null,
    };

    private static JsonObject ToJson(SessionInterrupted interruption) => new()
    {
        ["reason"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(interruption.Reason.ToString()),
        ["detail"] = interruption.Detail,
        ["stopped_in_ms"] = Math.Round(interruption.StopLatency.TotalMilliseconds, 1),
        ["killed"] = interruption.Killed,
        ["problem"] = interruption.Problem,
    };
}

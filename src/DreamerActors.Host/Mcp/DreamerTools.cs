using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Lessons;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;
using DreamerActors.Host.Commands;
using DreamerActors.Hosting.Settings;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace DreamerActors.Host.Mcp;

/// <summary>What a coding assistant may ask of the dreamer. Every answer is one JSON text.</summary>
[McpServerToolType]
internal sealed class DreamerTools(DreamerSettings settings, IGuardian guardian, IJournalReader journal)
{
    private const int MostRows = 200;

    [McpServerTool(Name = "validate", ReadOnly = true)]
    [Description("Proves a Python solution by executing its tests in a sandbox: a JSON verdict (pass, fail or error) with stage, kind, reasons and evidence.")]
    public async Task<string> ValidateAsync(
        [Description("The solution, one Python module. The tests import it as `solution`.")] string code,
        [Description("The tests: functions named test_…, unittest classes, or pytest style.")] string tests,
        [Description("All stages (blind trial, stubs, mutants, repeated runs) instead of parse, static rules and tests only.")] bool strict = true,
        CancellationToken cancellation = default) =>
        VerdictJson.Write(await guardian.JudgeAsync(new Submission(code, tests, strict), cancellation)).ToJsonString();

    [McpServerTool(Name = "search_lessons", ReadOnly = true)]
    [Description("Lessons that were learnt from proven dreams, newest first: situation, action with full code, result, feedback, tags.")]
    public async Task<string> SearchLessonsAsync(
        [Description("Only lessons that contain this text, in any case.")] string? text = null,
        [Description("Only lessons with one of these tags.")] string[]? tags = null,
        [Description("At most so many, 1 to 200.")] int limit = 10,
        CancellationToken cancellation = default)
    {
        var lessons = await new LessonsReader(settings.MemoryRoot).ReadAsync(tags ?? [], text, InRange(limit), cancellation);
        return new JsonArray([.. lessons.Select(lesson => lesson.Document.DeepClone())]).ToJsonString();
    }

    [McpServerTool(Name = "journal", ReadOnly = true)]
    [Description("Dreams, newest first: what was dreamt, whether it was kept, and if not, at which stage and why it was refused.")]
    public async Task<string> JournalAsync(
        [Description("kept, rejected or lost; all when left out.")] string? outcome = null,
        [Description("Only dreams that use this library.")] string? library = null,
        [Description("At most so many, 1 to 200.")] int limit = 20,
        CancellationToken cancellation = default)
    {
        if (outcome is not (null or "kept" or "rejected" or "lost"))
            throw new McpException("outcome is kept, rejected or lost");
        var dreams = await journal.DreamsAsync(new DreamQuery(Outcome: outcome, Library: library, Limit: InRange(limit)), cancellation);
        return new JsonArray([.. dreams.Select(dream => (JsonNode)new JsonObject
        {
            ["dream_id"] = dream.Dream.Value, ["title"] = dream.Title, ["outcome"] = dream.Outcome, ["stage"] = dream.Stage, ["kind"] = dream.Kind,
            ["reason"] = dream.Reason, ["difficulty"] = dream.Difficulty, ["libraries"] = new JsonArray([.. dream.Libraries.Select(each => (JsonNode)each)]),
            ["at"] = dream.At.ToString("O"),
        })]).ToJsonString();
    }

    [McpServerTool(Name = "dream_document", ReadOnly = true)]
    [Description("One kept dream as it stands in its file: task, code, tests, evidence, provenance.")]
    public async Task<string> DreamDocumentAsync([Description("Its dream_id, eight hexadecimal digits.")] string id, CancellationToken cancellation = default) =>
        await journal.DreamAsync(new DreamId(id), cancellation) ?? throw new McpException("there is no kept dream with this id");

    [McpServerTool(Name = "status", ReadOnly = true)]
    [Description("How many dreams were attempted and kept so far, and what a running host does now.")]
    public async Task<string> StatusAsync(CancellationToken cancellation = default)
    {
        var statistics = await journal.StatisticsAsync(cancellation);
        using var host = RunningHost.Find(settings);
        return new JsonObject
        {
            ["sessions"] = statistics.Sessions,
            ["total_dreams"] = statistics.TotalDreams,
            ["successful_dreams"] = statistics.SuccessfulDreams,
            ["lost_dreams"] = statistics.LostDreams,
            ["brain"] = settings.Brain,
            ["host"] = host is null ? null : (await host.GetAsync("/api/v1/dreams/status", cancellation))["dreams"]!.DeepClone(),
        }.ToJsonString();
    }

    [McpServerTool(Name = "dream", Destructive = false)]
    [Description("Lets the running host dream now; answers with the session's id as soon as it has begun. Ask status and journal for what becomes of it.")]
    public async Task<string> DreamAsync(
        [Description("How many scenarios at most, 1 to 10000; the configured number when left out.")] int? maxScenarios = null,
        [Description("simple, medium or complex; the configured one when left out.")] string? difficulty = null,
        CancellationToken cancellation = default)
    {
        using var host = RunningHost.Find(settings) ?? throw new McpException("no host runs on this data: start one with `dreamer run`");
        var wish = new JsonObject { ["max_scenarios"] = maxScenarios, ["difficulty"] = difficulty };
        try
        {
            return (await host.PostAsync("/api/v1/dreams/sessions", cancellation, wish)).ToJsonString();
        }
        catch (IOException refused)
        {
            throw new McpException(refused.Message);
        }
    }

    private static int InRange(int limit) => limit is >= 1 and <= MostRows ? limit : throw new McpException($"limit is from 1 to {MostRows}");
}

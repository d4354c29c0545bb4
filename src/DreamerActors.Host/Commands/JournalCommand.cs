using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;
using DreamerActors.Host.Terminal;
using DreamerActors.Hosting.Dreaming;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Host.Commands;

/// <summary><c>journal</c>: what was dreamt.</summary>
internal static class JournalCommand
{
    private static readonly Option<bool> Json = CommandTree.Json();
    private static readonly Option<int> Limit = CommandTree.Limit();
    private static readonly Option<int> DreamLimit = CommandTree.Limit(normal: 10_000);
    private static readonly Argument<string> Id = new("ID") { Description = "A dream's eight digits, or a session's id." };

    public static Command Build()
    {
        var list = new Command("list", CommandTree.Describe("Lists sessions, newest first.", ["dreamer journal list --limit 5", "dreamer journal list --json"])) { Limit, Json };
        list.SetAction(ListAsync);
        var show = new Command("show", CommandTree.Describe("Shows one kept dream, or every dream of a session.", ["dreamer journal show 3ad33cf3", "dreamer journal show SESSION --json"])) { Id, DreamLimit, Json };
        show.SetAction(ShowAsync);
        var rebuild = new Command("rebuild", CommandTree.Describe("Derives dream files, lessons and the read model from the journal again.", ["dreamer journal rebuild"])) { Json };
        rebuild.SetAction(RebuildAsync);
        return new Command("journal", "Shows and rebuilds what was dreamt.") { list, show, rebuild };
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken wake)
    {
        await using var services = Workplace.Open().Adapters();
        var sessions = await services.GetRequiredService<IJournalReader>().SessionsAsync(parsed.GetValue(Limit), wake);
        if (parsed.GetValue(Json))
        {
            Output.Json(new JsonArray([.. sessions.Select(ToJson)]));
            return ExitCode.Done;
        }

        Output.Table(
            ["session", "status", "started", "kept", "attempted", "lost", "brain"],
            sessions.Select(s => new[] { s.Session.Value, s.Status, When(s.StartedAt), Number(s.Successful), Number(s.Attempted), Number(s.Lost), s.Brain }));
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(ParseResult parsed, CancellationToken wake)
    {
        await using var services = Workplace.Open().Adapters();
        var reader = services.GetRequiredService<IJournalReader>();
        var id = parsed.GetValue(Id)!;
        if (await reader.DreamAsync(new DreamId(id), wake) is { } document)
        {
            Output.Json(JsonNode.Parse(document)!);
            return ExitCode.Done;
        }

        var dreams = await reader.DreamsAsync(new DreamQuery(new SessionId(id), Limit: parsed.GetValue(DreamLimit)), wake);
        if (dreams.Count == 0)
            throw new UsageException($"{id} is neither a kept dream nor a session with dreams; see: dreamer journal list");
        if (parsed.GetValue(Json))
            Output.Json(new JsonArray([.. dreams.Select(ToJson)]));
        else
            Output.Table(["dream", "outcome", "kind", "title", "reason"], dreams.Select(d => new[] { d.Dream.Value, d.Outcome, d.Kind ?? "", d.Title, d.Reason ?? "" }));
        return ExitCode.Done;
    }

    private static async Task<int> RebuildAsync(ParseResult parsed, CancellationToken wake)
    {
        var workplace = Workplace.Open();
        using var host = await workplace.EngineAsync(wake);
        await host.StartAsync(wake);
        try
        {
            await host.Services.GetRequiredService<IDreamEngine>().RebuildJournalAsync(wake);
            var statistics = await host.Services.GetRequiredService<IJournalReader>().StatisticsAsync(wake);
            if (parsed.GetValue(Json))
                Output.Json(new JsonObject { ["sessions"] = statistics.Sessions, ["dreams_kept"] = statistics.SuccessfulDreams, ["output_directory"] = workplace.Settings.OutputDirectory });
            else
                Output.Line($"Rebuilt {statistics.SuccessfulDreams} dreams of {statistics.Sessions} sessions in {workplace.Settings.OutputDirectory}");
            return ExitCode.Done;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static JsonObject ToJson(SessionSummary session) => new()
    {
        ["session_id"] = session.Session.Value,
        ["status"] = session.Status,
        ["started_at"] = session.StartedAt,
        ["ended_at"] = session.EndedAt,
        ["dreams_planned"] = session.Planned,
        ["dreams_attempted"] = session.Attempted,
        ["dreams_successful"] = session.Successful,
        ["dreams_lost"] = session.Lost,
        ["trigger"] = session.Trigger,
        ["brain"] = session.Brain,
    };

    private static JsonObject ToJson(DreamSummary dream) => new()
    {
        ["dream_id"] = dream.Dream.Value,
        ["session_id"] = dream.Session.Value,
        ["entity_id"] = dream.EntityId,
        ["title"] = dream.Title,
        ["outcome"] = dream.Outcome,
        ["stage"] = dream.Stage,
        ["kind"] = dream.Kind,
        ["reason"] = dream.Reason,
        ["approval"] = dream.Approval,
        ["at"] = dream.At,
        ["difficulty"] = dream.Difficulty,
        ["difficulty_reason"] = dream.DifficultyReason,
        ["libraries"] = new JsonArray([.. dream.Libraries.Select(each => JsonValue.Create(each))]),
    };

    private static string When(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Journal;
using DreamerActors.Host.Terminal;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Host.Commands;

/// <summary><c>analyze</c>: what was practised, and how it went.</summary>
internal static class AnalyzeCommand
{
    private static readonly TimeSpan Noon = TimeSpan.FromHours(12);
    private static readonly Option<int> Limit = CommandTree.Limit(normal: 10);
    private static readonly Option<bool> Json = CommandTree.Json();

    public static Command Build()
    {
        var command = new Command("analyze", CommandTree.Describe(
            "Tells which libraries were practised most, and the success by library, difficulty and night.", ["dreamer analyze", "dreamer analyze --limit 3 --json"])) { Limit, Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken wake)
    {
        await using var services = Workplace.Open().Adapters();
        var dreams = await services.GetRequiredService<IJournalReader>().DreamsAsync(new DreamQuery(Limit: int.MaxValue), wake);
        var analysis = DreamAnalysis.Of(dreams, NightOf);
        var limit = parsed.GetValue(Limit);
        if (parsed.GetValue(Json))
            Output.Json(ToJson(analysis, limit));
        else
            Show(analysis, limit);
        if (dreams.Count == 0)
            Output.Note("Nothing was dreamt yet. Begin with: dreamer dream --knowledge stdlib");
        return ExitCode.Done;
    }

    /// <summary>The evening's date: what is dreamt before noon belongs to the night that began the day before.</summary>
    private static string NightOf(DateTimeOffset at) => (at.ToLocalTime() - Noon).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static void Show(DreamAnalysis analysis, int limit)
    {
        Output.Line($"Total dreams: {analysis.All.Kept}");
        Output.Line("");
        Output.Line("Most practiced libraries:");
        foreach (var (library, kept) in analysis.Practised.Take(limit))
            Output.Line($"  {library}: {kept}");
        foreach (var (title, tallies) in Parts(analysis))
        {
            if (tallies.Count == 0)
                continue;
            Output.Line("");
            Output.Table([title, "kept", "judged", "lost", "success"], tallies.Take(limit).Select(tally => new[]
            {
                tally.Name, Number(tally.Kept), Number(tally.Kept + tally.Rejected), Number(tally.Lost), string.Create(CultureInfo.InvariantCulture, $"{tally.SuccessRate:P0}"),
            }));
        }
        Output.Line("");
        if (analysis.Refusals.Count > 0)
            Output.Line("Refused: " + string.Join(", ", analysis.Refusals.Take(limit).Select(each => $"{each.Times} {each.Kind}")));
    }

    private static (string Title, IReadOnlyList<Tally> Tallies)[] Parts(DreamAnalysis analysis) =>
        [("library", analysis.Libraries), ("difficulty", analysis.Difficulties), ("night", analysis.Nights)];

    private static JsonObject ToJson(DreamAnalysis analysis, int limit)
    {
        var json = new JsonObject
        {
            ["total_dreams"] = analysis.All.Kept,
            ["all"] = ToJson(analysis.All),
            ["most_practiced_libraries"] = new JsonObject(analysis.Practised.Take(limit).Select(each => KeyValuePair.Create(each.Library, (JsonNode?)each.Kept))),
            ["refusals"] = new JsonObject(analysis.Refusals.Take(limit).Select(each => KeyValuePair.Create(each.Kind, (JsonNode?)each.Times))),
        };
        foreach (var (title, tallies) in Parts(analysis))
            json["by_" + title] = new JsonArray([.. tallies.Take(limit).Select(ToJson)]);
        return json;
    }

    private static JsonObject ToJson(Tally tally) => new()
    {
        ["name"] = tally.Name, ["kept"] = tally.Kept, ["rejected"] = tally.Rejected, ["lost"] = tally.Lost, ["success_rate"] = Math.Round(tally.SuccessRate, 4),
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}

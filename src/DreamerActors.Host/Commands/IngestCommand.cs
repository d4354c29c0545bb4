using System.CommandLine;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Host.Terminal;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Host.Commands;

/// <summary><c>ingest</c>: sources into the knowledge graph.</summary>
internal static class IngestCommand
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "Files, folders, or `stdlib`.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<bool> Json = CommandTree.Json();

    public static Command Build()
    {
        var command = new Command("ingest", CommandTree.Describe(
            "Reads Python sources and documents with examples into the knowledge graph.", ["dreamer ingest stdlib", "dreamer ingest ./mypackage README.md"]))
        {
            Paths, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken wake)
    {
        await using var services = Workplace.Open().Adapters();
        var report = await Progressing.IngestAsync(services.GetRequiredService<IKnowledgeStore>(), parsed.GetValue(Paths) ?? [], wake);
        if (parsed.GetValue(Json))
        {
            Output.Json(new JsonObject
            {
                ["files"] = report.Files,
                ["entities"] = report.Entities,
                ["remembered"] = report.Remembered,
                ["skipped"] = new JsonArray([.. report.Skipped.Select(each => JsonValue.Create(each))]),
            });
        }
        else
        {
            Output.Line($"{report.Files} files: {report.Entities} entities, {report.Remembered} with code and runnable examples; {report.Skipped.Count} files left out");
            foreach (var skipped in report.Skipped.Take(20))
                Output.Note($"left out: {skipped}");
        }

        return ExitCode.Done;
    }
}

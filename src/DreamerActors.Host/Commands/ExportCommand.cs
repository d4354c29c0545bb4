using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Datasets;
using DreamerActors.Domain.Datasets;
using DreamerActors.Host.Terminal;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Host.Commands;

/// <summary><c>export</c>: datasets with a card.</summary>
internal static class ExportCommand
{
    private static readonly Option<string> Format = new("--format") { Description = "How examples are written; dpo and repair pair refused attempts with accepted ones.", HelpName = string.Join('|', DatasetFormat.All.Select(format => format.Name)), DefaultValueFactory = _ => "alpaca" };
    private static readonly Option<string> Out = new("--out") { Description = "A folder, or the .jsonl file to write; validation examples and card go beside it.", HelpName = "F", DefaultValueFactory = _ => "data/training" };
    private static readonly Option<string[]> Source = new("--source") { Description = "What to take, dreams if not given. May be repeated.", HelpName = "dreams|lessons|git|tasks" };
    private static readonly Option<string?> Repository = new("--repository") { Description = "The repository of the source git, the working directory if not given.", HelpName = "PATH" };
    private static readonly Option<string?> RepositoryLicence = new("--repository-licence") { Description = "That repository's licence, for card and filter.", HelpName = "SPDX" };
    private static readonly Option<int> History = new("--history") { Description = "Commits and tasks at most, 1 to 10000.", HelpName = "N", DefaultValueFactory = _ => 50 };
    private static readonly Option<bool> Approved = new("--approved") { Description = "Only dreams that a person approved." };
    private static readonly Option<bool> Strict = new("--strict") { Description = "Only dreams that passed all stages of the guardian." };
    private static readonly Option<string[]> Licence = new("--licence") { Description = "Only what has this licence; * stands for any text, and an unknown licence for none. May be repeated.", HelpName = "SPDX" };
    private static readonly Option<string[]> Library = new("--library") { Description = "Only dreams that use this library. May be repeated.", HelpName = "NAME" };
    private static readonly Option<bool> NoNearDuplicates = new("--no-near-duplicates") { Description = "Of near-duplicates only the first." };
    private static readonly Option<double> Validation = new("--validation") { Description = "Share kept aside to validate with, 0 to 0.5; near-duplicates are never parted.", HelpName = "SHARE", DefaultValueFactory = _ => 0 };
    private static readonly Option<int?> Mutants = new("--mutants") { Description = "For dpo and repair: pairs also with so many wrong variants of each solution at most, 1 to 12. Each is made by one small change, and is in only if the tests, run now, refuse it.", HelpName = "N" };
    private static readonly Option<bool> Json = CommandTree.Json();

    public static Command Build()
    {
        var command = new Command("export", CommandTree.Describe(
            "Writes a dataset with a card: counts, provenance, licences, how it was proven, hashes. Declined dreams and what shares words with a benchmark of DREAMING_DECONTAMINATION are left out.",
            ["dreamer export --format chatml --out data/training --validation 0.1", "dreamer export --format dpo --out pairs.jsonl --mutants 4 --approved --licence MIT --licence \"BSD*\""]))
        {
            Format, Out, Source, Repository, RepositoryLicence, History, Approved, Strict, Licence, Library, NoNearDuplicates, Validation, Mutants, Json,
        };
        Format.Validators.Add(CommandTree.OneOf(Format, [.. DatasetFormat.All.Select(format => format.Name)]));
        Source.Validators.Add(CommandTree.OneOf(Source, "dreams", "lessons", "git", "tasks"));
        History.Validators.Add(CommandTree.InRange(History, 1, 10_000));
        Validation.Validators.Add(Share);
        Mutants.Validators.Add(CommandTree.InRange(Mutants, 1, 12));
        command.SetAction(RunAsync);
        return command;
    }

    private static void Share(OptionResult result)
    {
        if (result.Tokens.Count > 0 && (!double.TryParse(result.Tokens[^1].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) || share > 0.5))
            result.AddError($"--validation {result.Tokens[^1].Value} is not accepted: a number from 0 to 0.5");
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken wake)
    {
        await using var services = Workplace.Open().Adapters();
        var request = new DatasetRequest(parsed.GetValue(Format)!, parsed.GetValue(Out)!)
        {
            Sources = parsed.GetValue(Source) is { Length: > 0 } sources ? [.. sources.Distinct()] : ["dreams"],
            Repository = parsed.GetValue(Repository),
            RepositoryLicence = parsed.GetValue(RepositoryLicence),
            MostOfHistory = parsed.GetValue(History),
            Mutants = parsed.GetValue(Mutants) ?? 0,
            Rules = new CurationRules
            {
                ApprovedOnly = parsed.GetValue(Approved),
                StrictOnly = parsed.GetValue(Strict),
                Licences = parsed.GetValue(Licence) ?? [],
                Libraries = parsed.GetValue(Library) ?? [],
                WithoutNearDuplicates = parsed.GetValue(NoNearDuplicates),
                Validation = parsed.GetValue(Validation),
            },
        };
        try
        {
            var dataset = await services.GetRequiredService<DatasetCurator>().WriteAsync(request, wake);
            if (parsed.GetValue(Json))
            {
                var card = dataset.Card.ToJson();
                card["paths"] = new JsonArray([.. dataset.Files.Select(file => (JsonNode)JsonValue.Create(Path.GetFullPath(file)))]);
                Output.Json(card);
            }
            else
            {
                var curated = dataset.Card.Curated;
                Output.Line($"{curated.Training.Count} examples to train on, {curated.Validation.Count} to validate with; {curated.Dropped.Count} left out, {curated.NearDuplicates.Count} groups of near-duplicates");
                foreach (var file in dataset.Files)
                    Output.Line("  " + file);
            }

            return ExitCode.Done;
        }
        catch (EmptyDatasetException empty)
        {
            Output.Errors([empty.Message]);
            Output.Note("Dream first, e.g.: dreamer dream --knowledge stdlib");
            return ExitCode.NoKnowledge;
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException(wrong.Message);
        }
    }
}

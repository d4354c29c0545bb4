using System.Text.Json.Nodes;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Domain.Datasets;

/// <summary>A file of a dataset.</summary>
/// <param name="Name">Its name, beside the card.</param>
/// <param name="Split"><c>train</c> or <c>validation</c>.</param>
/// <param name="Lines">How many examples it holds.</param>
/// <param name="Sha256">Digest of its bytes.</param>
public sealed record DatasetFile(string Name, string Split, int Lines, string Sha256);

/// <summary>What a dataset holds and where it comes from, counted from what was written.</summary>
/// <param name="Format">Its format.</param>
/// <param name="Created">When it was written.</param>
/// <param name="Files">Its files.</param>
/// <param name="Curated">What is in and what is not.</param>
/// <param name="Rules">What was asked for.</param>
/// <param name="Benchmarks">Names of the benchmarks that it was compared with.</param>
public sealed record DatasetCard(string Format, DateTimeOffset Created, IReadOnlyList<DatasetFile> Files, Curated Curated, CurationRules Rules, IReadOnlyList<string> Benchmarks)
{
    private IReadOnlyList<TrainingExample> Examples => field ??= [.. Curated.All];

    private IEnumerable<Verdict> Verdicts => Examples.Select(example => example.FromDream?.Dream.Verdict).OfType<Verdict>();

    /// <summary>The card for programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["format"] = Format,
        ["created"] = Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
        ["files"] = new JsonArray([.. Files.Select(file => (JsonNode)new JsonObject { ["name"] = file.Name, ["split"] = file.Split, ["examples"] = file.Lines, ["sha256"] = file.Sha256 })]),
        ["examples"] = new JsonObject { ["total"] = Examples.Count, ["train"] = Curated.Training.Count, ["validation"] = Curated.Validation.Count, ["synthetic"] = Examples.Count(example => example.Origin.Synthetic) },
        ["average_length"] = new JsonObject { ["input"] = Average(example => example.Input.Length), ["output"] = Average(example => example.Output.Length) },
        ["sources"] = Counts(example => [example.Origin.Source]),
        ["licences"] = Counts(example => [example.Origin.Licence ?? "unknown"]),
        ["packages"] = Counts(example => example.FromDream is { Dream.Scenario.Provenance: { Package: { } package } from } ? [$"{package} {from.Version}".TrimEnd()] : []),
        ["libraries"] = Counts(example => example.FromDream?.Dream.Scenario.Libraries ?? []),
        ["difficulties"] = Counts(example => example.FromDream is { } from ? [from.Dream.Scenario.Difficulty.ToString().ToLowerInvariant()] : []),
        ["brains"] = Counts(example => example.FromDream is { } from ? [from.Dream.Brain] : []),
        ["approvals"] = Counts(example => example.FromDream is { } from ? [from.Approval.ToString().ToLowerInvariant()] : []),
        ["refusals"] = Counts(example => example.Refused is { } refused ? [refused.Kind ?? "unknown"] : []),
        ["mutants"] = Examples.Count(example => example.Refused?.Mutation is not null),
        ["guardian"] = Guardian(),
        ["dropped"] = Grouped(Curated.Dropped.Select(each => each.Reason)),
        ["near_duplicates"] = new JsonObject
        {
            ["threshold"] = CodeSignature.Threshold,
            ["groups"] = new JsonArray([.. Curated.NearDuplicates.Select(group => (JsonNode)new JsonArray([.. group.Select(id => (JsonNode)JsonValue.Create(id))]))]),
        },
        ["decontamination"] = Texts(Benchmarks),
        ["rules"] = new JsonObject
        {
            ["approved_only"] = Rules.ApprovedOnly, ["strict_only"] = Rules.StrictOnly, ["licences"] = Texts(Rules.Licences), ["libraries"] = Texts(Rules.Libraries),
            ["without_near_duplicates"] = Rules.WithoutNearDuplicates, ["validation"] = Rules.Validation,
        },
    };

    /// <summary>The card for people.</summary>
    public string ToMarkdown()
    {
        var json = ToJson();
        var text = new System.Text.StringBuilder();
        text.Append("# Dataset card\n\n").Append($"Format `{Format}`, written {json["created"]}. Examples: {Examples.Count} ({Curated.Training.Count} to train on, {Curated.Validation.Count} to validate with); ")
            .Append($"{json["examples"]!["synthetic"]} of them are synthetic: made up and solved by a machine, and kept because executed tests proved them.\n\n")
            .Append("| file | split | examples | SHA-256 |\n|---|---|---|---|\n");
        foreach (var file in Files)
            text.Append($"| {file.Name} | {file.Split} | {file.Lines} | `{file.Sha256}` |\n");
        foreach (var (title, key) in new[]
        {
            ("Sources", "sources"), ("Licences", "licences"), ("Packages", "packages"), ("Libraries", "libraries"), ("Difficulties", "difficulties"), ("Brains", "brains"),
            ("Approvals", "approvals"), ("Refused attempts", "refusals"), ("Left out", "dropped"),
        })
        {
            if (json[key] is JsonObject { Count: > 0 } counts)
                text.Append($"\n## {title}\n\n").Append(string.Concat(counts.Select(each => $"- {Cell(each.Key)}: {each.Value}\n")));
        }
        text.Append($"\n## How it was proven\n\n```json\n{json["guardian"]!.ToJsonString()}\n```\n\n")
            .Append($"Near-duplicates (likeness of {CodeSignature.Threshold} and more): {Curated.NearDuplicates.Count} groups; no group is on both sides of the split. ")
            .Append(Benchmarks.Count == 0 ? "It was not compared with benchmarks.\n" : $"Compared with the benchmarks {string.Join(", ", Benchmarks.Select(Cell))}; what shares eight words in a row is left out.\n");
        return text.ToString();
    }

    private JsonObject Guardian() => new()
    {
        ["dreams"] = Verdicts.Count(),
        ["strict"] = Verdicts.Count(verdict => verdict.Strict),
        ["certified"] = Verdicts.Count(verdict => verdict.Certificate is not null),
        ["versions"] = Of(with => with.Guardian),
        ["sandboxes"] = Of(with => with.Sandbox),
        ["images"] = Of(with => with.Image),
        ["pythons"] = Of(with => with.Python),
        ["mutant_thresholds"] = Of(with => with.MutantThreshold.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        ["runs"] = Of(with => with.Runs.ToString(System.Globalization.CultureInfo.InvariantCulture)),
    };

    private JsonObject Of(Func<Circumstances, string> what) => Grouped(Verdicts.Select(verdict => verdict.Certificate).OfType<Certificate>().Select(certificate => what(certificate.With)));

    private JsonObject Counts(Func<TrainingExample, IEnumerable<string>> what) => Grouped(Examples.SelectMany(what));

    private double Average(Func<TrainingExample, int> length) => Examples.Count == 0 ? 0 : Math.Round(Examples.Average(length), 2);

    /// <summary>The most frequent first.</summary>
    private static JsonObject Grouped(IEnumerable<string> values) => new(values.GroupBy(value => value, StringComparer.Ordinal)
        .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => KeyValuePair.Create(group.Key, (JsonNode?)group.Count())));

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace('|', '/').Replace('`', '\'');
}

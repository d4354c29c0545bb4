using System.Security.Cryptography;
using System.Text;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Datasets;

/// <summary>What a dataset shall hold.</summary>
public sealed record CurationRules
{
    /// <summary>Only dreams that a person approved. A declined dream is never in a dataset.</summary>
    public bool ApprovedOnly { get; init; }

    /// <summary>Only dreams that passed all stages.</summary>
    public bool StrictOnly { get; init; }

    /// <summary>Only what has one of these licences; <c>*</c> stands for any text. Empty for all, known or not.</summary>
    public IReadOnlyList<string> Licences { get; init; } = [];

    /// <summary>Only dreams that use one of these libraries; empty for all.</summary>
    public IReadOnlyList<string> Libraries { get; init; } = [];

    /// <summary>Of near-duplicates only the first.</summary>
    public bool WithoutNearDuplicates { get; init; }

    /// <summary>Share that is kept aside for validation, 0 … 0.5.</summary>
    public double Validation { get; init; }
}

/// <summary>An example that is left out.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Reason">One of a few words: <c>declined</c>, <c>not_approved</c>, <c>not_strict</c>, <c>licence</c>, <c>library</c>, <c>short</c>, <c>duplicate</c>, <c>contaminated</c>, <c>near_duplicate</c>.</param>
public sealed record DroppedExample(string Id, string Reason);

/// <summary>What curation came to.</summary>
/// <param name="Training">To train on.</param>
/// <param name="Validation">To validate with; none of it is a near-duplicate of the former.</param>
/// <param name="Dropped">What was left out.</param>
/// <param name="NearDuplicates">Groups of near-duplicates among what is in, by their ids; groups of one are not told.</param>
public sealed record Curated(
    IReadOnlyList<TrainingExample> Training, IReadOnlyList<TrainingExample> Validation, IReadOnlyList<DroppedExample> Dropped, IReadOnlyList<IReadOnlyList<string>> NearDuplicates)
{
    /// <summary>Everything that is in.</summary>
    public IEnumerable<TrainingExample> All => Training.Concat(Validation);
}

/// <summary>Decides what goes into a dataset, and into which part of it. Pure: the same examples always come out the same way.</summary>
public static class Curation
{
    private const int ShortestText = 10;

    /// <summary>Curates.</summary>
    /// <param name="examples">What was collected, best first among duplicates.</param>
    /// <param name="contaminated">Ids of examples that share words with a benchmark.</param>
    /// <param name="rules">What is wanted.</param>
    public static Curated Curate(IReadOnlyList<TrainingExample> examples, IReadOnlySet<string> contaminated, CurationRules rules)
    {
        var dropped = new List<DroppedExample>();
        var kept = new List<TrainingExample>();
        var seen = new HashSet<(string, string, string?)>();
        foreach (var example in examples)
        {
            var reason = Refuse(example, rules) ?? Refuse(example)
                ?? (contaminated.Contains(example.Origin.Id) ? "contaminated" : seen.Add((example.Input, example.Output, example.Refused?.Code)) ? null : "duplicate");
            if (reason is null)
                kept.Add(example);
            else
                dropped.Add(new DroppedExample(example.Origin.Id, reason));
        }

        var likeness = LikenessGroups.Of(kept);
        if (rules.WithoutNearDuplicates)
        {
            var first = likeness.NearDuplicates.SelectMany(group => group.Skip(1)).ToHashSet();
            dropped.AddRange(first.Order().Select(index => new DroppedExample(kept[index].Origin.Id, "near_duplicate")));
            kept = [.. kept.Where((_, index) => !first.Contains(index))];
            likeness = LikenessGroups.Of(kept);
        }

        var validation = Split(kept, likeness.Related, rules.Validation);
        return new Curated(
            [.. kept.Where((_, index) => !validation.Contains(index))], [.. kept.Where((_, index) => validation.Contains(index))], dropped,
            [.. likeness.NearDuplicates.Select(group => (IReadOnlyList<string>)[.. group.Select(index => kept[index].Origin.Id)])]);
    }

    /// <summary>Whether the rules want it; it may still repeat another one.</summary>
    public static bool IsWanted(TrainingExample example, CurationRules rules) => Refuse(example, rules) is null;

    private static string? Refuse(TrainingExample example, CurationRules rules)
    {
        if (example.FromDream is { } from)
        {
            if (from.Approval == Approval.Declined) return "declined";
            if (rules.ApprovedOnly && from.Approval != Approval.Approved) return "not_approved";
            if (rules.StrictOnly && !from.Dream.Verdict.Strict) return "not_strict";
            if (rules.Libraries.Count > 0 && !from.Dream.Scenario.Libraries.Any(library => rules.Libraries.Contains(library, StringComparer.OrdinalIgnoreCase))) return "library";
        }
        return rules.Licences.Count > 0 && !rules.Licences.Any(licence => Matches(example.Origin.Licence, licence)) ? "licence" : null;
    }

    private static string? Refuse(TrainingExample example) => example.Input.Trim().Length < ShortestText || example.Output.Trim().Length < ShortestText ? "short" : null;

    /// <summary>Whether a licence is the wanted one; what is not known is none.</summary>
    private static bool Matches(string? licence, string wanted) => licence is not null && (wanted.Split('*') is [var whole]
        ? licence.Equals(whole, StringComparison.OrdinalIgnoreCase)
        : System.Text.RegularExpressions.Regex.IsMatch(licence, "^" + string.Join(".*", wanted.Split('*').Select(System.Text.RegularExpressions.Regex.Escape)) + "$",
            System.Text.RegularExpressions.RegexOptions.IgnoreCase | System.Text.RegularExpressions.RegexOptions.Singleline));

    /// <summary>Whole groups of related examples go to one side. Which ones follows from their ids alone, so that a growing dataset keeps its sides as far as it can.</summary>
    private static HashSet<int> Split(List<TrainingExample> kept, IReadOnlyList<IReadOnlyList<int>> groups, double share)
    {
        var wanted = (int)Math.Round(kept.Count * share, MidpointRounding.AwayFromZero);
        var chosen = new HashSet<int>();
        foreach (var group in groups.OrderBy(group => Order(kept[group[0]].Origin.Id), StringComparer.Ordinal))
        {
            if (chosen.Count + group.Count <= wanted)
                chosen.UnionWith(group);
        }
        return chosen;
    }

    private static string Order(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)));
}

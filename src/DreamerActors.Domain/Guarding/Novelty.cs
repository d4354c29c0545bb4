using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Guarding;

/// <summary>The kept dream that a program resembles most.</summary>
/// <param name="Dream">The kept dream.</param>
/// <param name="Likeness">How alike they are, 0 … 1.</param>
public sealed record NearestDream(DreamId Dream, double Likeness);

/// <summary>A text shares words with a benchmark.</summary>
/// <param name="Source">The benchmark file's name.</param>
/// <param name="Words">The first run of words that both have.</param>
public sealed record BenchmarkOverlap(string Source, string Words);

/// <summary>Knows what every kept dream is like.</summary>
public interface IKeptDreams
{
    /// <summary>The kept dream most like this, or null when none is near.</summary>
    Task<NearestDream?> NearestAsync(CodeSignature signature, CancellationToken cancellation);
}

/// <summary>Knows the benchmarks that must not leak into what is dreamt.</summary>
public interface IBenchmarks
{
    /// <summary>The first overlap of a text with a benchmark, or null.</summary>
    /// <exception cref="IOException">A benchmark file cannot be read.</exception>
    Task<BenchmarkOverlap?> OverlapAsync(string text, CancellationToken cancellation);
}

/// <summary>Decides whether a proven program is new. Pure; the table stands in docs/guardian.md.</summary>
public static class NoveltyRule
{
    /// <summary>The stage's name.</summary>
    public const string Stage = "novelty";

    /// <summary>The refusal of what repeats a benchmark or a kept dream; null when it is new.</summary>
    public static Ruling? Decide(NearestDream? nearest, BenchmarkOverlap? overlap)
    {
        if (overlap is not null)
            return Ruling.Fail(Stage, VerdictKind.Contaminated, $"it shares \"{overlap.Words}\" with the benchmark {overlap.Source}");
        return nearest is { Likeness: >= CodeSignature.Threshold } ? Ruling.Fail(Stage, VerdictKind.Duplicate, DuplicateOf(nearest)) : null;
    }

    /// <summary>A proven verdict turned into a refusal, because the session meanwhile kept something like it.</summary>
    public static Verdict Refuse(Verdict proven, NearestDream nearest)
    {
        var evidence = JsonObject.Create(proven.Evidence) ?? [];
        evidence[Stage] = Evidence(nearest, null);
        var ruling = Ruling.Fail(Stage, VerdictKind.Duplicate, DuplicateOf(nearest));
        return proven with { Outcome = ruling.Outcome, Stage = Stage, Kind = ruling.Kind, Reasons = [ruling.Reason!], Evidence = JsonSerializer.SerializeToElement(evidence) };
    }

    /// <summary>What the stage saw, for the verdict's evidence.</summary>
    public static JsonObject Evidence(NearestDream? nearest, BenchmarkOverlap? overlap) => new()
    {
        ["nearest"] = nearest?.Dream.Value,
        ["likeness"] = nearest is null ? null : Math.Round(nearest.Likeness, 3),
        ["threshold"] = CodeSignature.Threshold,
        ["benchmark"] = overlap?.Source,
        ["overlap"] = overlap?.Words,
    };

    private static string DuplicateOf(NearestDream nearest) =>
        FormattableString.Invariant($"it nearly repeats dream {nearest.Dream} (likeness {nearest.Likeness:0.00})");
}

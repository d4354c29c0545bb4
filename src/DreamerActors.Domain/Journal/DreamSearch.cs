using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Journal;

/// <summary>What a person looks for among dreams. What is null is not asked for.</summary>
public sealed record DreamSearch
{
    /// <summary>Only this one.</summary>
    public DreamId? Id { get; init; }

    /// <summary>Part of title, entity, library or id; case does not matter for ASCII letters.</summary>
    public string? Text { get; init; }

    /// <summary><c>kept</c>, <c>rejected</c>, <c>lost</c> or <c>quarantined</c>.</summary>
    public string? Outcome { get; init; }

    /// <summary>A library that it uses.</summary>
    public string? Library { get; init; }

    /// <summary><c>simple</c>, <c>medium</c> or <c>complex</c>.</summary>
    public string? Difficulty { get; init; }

    /// <summary><c>pending</c>, <c>approved</c> or <c>declined</c>: only kept dreams have one.</summary>
    public string? Approval { get; init; }

    /// <summary>Dreamt not before this moment.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Dreamt before this moment.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only what stands behind this dream in the list.</summary>
    public DreamId? Behind { get; init; }

    /// <summary>So many are passed over, 0 or more.</summary>
    public int Skip { get; init; }

    /// <summary>So many are shown at most, 0 or more.</summary>
    public int Take { get; init; } = 50;
}

/// <summary>Part of a list, newest first.</summary>
/// <param name="Dreams">The part.</param>
/// <param name="Total">How many the whole list has.</param>
public sealed record DreamPage(IReadOnlyList<DreamSummary> Dreams, int Total);

/// <summary>Finds and counts among many dreams: for people who look through them.</summary>
public interface IDreamSearch
{
    /// <summary>Finds.</summary>
    Task<DreamPage> FindAsync(DreamSearch search, CancellationToken cancellation);

    /// <summary>Counts everything.</summary>
    Task<DreamAnalysis> AnalyseAsync(CancellationToken cancellation);

    /// <summary>What came of proving kept dreams again.</summary>
    Task<ReplayOverview> ReplaysAsync(CancellationToken cancellation);
}

/// <summary>Where kept dreams were proven again, and how many.</summary>
/// <param name="Sandbox">The kind of sandbox.</param>
/// <param name="Image">Digest of the image or interpreter.</param>
/// <param name="Python">Its Python.</param>
/// <param name="Replayed">Dreams proven again there, each counted by its last time.</param>
/// <param name="Proven">Those of them that passed.</param>
/// <param name="LastAt">When the last of them was.</param>
public sealed record ReplayPlace(string Sandbox, string Image, string? Python, int Replayed, int Proven, DateTimeOffset LastAt);

/// <summary>A kept dream that failed when it was proven again last.</summary>
public sealed record Regression(DreamId Dream, string Title, string Image, string? Stage, string? Kind, string? Reason, DateTimeOffset At);

/// <summary>What the journal knows of replays.</summary>
/// <param name="Places">Where, the last first.</param>
/// <param name="Regressions">What failed, the newest first; some of them where there are many.</param>
public sealed record ReplayOverview(IReadOnlyList<ReplayPlace> Places, IReadOnlyList<Regression> Regressions);

using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Journal;

/// <summary>What a person looks for among dreams. What is null is not asked for.</summary>
public sealed record DreamSearch
{
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
}

using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Pages.Dreams;

/// <summary>Everything that is known of one dream; what is null is not known of dreams that ended as this one did.</summary>
public sealed record SeenDream(DreamSummary Summary)
{
    /// <summary>Its task and tests.</summary>
    public Scenario? Scenario { get; init; }

    /// <summary>Its solution.</summary>
    public string? Code { get; init; }

    /// <summary>What the guardian said.</summary>
    public Verdict? Verdict { get; init; }

    /// <summary>What a person said; null when there is nothing to say about it.</summary>
    public Remark? Remark { get; init; }

    /// <summary>Who dreamt it.</summary>
    public string? Brain { get; init; }

    /// <summary>Attempts before the last one.</summary>
    public IReadOnlyList<Attempt> Earlier { get; init; } = [];
}

/// <summary>Puts together what list and archive know of a dream.</summary>
public sealed class DreamLookup(IDreamSearch search, IDreamArchive archive)
{
    /// <summary>One dream, or null.</summary>
    public async Task<SeenDream?> FindAsync(DreamId dream, CancellationToken cancellation)
    {
        if (await SummaryAsync(dream, cancellation) is not { } summary)
            return null;
        if (await archive.FindAsync(dream, cancellation) is { Dream: var kept, Remark: var remark })
            return new SeenDream(summary) { Scenario = kept.Scenario, Code = kept.Code, Verdict = kept.Verdict, Remark = remark, Brain = kept.Brain, Earlier = kept.Effort?.Earlier ?? [] };
        return await archive.FindRejectedAsync(dream, cancellation) is { } refused
            ? new SeenDream(summary) { Scenario = refused.Scenario, Code = refused.Code, Verdict = refused.Verdict, Earlier = refused.Effort?.Earlier ?? [] }
            : new SeenDream(summary);
    }

    /// <summary>One dream's line in the list, or null.</summary>
    public async Task<DreamSummary?> SummaryAsync(DreamId dream, CancellationToken cancellation) =>
        (await search.FindAsync(new DreamSearch { Id = dream, Take = 1 }, cancellation)).Dreams.FirstOrDefault();

    /// <summary>The next dream in the list that nobody has said anything about: behind this one, or else the first of all.</summary>
    public async Task<DreamId?> NextAsync(DreamId? dream, CancellationToken cancellation)
    {
        var pending = new DreamSearch { Outcome = "kept", Approval = "pending", Take = 1 };
        return (await search.FindAsync(pending with { Behind = dream }, cancellation)).Dreams.FirstOrDefault()?.Dream
            ?? (await search.FindAsync(pending, cancellation)).Dreams.FirstOrDefault()?.Dream;
    }
}

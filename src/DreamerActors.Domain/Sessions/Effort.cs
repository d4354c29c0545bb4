using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Domain.Sessions;

/// <summary>An attempt at a scenario that was refused before the last one.</summary>
/// <param name="Code">What was judged; null when the answer held no code.</param>
/// <param name="Verdict">Why it was refused.</param>
public sealed record Attempt(string? Code, Verdict Verdict);

/// <summary>What it took to come to a dream's end.</summary>
/// <param name="Earlier">Refused attempts before the last one, in order.</param>
/// <param name="Use">What language models cost since the scenario was woven.</param>
public sealed record Effort(IReadOnlyList<Attempt> Earlier, IReadOnlyList<BrainUse> Use)
{
    /// <summary>Nothing yet.</summary>
    public static Effort None { get; } = new([], []);

    /// <summary>The same after more requests.</summary>
    public Effort And(IReadOnlyList<BrainUse> use) => use.Count == 0 ? this : this with { Use = BrainUse.Sum([.. Use, .. use]) };

    /// <summary>The same after another refused attempt.</summary>
    public Effort And(Attempt refused) => this with { Earlier = [.. Earlier, refused] };

    /// <summary>The effort as events carry it: null when there is nothing to tell.</summary>
    public Effort? OrNull() => Earlier.Count == 0 && Use.Count == 0 ? null : this;
}

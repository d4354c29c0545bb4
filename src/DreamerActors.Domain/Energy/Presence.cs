using System.Collections.Immutable;

namespace DreamerActors.Domain.Energy;

/// <summary>
/// When and where the user was last seen, by a clock that never jumps. A source's own time counts only at its first sighting; afterwards it counts that it
/// changed, so that setting the machine's clock neither wakes nor lulls.
/// </summary>
public sealed record Presence
{
    private static readonly TimeSpan SameMoment = TimeSpan.FromSeconds(1);

    /// <summary>The source that is the host's own word; where the host saw the user is a caller's text, and is shown with the wake-up only.</summary>
    public const string Host = "host";

    /// <summary>Nobody looked yet.</summary>
    public static Presence Unseen { get; } = new();

    /// <summary>The moment of the last activity on the monotonic clock; null when no source can tell.</summary>
    public TimeSpan? LastSeen { get; private init; }

    /// <summary>Where that was.</summary>
    public string? Source { get; private init; }

    private ImmutableDictionary<string, DateTimeOffset> Stamps { get; init; } = ImmutableDictionary<string, DateTimeOffset>.Empty;

    private TimeSpan LastLook { get; init; } = TimeSpan.MinValue;

    /// <summary>What is known after another look.</summary>
    /// <param name="sightings">What the sources say.</param>
    /// <param name="clock">The wall clock, by which the sources tell time.</param>
    /// <param name="now">The monotonic clock.</param>
    public Presence Look(IReadOnlyList<Sighting> sightings, DateTimeOffset clock, TimeSpan now)
    {
        var after = this with { LastLook = now };
        foreach (var (source, told) in sightings)
        {
            if (told is not { } stamp) continue;
            if (SeenAt(source, stamp, clock, now) is { } seen && (after.LastSeen is null || seen > after.LastSeen))
                after = after with { LastSeen = seen, Source = source };
            after = after with { Stamps = after.Stamps.SetItem(source, stamp) };
        }

        return after;
    }

    /// <summary>What is known once the host has told that the user acts: no look is waited for.</summary>
    /// <param name="now">The monotonic clock.</param>
    public Presence Acted(TimeSpan now) => this with { LastSeen = now, Source = Host };

    /// <summary>How long the user has not been seen; null when no source can tell.</summary>
    public TimeSpan? IdleAt(TimeSpan now) => LastSeen is { } seen ? Longer(TimeSpan.Zero, now - seen) : null;

    private TimeSpan? SeenAt(string source, DateTimeOffset stamp, DateTimeOffset clock, TimeSpan now)
    {
        var age = Longer(TimeSpan.Zero, clock - stamp);
        if (!Stamps.TryGetValue(source, out var before)) return now - age;
        // An older stamp is a terminal that closed or a clock set back; neither is the user.
        if (stamp - before < SameMoment) return null;
        return now - (age < now - LastLook ? age : now - LastLook);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}

namespace DreamerActors.Domain.Energy;

/// <summary>Whether a machine may dream.</summary>
public enum EnergyLevel
{
    /// <summary>Somebody needs it: dreams stop.</summary>
    Awake,

    /// <summary>Nobody needs it now, but it is too early, too soon after a wake-up, or not known well enough to begin by itself.</summary>
    Drowsy,

    /// <summary>Nobody has needed it for long enough.</summary>
    Asleep,
}

/// <summary>What an <see cref="EnergyState"/> rests on.</summary>
public enum EnergyCause
{
    /// <summary>Too busy, too hot, or on battery.</summary>
    Load,

    /// <summary>The user is there.</summary>
    User,

    /// <summary>It woke a short while ago.</summary>
    CoolDown,

    /// <summary>A sensor that the decision needs is missing.</summary>
    Unknown,

    /// <summary>The user left, but not for long enough to dream outside the night.</summary>
    Resting,

    /// <summary>The user has been away for long enough.</summary>
    Away,
}

/// <summary>Whether a machine may dream, and why. Decided by <see cref="EnergyPolicy"/>; published whenever level or cause change.</summary>
public sealed record EnergyState
{
    /// <summary>Before the first look.</summary>
    public static EnergyState Initial { get; } = new() { Reason = "nothing has been measured yet" };

    /// <summary>Whether it may dream.</summary>
    public EnergyLevel Level { get; init; } = EnergyLevel.Drowsy;

    /// <summary>What that rests on.</summary>
    public EnergyCause Cause { get; init; } = EnergyCause.Unknown;

    /// <summary>One sentence for a person.</summary>
    public required string Reason { get; init; }

    /// <summary>How long the user has not been seen; null when no source can tell.</summary>
    public TimeSpan? Idle { get; init; }

    /// <summary>Too busy, too hot, or on battery: also stops dreams that do not heed the user.</summary>
    public bool IsOverloaded { get; init; }

    /// <summary>Until when the cool-down lasts, on the clock of the caller of <see cref="EnergyPolicy"/>; null when there is none.</summary>
    public TimeSpan? CoolsUntil { get; init; }

    /// <summary>May a session begin by itself at night: nobody needs the machine, and nothing speaks against it.</summary>
    public bool MayDreamAtNight => Level == EnergyLevel.Asleep || (Level == EnergyLevel.Drowsy && Cause == EnergyCause.Resting);

    /// <summary>May a session begin by itself at any hour.</summary>
    public bool MayDream => Level == EnergyLevel.Asleep;

    internal Gauge Cpu { get; init; } = Gauge.Low;

    internal Gauge Memory { get; init; } = Gauge.Low;

    internal Gauge Temperature { get; init; } = Gauge.Low;
}

/// <summary>
/// One measure against its limit: high once it has been above for long enough, low again only when clearly below. In the band between nothing changes: a load of eighty percent is not
/// eighty percent at every look.
/// </summary>
/// <param name="IsHigh">Whether it is high.</param>
/// <param name="AboveSince">When it first was above, without having been clearly below since; null when it was not.</param>
internal sealed record Gauge(bool IsHigh, TimeSpan? AboveSince)
{
    public static Gauge Low { get; } = new(false, null);

    /// <param name="value">The measured value; null, not known, is neither high nor low and ends what was.</param>
    /// <param name="limit">Above it is high.</param>
    /// <param name="band">So far below the limit it is low again.</param>
    /// <param name="confirm">So long after it first was above, it must be above again.</param>
    /// <param name="now">The monotonic clock.</param>
    public Gauge Read(double? value, double limit, double band, TimeSpan confirm, TimeSpan now)
    {
        if (value is not { } measured || measured <= limit - band) return Low;
        if (measured <= limit) return this;
        var since = AboveSince ?? now;
        return new Gauge(IsHigh || now - since >= confirm, since);
    }
}

using System.Globalization;

namespace DreamerActors.Domain.Energy;

/// <summary>What counts as too much.</summary>
/// <param name="Cpu">Share of the processors that others may use.</param>
/// <param name="Memory">Share of the memory that others may use.</param>
/// <param name="Temperature">Highest processor temperature in °C.</param>
/// <param name="OnBattery">May it dream on battery.</param>
/// <param name="IdleAfter">How long the user must not have been seen.</param>
/// <param name="CoolDown">How long nothing begins by itself after a wake-up.</param>
public sealed record EnergyLimits(double Cpu, double Memory, double Temperature, bool OnBattery, TimeSpan IdleAfter, TimeSpan CoolDown)
{
    /// <summary>Nobody sits at this machine: not knowing of a user is no obstacle. A user who is seen counts as ever.</summary>
    public bool Unattended { get; init; }
}

/// <summary>Decides whether a machine may dream: readings, limits and time in, a state and its reason in words out.</summary>
public static class EnergyPolicy
{
    /// <summary>Who was seen within this time is there.</summary>
    public static readonly TimeSpan StillThere = TimeSpan.FromMinutes(1);

    /// <summary>How long others must use the processors: one look may have caught a blink. Less than a whole number of the times between looks, so that the look which is due counts.</summary>
    public static readonly TimeSpan Confirm = TimeSpan.FromMilliseconds(400);

    private const double ShareBand = 0.1;
    private const double TemperatureBand = 5;

    /// <summary>The state after another look.</summary>
    /// <param name="before">The state before.</param>
    /// <param name="reading">The load; what is null is not known.</param>
    /// <param name="presence">Where the user was seen.</param>
    /// <param name="limits">What counts as too much.</param>
    /// <param name="now">The monotonic clock, the same for every call.</param>
    public static EnergyState Decide(EnergyState before, LoadReading reading, Presence presence, EnergyLimits limits, TimeSpan now)
    {
        var idle = presence.IdleAt(now);
        var after = before with
        {
            Cpu = before.Cpu.Read(reading.Cpu, limits.Cpu, limits.Cpu * ShareBand, Confirm, now),
            Memory = before.Memory.Read(reading.Memory, limits.Memory, limits.Memory * ShareBand, TimeSpan.Zero, now),
            Temperature = before.Temperature.Read(reading.Temperature, limits.Temperature, TemperatureBand, TimeSpan.Zero, now),
            CoolsUntil = before.CoolsUntil > now ? before.CoolsUntil : null,
            Idle = idle,
        };
        var strain = Strain(after, reading, limits);
        var (level, cause, reason) = Judge(after, strain, reading, presence, limits, now);
        return after with { IsOverloaded = strain is not null, Level = level, Cause = cause, Reason = reason };
    }

    /// <summary>The state after a wake-up: nothing begins by itself for a while.</summary>
    public static EnergyState Woken(EnergyState before, EnergyLimits limits, TimeSpan now) =>
        limits.CoolDown <= TimeSpan.Zero ? before : before with { CoolsUntil = now + limits.CoolDown };

    private static (EnergyLevel Level, EnergyCause Cause, string Reason) Judge(
        EnergyState state, string? strain, LoadReading reading, Presence presence, EnergyLimits limits, TimeSpan now)
    {
        if (strain is not null)
            return (EnergyLevel.Awake, EnergyCause.Load, strain);
        if (state.Idle < StillThere)
            return (EnergyLevel.Awake, EnergyCause.User, $"the user was active {Span(state.Idle.Value)} ago ({presence.Source})");
        if (state.CoolsUntil is { } until)
            return (EnergyLevel.Drowsy, EnergyCause.CoolDown, $"it woke a short while ago and rests for {Span(until - now)} more");
        if (reading.Cpu is null || reading.Memory is null)
            return (EnergyLevel.Drowsy, EnergyCause.Unknown, $"the {(reading.Cpu is null ? "processor" : "memory")} load is not known");
        if (state.Idle is not { } idle)
            return limits.Unattended
                ? (EnergyLevel.Asleep, EnergyCause.Away, "nobody sits at this machine")
                : (EnergyLevel.Drowsy, EnergyCause.Unknown, "nothing tells whether the user is there");
        return idle < limits.IdleAfter
            ? (EnergyLevel.Drowsy, EnergyCause.Resting, $"the user has been away for {Span(idle)}, less than {Span(limits.IdleAfter)}")
            : (EnergyLevel.Asleep, EnergyCause.Away, $"the user has been away for {Span(idle)}");
    }

    private static string? Strain(EnergyState state, LoadReading reading, EnergyLimits limits)
    {
        if (state.Cpu.IsHigh) return Over("others use", reading.Cpu, "of the processors", limits.Cpu);
        if (state.Memory.IsHigh) return Over("others use", reading.Memory, "of the memory", limits.Memory);
        if (state.Temperature.IsHigh) return string.Create(CultureInfo.InvariantCulture, $"the processor has {reading.Temperature:0} °C, the limit is {limits.Temperature:0} °C");
        return reading.OnBattery == true && !limits.OnBattery ? "the machine runs on battery" : null;
    }

    private static string Over(string who, double? share, string what, double limit) =>
        string.Create(CultureInfo.InvariantCulture, $"{who} {share:P0} {what}, the limit is {limit:P0}");

    private static string Span(TimeSpan time) => time switch
    {
        { TotalSeconds: < 90 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        { TotalMinutes: < 90 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.#} h"),
    };
}

using System.Text.Json;
using DreamerActors.Domain.Energy;
using DreamerActors.Hosting.Energy;

namespace DreamerActors.Host.Http.Energy;

/// <summary>Whether the machine may dream, why, and what that is decided from: the host's figures, then ours. What is null is not known.</summary>
internal sealed record EnergyBody(
    bool IsMonitoring, double? CpuPercent, double? MemoryPercent, double? Temperature, double CpuThreshold, double MemoryThreshold, bool IsBusy, double? IdleTimeSeconds, bool IsIdle)
{
    /// <summary><c>awake</c>, <c>drowsy</c> or <c>asleep</c>.</summary>
    public required string Level { get; init; }

    public required string Cause { get; init; }

    public required string Reason { get; init; }

    public double? OwnCpuPercent { get; init; }

    public double? OwnMemoryPercent { get; init; }

    public bool? OnBattery { get; init; }

    public double? Processors { get; init; }

    public PressureBody? Pressure { get; init; }

    /// <summary>Where the user can be seen, and when that was last.</summary>
    public required IReadOnlyDictionary<string, DateTimeOffset?> Sources { get; init; }

    public double TemperatureThreshold { get; init; }

    public bool MayDreamOnBattery { get; init; }

    public double IdleThresholdMinutes { get; init; }

    /// <summary>The body for one look.</summary>
    public static EnergyBody Of(EnergyStatus status)
    {
        var (load, limits, state) = (status.Load, status.Limits, status.State);
        return new EnergyBody(
            status.IsMonitoring, Percent(load.Cpu), Percent(load.Memory), load.Temperature, Math.Round(limits.Cpu * 100, 1), Math.Round(limits.Memory * 100, 1), state.IsOverloaded,
            state.Idle is { } idle ? Math.Round(idle.TotalSeconds, 1) : null, state.Idle >= limits.IdleAfter)
        {
            Level = Name(state.Level),
            Cause = Name(state.Cause),
            Reason = state.Reason,
            OwnCpuPercent = Percent(load.OwnCpu),
            OwnMemoryPercent = Percent(load.OwnMemory),
            OnBattery = load.OnBattery,
            Processors = load.Processors,
            Pressure = load.Pressure is { } pressure ? new PressureBody(pressure.Cpu, pressure.Memory, pressure.Io) : null,
            Sources = status.Sightings.DistinctBy(each => each.Source).ToDictionary(each => each.Source, each => each.LastActivity),
            TemperatureThreshold = limits.Temperature,
            MayDreamOnBattery = limits.OnBattery,
            IdleThresholdMinutes = limits.IdleAfter.TotalMinutes,
        };
    }

    private static double? Percent(double? share) => share is { } known ? Math.Round(known * 100, 1) : null;

    private static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

/// <summary>Shares of the last ten seconds in which somebody waited.</summary>
internal sealed record PressureBody(double Cpu, double Memory, double Io);

/// <summary>What shall change, in the units of the answer: percent and °C.</summary>
internal sealed record EnergyChange(double? CpuThreshold = null, double? MemoryThreshold = null, double? TemperatureThreshold = null, bool? MayDreamOnBattery = null);

internal sealed record EnergyAnswer(string Status, EnergyBody Energy);

internal sealed record MonitoringChanged(string Status, bool IsMonitoring);

namespace DreamerActors.Domain.Energy;

/// <summary>
/// One look at the machine's load. A value that is null is one this machine does not tell: that is never the same as zero.
/// Shares are 0 … 1 of what the machine, or the container it is in, may use.
/// </summary>
public sealed record LoadReading
{
    /// <summary>Nothing is known.</summary>
    public static LoadReading Unknown { get; } = new();

    /// <summary>Processor time of everybody but the dreamer (invariant I6).</summary>
    public double? Cpu { get; init; }

    /// <summary>Processor time of the dreamer: its process, sandboxes, containers and LLM worker.</summary>
    public double? OwnCpu { get; init; }

    /// <summary>Memory in use by everybody but the dreamer.</summary>
    public double? Memory { get; init; }

    /// <summary>Memory in use by the dreamer.</summary>
    public double? OwnMemory { get; init; }

    /// <summary>The hottest processor sensor in °C.</summary>
    public double? Temperature { get; init; }

    /// <summary>Whether a battery feeds the machine.</summary>
    public bool? OnBattery { get; init; }

    /// <summary>How many processors' worth of time 1.0 is.</summary>
    public double? Processors { get; init; }

    /// <summary>
    /// The kernel's pressure figures: the share of the last ten seconds in which somebody waited. Shown only: dreams wait too, and they must not
    /// trip their own alarm.
    /// </summary>
    public Pressure? Pressure { get; init; }
}

/// <summary>Share of the last ten seconds in which some task waited, 0 … 1.</summary>
/// <param name="Cpu">For a processor.</param>
/// <param name="Memory">For memory.</param>
/// <param name="Io">For input or output.</param>
public sealed record Pressure(double Cpu, double Memory, double Io);

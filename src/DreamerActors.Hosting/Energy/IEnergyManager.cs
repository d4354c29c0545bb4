using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;

namespace DreamerActors.Hosting.Energy;

/// <summary>What a host can ask and tell about the machine's energy: load, user, waking.</summary>
public interface IEnergyManager
{
    /// <summary>The load of the machine, without the dreamer's own. A value that is null is not known.</summary>
    Task<LoadReading> GetMetricsAsync(CancellationToken cancellation);

    /// <summary>Load, user, state and limits together, from one look.</summary>
    Task<EnergyStatus> GetStatusAsync(CancellationToken cancellation);

    /// <summary>Is a limit crossed: processors, memory, temperature, battery.</summary>
    Task<bool> IsSystemBusyAsync(CancellationToken cancellation);

    /// <summary>Has the user been away for so long; false when nothing tells.</summary>
    /// <param name="threshold">How long; null for <c>DREAMING_IDLE_THRESHOLD_MINUTES</c>.</param>
    /// <param name="cancellation">Stops waiting for the answer.</param>
    Task<bool> IsIdleAsync(TimeSpan? threshold, CancellationToken cancellation);

    /// <summary>Stops all dreaming within two seconds and says how it went. Idempotent.</summary>
    Task<WakeReport> WakeUpAsync(InterruptReason reason, CancellationToken cancellation);

    /// <summary>What counts as too much from the next look on, until the process ends; answers with the status by the new limits.</summary>
    Task<EnergyStatus> SetLimitsAsync(EnergyLimits limits, CancellationToken cancellation);

    /// <summary>Looks at the machine every <c>DREAMING_SAMPLE_SECONDS</c>; it does so from the start. Idempotent.</summary>
    void StartMonitoring();

    /// <summary>Stops looking: nothing wakes by itself any more. Idempotent.</summary>
    void StopMonitoring();

    /// <summary>The user did something just now; wakes a dreaming machine.</summary>
    /// <param name="source">Where it was seen, for the journal; at most 100 characters are kept.</param>
    void MarkActivity(string source);

    /// <summary>One more place where the user can be seen. Disposing the answer takes it away again.</summary>
    IDisposable Register(IActivitySource source);

    /// <summary>Calls back whenever level or cause change, one call after the other. A callback that throws is logged and stays registered.</summary>
    IDisposable OnChange(Action<EnergyState> callback);
}

/// <summary>One look at the machine.</summary>
/// <param name="IsMonitoring">Whether it is looked at regularly.</param>
/// <param name="State">Whether it may dream, and why.</param>
/// <param name="Load">Its load.</param>
/// <param name="Sightings">What each source says of the user.</param>
/// <param name="Limits">What counts as too much.</param>
public sealed record EnergyStatus(bool IsMonitoring, EnergyState State, LoadReading Load, IReadOnlyList<Sighting> Sightings, EnergyLimits Limits);

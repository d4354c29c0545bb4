using Akka.Actor;
using Akka.Hosting;
using DreamerActors.Actors.Energy;
using DreamerActors.Adapters.Energy.Activity;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;

namespace DreamerActors.Hosting.Energy;

/// <summary>The energy actor for people who know no actors.</summary>
internal sealed class EnergyManager(ActorSystem system, ActorRegistry actors, ActivitySources sources, HostActivity host) : IEnergyManager
{
    private const int MostActivityText = 100;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    private IActorRef Energy => actors.Get<EnergyActor>();

    /// <inheritdoc/>
    public async Task<LoadReading> GetMetricsAsync(CancellationToken cancellation) => (await GetStatusAsync(cancellation)).Load;

    /// <inheritdoc/>
    public async Task<EnergyStatus> GetStatusAsync(CancellationToken cancellation)
    {
        var status = await Energy.Ask<EnergyProtocol.Status>(EnergyProtocol.AskStatus.Instance, AnswerLimit, cancellation);
        return new EnergyStatus(status.IsMonitoring, status.State, status.Reading, status.Sightings, status.Limits);
    }

    /// <inheritdoc/>
    public async Task<bool> IsSystemBusyAsync(CancellationToken cancellation) => (await GetStatusAsync(cancellation)).State.IsOverloaded;

    /// <inheritdoc/>
    public async Task<bool> IsIdleAsync(TimeSpan? threshold, CancellationToken cancellation) =>
        await GetStatusAsync(cancellation) is var status && status.State.Idle >= (threshold ?? status.Limits.IdleAfter);

    /// <inheritdoc/>
    public Task<EnergyStatus> SetLimitsAsync(EnergyLimits limits, CancellationToken cancellation)
    {
        Energy.Tell(new EnergyProtocol.SetLimits(limits));
        return GetStatusAsync(cancellation);
    }

    /// <inheritdoc/>
    public async Task<WakeReport> WakeUpAsync(InterruptReason reason, CancellationToken cancellation)
    {
        var woken = await Energy.Ask<EnergyProtocol.WokenUp>(new EnergyProtocol.Wake(reason), AnswerLimit, cancellation);
        return new WakeReport(woken.Interrupted, woken.StoppedIn, woken.Killed, woken.Problem);
    }

    /// <inheritdoc/>
    public void StartMonitoring() => Energy.Tell(new EnergyProtocol.Monitor(true));

    /// <inheritdoc/>
    public void StopMonitoring() => Energy.Tell(new EnergyProtocol.Monitor(false));

    /// <inheritdoc/>
    public void MarkActivity(string source)
    {
        host.Mark();
        Energy.Tell(new EnergyProtocol.UserActed(source.Length > MostActivityText ? source[..MostActivityText] : source));
    }

    /// <inheritdoc/>
    public IDisposable Register(IActivitySource source) => sources.Add(source);

    /// <inheritdoc/>
    public IDisposable OnChange(Action<EnergyState> callback) => Listening.To(system, callback);
}

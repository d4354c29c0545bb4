using Akka.Actor;
using Akka.Hosting;
using DreamerActors.Actors.Journal;
using DreamerActors.Actors.Sessions;
using DreamerActors.Domain.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DreamerActors.Hosting.Energy;

/// <summary>Before anything of the host stops, the session is told to: the journal then says that it was interrupted, and why.</summary>
/// <remarks>It asks for the actors only when they have started: to ask earlier would start them.</remarks>
internal sealed class WakeOnShutdown(IServiceProvider services) : IHostedLifecycleService
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private bool _started;

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (!_started || services.GetRequiredService<ActorSystem>().WhenTerminated.IsCompleted) return;
        await services.GetRequiredService<IEnergyManager>().WakeUpAsync(InterruptReason.Shutdown, cancellationToken);
        var actors = services.GetRequiredService<ActorRegistry>();
        var keeper = await actors.GetAsync<SessionKeeper>(cancellationToken);
        await keeper.Ask<SessionKeeperProtocol.Idle>(SessionKeeperProtocol.AwaitIdle.Instance, Limit, cancellationToken);
        // Whoever waits for the session's report waits for what is derived from the journal, too.
        var journal = await actors.GetAsync<JournalActor>(cancellationToken);
        await journal.Ask<JournalProtocol.CaughtUp>(JournalProtocol.AwaitCatchUp.Instance, Limit, cancellationToken);
    }

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _started = true;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

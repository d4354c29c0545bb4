using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DreamerActors.Hosting.Energy;

/// <summary>Before anything of the host stops, the session is told to: the journal then says that it was interrupted, and why.</summary>
/// <remarks>It asks for the actors only when they have started: to ask earlier would start them.</remarks>
internal sealed class WakeOnShutdown(IServiceProvider services) : IHostedLifecycleService
{
    private bool _started;

    /// <inheritdoc/>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (!_started || services.GetRequiredService<ActorSystem>().WhenTerminated.IsCompleted) return;
        await Draining.DrainAsync(services.GetRequiredService<ActorRegistry>(), cancellationToken);
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

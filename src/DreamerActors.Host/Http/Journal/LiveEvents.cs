using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Lessons;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Energy;

namespace DreamerActors.Host.Http.Journal;

/// <summary>A message for whoever listens.</summary>
/// <param name="Type">Its type, e.g. <c>DREAM_COMPLETED</c>.</param>
/// <param name="Json">All of it, as JSON.</param>
internal sealed record LiveEvent(string Type, string Json);

/// <summary>
/// Hands what happens to everybody who listens, as it happens. Nobody is waited for: each listener has a short queue of its own, loses the oldest of it when it does
/// not keep up, and is told how much it lost. What was missed altogether stands in the journal.
/// </summary>
internal sealed class LiveEvents(IDreamEngine engine, IEnergyManager energy, IHostApplicationLifetime lifetime, TimeProvider time) : IHostedService, IDisposable
{
    /// <summary>Listeners at the same time, at most.</summary>
    public const int MostListeners = 256;

    private readonly ConcurrentDictionary<Listener, bool> _listeners = [];
    private readonly List<IDisposable> _sources = [];

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        _sources.Add(engine.OnEvent(happened =>
        {
            Publish(DreamEvents.Describe(happened));
            if (happened is DreamCompleted kept)
                Publish(LessonsProjection.Learned(kept));
        }));
        _sources.Add(energy.OnChange(state => Publish(Describe(state))));
        // The web server waits for its connections before it stops: they have to end first.
        _sources.Add(lifetime.ApplicationStopping.Register(() => _listeners.Keys.ToList().ForEach(each => each.Dispose())));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public void Dispose() => _sources.ForEach(source => source.Dispose());

    /// <summary>Begins to listen; disposing the answer ends it.</summary>
    /// <exception cref="ApiException">Too many listen already, or the host stops.</exception>
    public Listener Listen()
    {
        if (_listeners.Count >= MostListeners || lifetime.ApplicationStopping.IsCancellationRequested)
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, "TOO_MANY_LISTENERS", $"at most {MostListeners} may listen at the same time, and nobody to a host that stops");
        var listening = new Listener(time, over => _listeners.TryRemove(over, out _));
        _listeners[listening] = true;
        return listening;
    }

    private void Publish(JsonObject? message)
    {
        if (message is null)
            return;
        var told = new LiveEvent((string)message["type"]!, message.ToJsonString());
        foreach (var listener in _listeners.Keys)
            listener.Tell(told);
    }

    private JsonObject Describe(EnergyState state) => DreamEvents.Message("ENERGY_CHANGED", state.Reason, time.GetUtcNow(), new JsonObject
    {
        ["level"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(state.Level.ToString()), ["cause"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(state.Cause.ToString()),
    });

    /// <summary>One who listens.</summary>
    internal sealed class Listener : IDisposable
    {
        private const int MostWaiting = 256;
        private readonly TimeProvider _time;
        private readonly Action<Listener> _over;
        private readonly Channel<LiveEvent> _waiting;
        private int _lost;

        /// <param name="time">The clock.</param>
        /// <param name="over">Called when nobody listens any more.</param>
        public Listener(TimeProvider time, Action<Listener> over)
        {
            (_time, _over) = (time, over);
            _waiting = Channel.CreateBounded<LiveEvent>(new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => Interlocked.Increment(ref _lost));
        }

        /// <summary>Never waits.</summary>
        public void Tell(LiveEvent told) => _waiting.Writer.TryWrite(told);

        /// <summary>What is told, until this is disposed; null after a silence, so that whoever reads can find out whether the other side is still there.</summary>
        public async IAsyncEnumerable<LiveEvent?> ReadAsync(TimeSpan silence, [EnumeratorCancellation] CancellationToken cancellation)
        {
            while (await AwaitAsync(silence, cancellation) is var more and not false)
            {
                if (more is null)
                    yield return null;
                while (_waiting.Reader.TryRead(out var told))
                {
                    if (Interlocked.Exchange(ref _lost, 0) is var lost and > 0)
                        yield return Lost(lost);
                    yield return told;
                }
            }
        }

        public void Dispose()
        {
            _over(this);
            _waiting.Writer.TryComplete();
        }

        private async Task<bool?> AwaitAsync(TimeSpan silence, CancellationToken cancellation)
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            patience.CancelAfter(silence);
            try
            {
                return await _waiting.Reader.WaitToReadAsync(patience.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return null;
            }
        }

        private LiveEvent Lost(int count) => new("EVENTS_LOST", DreamEvents.Message(
            "EVENTS_LOST", $"{count} events came faster than they were read", _time.GetUtcNow(), new JsonObject { ["count"] = count }).ToJsonString());
    }
}

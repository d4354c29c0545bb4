using DreamerActors.Domain.Energy;

namespace DreamerActors.Adapters.Energy.Activity;

/// <summary>A source that has to wait for its answers: it asks on its own and answers with what it heard last. While it fails it cannot tell, and it tries again later.</summary>
public abstract class WatchedActivity : IActivitySource, IDisposable
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _end = new();
    private readonly TimeProvider _time;
    private readonly TimeSpan _every;
    private readonly Lock _one = new();
    private DateTimeOffset? _last;

    /// <param name="name">What it watches.</param>
    /// <param name="every">How often it asks.</param>
    /// <param name="time">The clock.</param>
    protected WatchedActivity(string name, TimeSpan every, TimeProvider time)
    {
        (Name, _every, _time) = (name, every, time);
        _ = Task.Run(WatchAsync);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public DateTimeOffset? LastActivity()
    {
        lock (_one) return _last;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Asks once: when the user was last seen, or null. Any exception means that it cannot tell now.</summary>
    protected abstract Task<DateTimeOffset?> AskAsync(CancellationToken cancellation);

    /// <summary>The user was seen just now.</summary>
    protected void Saw()
    {
        lock (_one) _last = _time.GetUtcNow();
    }

    private async Task WatchAsync()
    {
        var end = _end.Token;
        while (!end.IsCancellationRequested)
        {
            var pause = _every;
            try
            {
                if (await AskAsync(end) is { } seen)
                {
                    lock (_one)
                    {
                        if (!(_last >= seen)) _last = seen;
                    }
                }
            }
#pragma warning disable CA1031 // Not there, not reachable, not understood: all of it means that this source cannot tell, which is its answer.
            catch (Exception)
            {
                lock (_one) _last = null;
                pause = AfterFailure;
            }
#pragma warning restore CA1031
            await Task.Delay(pause, _time, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

namespace DreamerActors.LlamaWorker;

/// <summary>Ends the worker when nobody has asked it anything for long: its memory belongs to the user again.</summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly TimeSpan _patience;
    private readonly Timer _timer;
    private int _running;

    public IdleWatch(IHostApplicationLifetime lifetime, TimeSpan patience)
    {
        _patience = patience;
        _timer = new Timer(_ =>
        {
            if (Volatile.Read(ref _running) == 0)
                lifetime.StopApplication();
        });
        _timer.Change(_patience, _patience);
    }

    public async Task WatchAsync(HttpContext http, RequestDelegate next)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await next(http);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            _timer.Change(_patience, _patience);
        }
    }

    public void Dispose() => _timer.Dispose();
}

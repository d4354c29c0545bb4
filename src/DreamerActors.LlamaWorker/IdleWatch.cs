namespace DreamerActors.LlamaWorker;

/// <summary>Ends the worker when nobody has asked it anything for long: its memory belongs to the user again.</summary>
internal sealed class IdleWatch : IDisposable
{
    private readonly TimeSpan _patience;
    private readonly Timer _timer;
    private int _running = 1; // somebody waits until the model is loaded, however long that takes

    public IdleWatch(IHostApplicationLifetime lifetime, TimeSpan patience)
    {
        _patience = patience;
        _timer = new Timer(_ =>
        {
            if (Volatile.Read(ref _running) == 0)
                lifetime.StopApplication();
        });
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
            Answered();
        }
    }

    /// <summary>Counts from now: a question, or the first wait of all, for the model, is over.</summary>
    public void Answered()
    {
        Interlocked.Decrement(ref _running);
        _timer.Change(_patience, _patience);
    }

    public void Dispose() => _timer.Dispose();
}

namespace DreamerActors.LlamaWorker;

/// <summary>Ends the worker when nobody has asked it anything for long: its memory belongs to the user again.</summary>
internal sealed class IdleWatch : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly Timer _timer;
    private int _running;

    public IdleWatch(IHostApplicationLifetime lifetime)
    {
        _timer = new Timer(_ =>
        {
            if (Volatile.Read(ref _running) == 0)
                lifetime.StopApplication();
        });
        _timer.Change(Patience, Patience);
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
            _timer.Change(Patience, Patience);
        }
    }

    public void Dispose() => _timer.Dispose();
}

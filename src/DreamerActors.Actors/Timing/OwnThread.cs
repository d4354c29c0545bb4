using Akka.Dispatch;

namespace DreamerActors.Actors.Timing;

/// <summary>A thread for what one actor has to do, which sleeps in the kernel in between.</summary>
internal sealed class OwnThread : ExecutorService
{
    private readonly object _gate = new();
    private readonly Queue<IRunnable> _work = new();
    private bool _isClosed;

    /// <param name="id">The dispatcher's; the thread's name.</param>
    public OwnThread(string id)
        : base(id) => new Thread(Run) { IsBackground = true, Name = id }.Start();

    /// <inheritdoc/>
    /// <exception cref="RejectedExecutionException">It has been shut down.</exception>
    public override void Execute(IRunnable run)
    {
        lock (_gate)
        {
            if (_isClosed) throw new RejectedExecutionException($"The thread {Id} has ended");
            _work.Enqueue(run);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Does what it was asked for before, and ends.</summary>
    public override void Shutdown()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (Next() is { } work) work.Run();
    }

    private IRunnable? Next()
    {
        lock (_gate)
        {
            while (_work.Count == 0)
            {
                if (_isClosed) return null;
                Monitor.Wait(_gate);
            }
            return _work.Dequeue();
        }
    }
}

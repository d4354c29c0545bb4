using System.Collections.Concurrent;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>A thread that lives as long as this process, to start processes that shall die with their parent.</summary>
/// <remarks>To the kernel the parent is the thread: a process started from a pool's thread is killed when the pool lets that thread go.</remarks>
internal static class LastingThread
{
    private static readonly BlockingCollection<Action> Work = Begin();

    /// <summary>Runs the work there.</summary>
    public static Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
#pragma warning disable CA1031 // The failure is handed to whoever waits for the work.
            catch (Exception error)
            {
                done.SetException(error);
            }
#pragma warning restore CA1031
        });
        return done.Task;
    }

    private static BlockingCollection<Action> Begin()
    {
        var work = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var next in work.GetConsumingEnumerable())
                next();
        }) { IsBackground = true, Name = "process starter" }.Start();
        return work;
    }
}

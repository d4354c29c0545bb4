using DreamerActors.Actors.Energy;

namespace DreamerActors.Actors.Tests.Energy;

/// <summary>The watchdog's alarm owes nothing to the thread pool, which dreams may have used up.</summary>
public sealed class AlarmTests
{
    [Fact]
    public async Task It_rings_on_a_thread_that_is_none_of_the_pool()
    {
        var rung = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var alarm = Alarm.Set(TimeSpan.FromMilliseconds(1), () => rung.SetResult(Thread.CurrentThread.IsThreadPoolThread));
        Assert.False(await rung.Task);
    }
}

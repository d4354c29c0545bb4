using Akka.Cluster;
using DreamerActors.Actors.Timing;
using DreamerActors.Hosting.Tests.Dreaming;

namespace DreamerActors.Hosting.Tests.Energy;

/// <summary>What keeps an idle host from waking up for nothing; what that costs, the benchmark <c>idle</c> measures.</summary>
public sealed class IdlingTests
{
    [Fact]
    public async Task A_host_alone_sleeps_until_something_is_due_and_does_not_look_round_for_others_every_second()
    {
        await using var dreamer = new EmbeddedDreamer();
        await dreamer.StartAsync(dreamer.Settings);

        Assert.IsType<SleepingScheduler>(dreamer.System.Scheduler);
        Assert.Equal((TimeSpan.FromSeconds(30), typeof(NoDowning)), (Cluster.Get(dreamer.System).Settings.GossipInterval, Cluster.Get(dreamer.System).DowningProvider.GetType()));
    }
}

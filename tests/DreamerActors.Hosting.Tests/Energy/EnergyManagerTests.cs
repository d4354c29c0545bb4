using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;

namespace DreamerActors.Hosting.Tests.Energy;

/// <summary>What a host can ask and tell about energy.</summary>
public sealed class EnergyManagerTests
{
    [Fact]
    public async Task The_status_tells_load_user_state_and_limits()
    {
        await using var dreaming = await Dreaming.StartAsync();
        dreaming.Time.Advance(TimeSpan.FromMinutes(31));
        var status = await dreaming.Energy.GetStatusAsync(CancellationToken.None);
        for (; status.State.Level != EnergyLevel.Asleep; status = await dreaming.Energy.GetStatusAsync(CancellationToken.None)) await Task.Delay(10);

        Assert.Equal((true, EnergyLevel.Asleep, 0.1, 0.7), (status.IsMonitoring, status.State.Level, status.Load.Cpu!.Value, status.Limits.Cpu));
        Assert.Equal("host", Assert.Single(status.Sightings).Source);
        Assert.True(await dreaming.Energy.IsIdleAsync(null, CancellationToken.None));
        Assert.False(await dreaming.Energy.IsIdleAsync(TimeSpan.FromHours(1), CancellationToken.None));
        Assert.False(await dreaming.Energy.IsSystemBusyAsync(CancellationToken.None));
        Assert.Null((await dreaming.Energy.GetMetricsAsync(CancellationToken.None)).Temperature);
    }

    [Fact]
    public async Task A_callback_that_throws_is_called_again_others_are_called_too_and_load_is_busy()
    {
        await using var dreaming = await Dreaming.StartAsync();
        var calls = 0;
        var twice = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = dreaming.Energy.OnChange(_ =>
        {
            if (++calls == 2) twice.SetResult();
            dreaming.Load.Memory = 0.95;
            throw new InvalidOperationException("a bad callback");
        });
        var other = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listeningToo = dreaming.Energy.OnChange(_ => other.TrySetResult());
        dreaming.Time.Advance(TimeSpan.FromMinutes(31));
        for (; !twice.Task.IsCompleted; await Task.Delay(10)) dreaming.Time.Advance(TimeSpan.FromSeconds(1)); // load counts once two looks apart saw it
        Assert.True(await dreaming.Energy.IsSystemBusyAsync(CancellationToken.None));
        await other.Task;
    }

    [Fact]
    public async Task Marked_activity_ends_idleness_and_wakes_a_session()
    {
        await using var dreaming = await Dreaming.StartAsync(each => each.Brain.StopsAt = "coding");
        var session = dreaming.DreamAsync();
        await dreaming.Brain.Reached;

        dreaming.Energy.MarkActivity(new string('x', 1000));

        var interruption = (await session).Interruption!;
        Assert.Equal(InterruptReason.UserActivity, interruption.Reason);
        Assert.InRange(interruption.Detail!.Length, 100, 150);
    }

    [Fact]
    public async Task A_registered_source_is_seen_until_it_is_taken_away()
    {
        await using var dreaming = await Dreaming.StartAsync(each => each.Brain.StopsAt = "coding");
        var door = new Door();
        var registered = dreaming.Energy.Register(door);
        var session = dreaming.DreamAsync(untilActive: true);
        await dreaming.Brain.Reached;
        await UntilSeen(dreaming, isSeen: true);

        dreaming.Time.Advance(TimeSpan.FromMinutes(1));
        door.Last = dreaming.Time.GetUtcNow();

        Assert.Contains("door", (await session).Interruption!.Detail, StringComparison.Ordinal);
        registered.Dispose();
        await UntilSeen(dreaming, isSeen: false);
    }

    [Fact]
    public async Task Monitoring_can_be_stopped_and_started()
    {
        await using var dreaming = await Dreaming.StartAsync();
        dreaming.Energy.StopMonitoring();
        Assert.False((await dreaming.Energy.GetStatusAsync(CancellationToken.None)).IsMonitoring);
        dreaming.Energy.StartMonitoring();
        dreaming.Energy.StartMonitoring();
        Assert.True((await dreaming.Energy.GetStatusAsync(CancellationToken.None)).IsMonitoring);
    }

    [Fact]
    public async Task Waking_an_idle_machine_interrupts_nothing()
    {
        await using var dreaming = await Dreaming.StartAsync();
        var woken = await dreaming.Engine.WakeUpAsync(InterruptReason.Asked, CancellationToken.None);
        Assert.Equal((false, 0, null), (woken.Interrupted, woken.Killed, woken.Problem));
    }

    private static async Task UntilSeen(Dreaming dreaming, bool isSeen)
    {
        while ((await dreaming.Energy.GetStatusAsync(CancellationToken.None)).Sightings.Any(each => each.Source == "door") != isSeen) await Task.Delay(10);
    }

    private sealed class Door : IActivitySource
    {
        public string Name => "door";

        public DateTimeOffset? Last { get; set; }

        public DateTimeOffset? LastActivity() => Last;
    }
}

using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Scheduling;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Hosting.Tests.Scheduling;

using Dreaming = DreamerActors.Hosting.Tests.Energy.Dreaming;

/// <summary>The schedule over the real engine, its journal and the energy side; time, load and brain are the test's. It begins at midnight.</summary>
public sealed class ScheduledDreamingTests
{
    private static IDreamScheduler Scheduler(Dreaming dreaming) => dreaming.Host.Services.GetRequiredService<IDreamScheduler>();

    private static async Task<SessionSummary> SessionAsync(Dreaming dreaming, Func<SessionSummary, bool> wanted)
    {
        var reader = dreaming.Host.Services.GetRequiredService<IJournalReader>();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            if ((await reader.SessionsAsync(1, patience.Token)).SingleOrDefault(wanted) is { } session)
                return session;
            await Task.Delay(20, patience.Token); // the journal tells over a question only
        }
    }

    [Fact]
    public async Task The_night_starts_a_session_and_its_end_wakes_it_with_that_reason()
    {
        await using var dreaming = await Dreaming.StartAsync(each => each.Brain.StopsAt = "coding");
        var scheduler = Scheduler(dreaming);
        Assert.Equal(NightlyJob.Id, scheduler.ScheduleNightlyDreaming(startHour: 2, endHour: 6));
        dreaming.Time.Advance(TimeSpan.FromHours(3));
        await dreaming.Brain.Reached;
        await SessionAsync(dreaming, session => session is { Trigger: Triggers.Nightly, Status: "running" });

        dreaming.Time.Advance(TimeSpan.FromHours(3));
        scheduler.Resume(); // it looks at once, not only after its minute
        var woken = await SessionAsync(dreaming, session => session.Status == "interrupted");
        Assert.Equal(InterruptReason.WindowEnd, woken.Interrupted);
        Assert.Contains("06:00", woken.InterruptDetail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_scheduled_again_replaces_what_was_and_wrong_hours_are_refused()
    {
        await using var dreaming = await Dreaming.StartAsync();
        var scheduler = Scheduler(dreaming);
        Assert.Empty((await scheduler.GetStatusAsync(default)).Jobs);
        scheduler.ScheduleNightlyDreaming(startHour: 2, endHour: 6);
        scheduler.ScheduleNightlyDreaming(startHour: 22, endHour: 4);
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.ScheduleNightlyDreaming(startHour: 24, endHour: 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.ScheduleNightlyDreaming(startHour: 4, endHour: 4));
        Assert.Equal(new NightHours(22, 4), Assert.Single((await scheduler.GetStatusAsync(default)).Jobs).Night);
    }

    [Fact]
    public async Task An_absence_starts_a_session_unless_the_schedule_is_paused()
    {
        await using var dreaming = await Dreaming.StartAsync(each => each.Brain.StopsAt = "coding");
        var scheduler = Scheduler(dreaming);
        scheduler.Pause();
        Assert.Equal(IdleJob.Id, scheduler.ScheduleIdleDreaming(TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.ScheduleIdleDreaming(TimeSpan.Zero));
        dreaming.Time.Advance(TimeSpan.FromMinutes(31));
        while ((await dreaming.Energy.GetStatusAsync(default)).State.MayDream is false)
            await Task.Delay(20);
        var status = await scheduler.GetStatusAsync(default);
        Assert.True(status.Paused);
        Assert.Null(Assert.Single(status.Jobs).NextRun);
        Assert.Null((await dreaming.Engine.GetStatisticsAsync(default)).CurrentSessionId);

        scheduler.Resume();
        await dreaming.Brain.Reached;
        Assert.Equal(Triggers.Idle, (await SessionAsync(dreaming, session => session.Status == "running")).Trigger);
        dreaming.Energy.MarkActivity("keyboard");
        Assert.Equal(InterruptReason.UserActivity, (await SessionAsync(dreaming, session => session.Status == "interrupted")).Interrupted);
    }
}

using Akka.Actor;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Timing;

namespace DreamerActors.Actors.Tests.Timing;

public sealed class SleepingSchedulerTests() : TestKit("""akka.scheduler.implementation = "DreamerActors.Actors.Timing.SleepingScheduler, DreamerActors.Actors" """)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Messages_come_once_and_again_until_they_are_called_off()
    {
        var scheduler = Sys.Scheduler;
        Assert.IsType<SleepingScheduler>(scheduler);
        scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(150), TestActor, "once", ActorRefs.NoSender);
        await ExpectMsgAsync("once", Patience);

        var calledOff = scheduler.ScheduleTellRepeatedlyCancelable(TimeSpan.Zero, TimeSpan.FromMilliseconds(10), TestActor, "again", ActorRefs.NoSender);
        for (var times = 0; times < 3; times++) await ExpectMsgAsync("again", Patience);
        calledOff.Cancel();

        scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(150), TestActor, "the end", ActorRefs.NoSender);
        var after = new List<object>();
        do after.Add(await ReceiveOneAsync(Patience)); while (after[^1] is not "the end");
        Assert.InRange(after.Count, 1, 3); // what was on its way when it was called off
    }

    [Fact]
    public async Task A_sleep_ends_for_what_is_wanted_sooner()
    {
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromHours(1), TestActor, "late", ActorRefs.NoSender);
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(1), TestActor, "soon", ActorRefs.NoSender);
        await ExpectMsgAsync("soon", Patience);
    }

    [Fact]
    public async Task It_takes_no_thread_of_the_pool()
    {
        var thread = new TaskCompletionSource<(bool OfThePool, string? Name)>();
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(1), () => thread.SetResult((Thread.CurrentThread.IsThreadPoolThread, Thread.CurrentThread.Name)));

        Assert.Equal((false, "akka.scheduler"), await thread.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task What_throws_is_said_and_not_repeated_and_the_others_go_on()
    {
        var times = 0;
        await EventFilter.Exception<InvalidOperationException>("broken").ExpectOneAsync(Patience, async () =>
        {
            Sys.Scheduler.Advanced.ScheduleRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), () =>
            {
                times++;
                throw new InvalidOperationException("broken");
            });
            Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(200), TestActor, "next", ActorRefs.NoSender);
            await ExpectMsgAsync("next", Patience);
        });
        Assert.Equal(1, times);
    }

    [Fact]
    public async Task What_still_waits_when_the_system_has_ended_is_done_and_nothing_is_taken_any_more()
    {
        var done = new List<string>();
        var calledOff = new Cancelable(Sys.Scheduler);
        var scheduler = Sys.Scheduler;
        scheduler.Advanced.ScheduleOnce(TimeSpan.FromHours(2), () => done.Add("late"));
        scheduler.Advanced.ScheduleOnce(TimeSpan.FromHours(1), () => done.Add("early"));
        scheduler.Advanced.ScheduleOnce(TimeSpan.FromHours(1), () => done.Add("off"), calledOff);
        calledOff.Cancel();

        await Sys.Terminate().WaitAsync(Patience);

        Assert.Equal(["early", "late"], done);
        Assert.Throws<SchedulerException>(() => scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => { }));
    }
}

using Akka.Actor;
using Akka.Actor.Dsl;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Journal;
using DreamerActors.Actors.Scheduling;
using DreamerActors.Actors.Sessions;
using DreamerActors.Adapters.Scheduling;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Domain.Sessions;
using Microsoft.Extensions.Time.Testing;

namespace DreamerActors.Hosting.Tests.Scheduling;

/// <summary>A schedule that finds another machine's session running. Its time stands still, so nothing happens because some of it went by.</summary>
public sealed class BusyElsewhereTests() : TestKit("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
{
    private static readonly EnergyState Asleep = new() { Level = EnergyLevel.Asleep, Cause = EnergyCause.Away, Reason = "nobody sits at this machine" };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_that_is_interrupted_whoever_sleeps_goes_on_at_once_and_when_it_is_completed_it_rests(bool completed)
    {
        var time = new FakeTimeProvider();
        var runner = new Busy(TestActor);
        var energy = Surroundings(() => { });
        var scheduler = Sys.ActorOf(SchedulerActor.Props(
            new ScheduleRules { Enabled = true, IdleAfter = TimeSpan.FromMinutes(30), MaxScenarios = 10, DailyIdleScenarios = 10 }, energy, runner, energy, new SimulatedSessions(), new CronNightCalendar(time), time));
        scheduler.Tell(new SchedulerProtocol.ScheduleIdle(TimeSpan.FromMinutes(1)));
        await ExpectMsgAsync<ScheduleDecision.Start>();
        await AwaitAssertAsync(async () => Assert.Contains("the next may begin at", (await scheduler.Ask<ScheduleStatus>(SchedulerProtocol.AskSchedule.Instance)).Decision, StringComparison.Ordinal));

        Sys.EventStream.Publish(new SessionProtocol.SessionEnded(
            new SessionId("s"), completed, new SessionReport(0, 0, 0, TimeSpan.Zero), [], new Dictionary<string, int>(), new Dictionary<string, int>(), null, null));

        if (completed)
            await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(200));
        else
            await ExpectMsgAsync<ScheduleDecision.Start>();
    }

    [Fact]
    public async Task What_another_machine_left_is_heard_of_before_a_session_begins_and_gone_on_with()
    {
        var time = new FakeTimeProvider();
        var sessions = new SimulatedSessions();
        var surroundings = Surroundings(() => sessions.Leave(time.GetUtcNow()));
        var scheduler = Sys.ActorOf(SchedulerActor.Props(
            new ScheduleRules { Enabled = true, IdleAfter = TimeSpan.FromMinutes(30), MaxScenarios = 10, DailyIdleScenarios = 10 }, surroundings, new Busy(TestActor), surroundings, sessions, new CronNightCalendar(time), time));
        scheduler.Tell(new SchedulerProtocol.ScheduleIdle(TimeSpan.FromMinutes(1)));
        Assert.True((await ExpectMsgAsync<ScheduleDecision.Start>()).Resume);
    }

    /// <summary>A machine that sleeps, and a journal; what is in it becomes known when somebody asks for it.</summary>
    private IActorRef Surroundings(Action catchUp) => Sys.ActorOf(act =>
    {
        act.Receive<EnergyProtocol.AskStatus>((_, context) => context.Sender.Tell(
            new EnergyProtocol.Status(true, Asleep, LoadReading.Unknown, [], new EnergyLimits(0.7, 0.8, 85, false, TimeSpan.FromMinutes(30), TimeSpan.Zero))));
        act.Receive<JournalProtocol.AwaitCatchUp>((_, context) =>
        {
            catchUp();
            context.Sender.Tell(JournalProtocol.CaughtUp.Instance);
        });
    });

    private sealed class Busy(IActorRef told) : ISessionRunner
    {
        public Task<RunOutcome> RunAsync(ScheduleDecision.Start start, CancellationToken cancellation)
        {
            told.Tell(start);
            return Task.FromResult(RunOutcome.Busy);
        }
    }
}

using Akka.Actor;
using Akka.Actor.Dsl;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Journal;
using DreamerActors.Actors.Scheduling;
using DreamerActors.Adapters.Scheduling;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Domain.Sessions;
using Microsoft.Extensions.Time.Testing;

namespace DreamerActors.Hosting.Tests.Scheduling;

/// <summary>
/// Eight hours of a night in virtual time, minute by minute, with a user who comes back thirty times. The scheduler, its calendar and the energy policy are the
/// real ones; sessions take a minute a scenario.
/// </summary>
public sealed class NightTests() : TestKit(
    """
    akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
    akka.loglevel = DEBUG
    """)
{
    private const int Minutes = 8 * 60;
    private const int Budget = 12;

    private static readonly TimeZoneInfo Warsaw = TimeZoneInfo.FindSystemTimeZoneById("Europe/Warsaw");
    private static readonly EnergyLimits Limits = new(0.7, 0.8, 85, false, TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(5));
    private static readonly LoadReading Calm = LoadReading.Unknown with { Cpu = 0.1, Memory = 0.3 };

    private readonly FakeTimeProvider _time = new();
    private readonly SimulatedSessions _sessions = new();
    private TimeSpan _clock = TimeSpan.FromDays(1);
    private DateTimeOffset _lastSeen;
    private Presence _presence = Presence.Unseen;
    private EnergyState _energy = EnergyState.Initial;
    private IActorRef? _energySource;

    [Theory]
    [InlineData("2026-11-27T22:00Z", 1)]
    [InlineData("2026-11-27T22:00Z", 2)]
    [InlineData("2026-10-24T21:00Z", 3)] // the clocks are set back at 3:00
    [InlineData("2026-03-28T22:00Z", 4)] // 2:00 does not exist
    public async Task Through_a_night_with_thirty_returns_it_dreams_only_when_it_may(string begin, int seed)
    {
        _time.SetUtcNow(DateTimeOffset.Parse(begin, System.Globalization.CultureInfo.InvariantCulture));
        _time.SetLocalTimeZone(Warsaw);
        _lastSeen = _time.GetUtcNow();
        var random = new Random(seed);
        var returns = Enumerable.Range(0, 30).Select(_ => random.Next(Minutes)).ToHashSet();
        var lines = Collect<Info>();
        var wakes = Collect<EnergyProtocol.Wake>();
        var scheduler = Sys.ActorOf(SchedulerActor.Props(
            new ScheduleRules { Enabled = true, IdleAfter = Limits.IdleAfter, MaxScenarios = 40, DailyIdleScenarios = Budget },
            Energy(), _sessions, Energy(), _sessions, new CronNightCalendar(_time), _time));
        scheduler.Tell(new SchedulerProtocol.ScheduleNightly(new NightHours(2, 6)));
        scheduler.Tell(new SchedulerProtocol.ScheduleIdle(TimeSpan.FromMinutes(1)));

        for (var minute = 0; minute < Minutes; minute++)
        {
            if (returns.Contains(minute)) _lastSeen = _time.GetUtcNow();
            LookAtTheMachine();
            await Settle(scheduler);
            CheckWhatRuns();
            ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromMinutes(1));
            _time.Advance(TimeSpan.FromMinutes(1));
            _clock += TimeSpan.FromMinutes(1);
            _sessions.Work(_time.GetUtcNow());
            var decision = (await Settle(scheduler)).Decision;
            Assert.True(decision.Length > 0 && !decision.Contains('\n', StringComparison.Ordinal), decision);
            foreach (var wake in await Taken<EnergyProtocol.Wake>(wakes))
                _sessions.Wake(_time.GetUtcNow(), wake.Reason);
            await Settle(scheduler);
        }

        Assert.NotEmpty(_sessions.Starts);
        Assert.Contains(_sessions.Starts, start => start.Trigger == Triggers.Nightly);
        Assert.InRange(_sessions.Judged(Triggers.Idle), 0, Budget);
        var told = (await Taken<Info>(lines)).Select(line => line.Message.ToString()!).ToList();
        Assert.Equal(_sessions.Starts.Count, told.Count(line => line.StartsWith("Schedule: start: ", StringComparison.Ordinal)));
        Assert.Contains(told, line => line.StartsWith("Schedule: wait: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_session_that_outlasts_its_night_is_woken_at_its_end_with_that_reason()
    {
        _time.SetUtcNow(new DateTimeOffset(2026, 11, 28, 4, 58, 30, TimeSpan.Zero));
        _time.SetLocalTimeZone(Warsaw);
        _lastSeen = _time.GetUtcNow().AddHours(-1);
        var wakes = Collect<EnergyProtocol.Wake>();
        var scheduler = Sys.ActorOf(SchedulerActor.Props(
            new ScheduleRules { Enabled = true, IdleAfter = Limits.IdleAfter, MaxScenarios = 40, DailyIdleScenarios = 0 },
            Energy(), _sessions, Energy(), _sessions, new CronNightCalendar(_time), _time));
        scheduler.Tell(new SchedulerProtocol.ScheduleNightly(new NightHours(2, 6)));
        await Settle(scheduler);
        LookAtTheMachine();
        await Settle(scheduler);
        Assert.Single(_sessions.Starts);
        _time.Advance(TimeSpan.FromSeconds(90));
        ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(90));
        await Settle(scheduler);
        Assert.Equal(InterruptReason.WindowEnd, Assert.Single(await Taken<EnergyProtocol.Wake>(wakes)).Reason);
        scheduler.Tell(SchedulerProtocol.Resume.Instance); // one more look
        await Settle(scheduler);
        Assert.Empty(await Taken<EnergyProtocol.Wake>(wakes));
    }

    [Fact]
    public async Task What_is_scheduled_survives_a_failure_of_the_scheduler()
    {
        var calendar = new FailsOnce(new CronNightCalendar(_time));
        var scheduler = Sys.ActorOf(SchedulerActor.Props(
            new ScheduleRules { Enabled = true, IdleAfter = Limits.IdleAfter, MaxScenarios = 1, DailyIdleScenarios = 1 }, Energy(), _sessions, Energy(), _sessions, calendar, _time));
        scheduler.Tell(new SchedulerProtocol.ScheduleIdle(TimeSpan.FromMinutes(7)));
        scheduler.Tell(SchedulerProtocol.Pause.Instance);
        scheduler.Tell(new SchedulerProtocol.ScheduleNightly(new NightHours(2, 6)));
        await AwaitConditionAsync(() => Task.FromResult(calendar.Failed));
        var status = await Settle(scheduler);
        Assert.True(status.Paused);
        Assert.Equal([NightlyJob.Id, IdleJob.Id], status.Jobs.Select(job => job.Id));
    }

    /// <summary>What the scheduler asks how it is, and whether it has read everything.</summary>
    private IActorRef Energy() => _energySource ??= Sys.ActorOf(act =>
    {
        act.Receive<EnergyProtocol.AskStatus>((_, context) => context.Sender.Tell(new EnergyProtocol.Status(true, _energy, Calm, [], Limits), context.Self));
        act.Receive<JournalProtocol.AwaitCatchUp>((_, context) => context.Sender.Tell(JournalProtocol.CaughtUp.Instance, context.Self));
    });

    private async Task<ScheduleStatus> Settle(IActorRef scheduler)
    {
        // What a message makes the actor tell itself, or ask of the energy side, is behind the first question and before the last.
        for (var i = 0; i < 5; i++)
        {
            await scheduler.Ask<ScheduleStatus>(SchedulerProtocol.AskSchedule.Instance, TimeSpan.FromSeconds(10));
            await Energy().Ask<EnergyProtocol.Status>(EnergyProtocol.AskStatus.Instance, TimeSpan.FromSeconds(10));
        }

        return await scheduler.Ask<ScheduleStatus>(SchedulerProtocol.AskSchedule.Instance, TimeSpan.FromSeconds(10));
    }

    private sealed class FailsOnce(INightCalendar calendar) : INightCalendar
    {
        public bool Failed { get; private set; }

        public Night NightAt(NightHours hours, DateTimeOffset at)
        {
            if (Failed) return calendar.NightAt(hours, at);
            Failed = true;
            throw new InvalidOperationException("once");
        }
    }

    /// <summary>Collects what is published from now on; whoever asks afterwards gets all of it, as it was told before the question.</summary>
    private IActorRef Collect<T>()
    {
        var collector = Sys.ActorOf(Props.Create(() => new Collector<T>()));
        Sys.EventStream.Subscribe(collector, typeof(T));
        return collector;
    }

    private static Task<List<T>> Taken<T>(IActorRef collector) => collector.Ask<List<T>>("take", TimeSpan.FromSeconds(10));

    private sealed class Collector<T> : ReceiveActor
    {
        private List<T> _seen = [];

        public Collector()
        {
            Receive<T>(seen => _seen.Add(seen));
            Receive<string>(_ =>
            {
                Sender.Tell(_seen);
                _seen = [];
            });
        }
    }

    /// <summary>What the energy side does: looks, wakes what runs when the user is there, and lets it rest.</summary>
    private void LookAtTheMachine()
    {
        _presence = _presence.Look([new Sighting("mouse", _lastSeen)], _time.GetUtcNow(), _clock);
        _energy = EnergyPolicy.Decide(_energy, Calm, _presence, Limits, _clock);
        if (_energy.Level == EnergyLevel.Awake && _sessions.Wake(_time.GetUtcNow(), InterruptReason.UserActivity))
            _energy = EnergyPolicy.Woken(_energy, Limits, _clock);
        Sys.EventStream.Publish(_energy);
    }

    private void CheckWhatRuns()
    {
        if (_sessions.Running is not { } start) return;
        Assert.NotEqual(EnergyLevel.Awake, _energy.Level);
        if (_sessions.StartedAt != _time.GetUtcNow()) return;
        Assert.NotEqual(EnergyCause.CoolDown, _energy.Cause);
        if (start.Trigger == Triggers.Nightly)
            Assert.InRange(_time.GetLocalNow().Hour, 2, 5);
        else
            Assert.Equal(EnergyLevel.Asleep, _energy.Level);
    }
}

using Akka.Actor;
using Akka.Event;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Journal;
using DreamerActors.Actors.Sessions;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Scheduling;

/// <summary>Asks for the machine's energy and reads the journal once a minute, and whenever something changes, and does what <see cref="SchedulePolicy"/> decides.</summary>
/// <remarks>
/// Nothing begins before all that any machine has written was read.
/// Restarted by a failure of its own; what is scheduled is handed to the new instance, a session that runs goes on and is found as busy. Stopped with the
/// system only, which wakes the session it started. It loses the count of setbacks, so the next attempt may come early.
/// </remarks>
internal sealed class SchedulerActor : ReceiveActor, IWithTimers
{
    /// <summary>How often it looks at least, so that a machine that slept makes up for a start.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private const int SessionsSeen = 100;

    private readonly IActorRef _energySource;
    private readonly ISessionRunner _runner;
    private readonly IActorRef _journal;
    private readonly IJournalReader _reader;
    private readonly INightCalendar _calendar;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ScheduleRules _rules;
    private EnergyState _energy = EnergyState.Initial;
    private ScheduledRun? _run;
    private Setbacks? _setbacks;
    private ScheduleDecision _last = ScheduleDecision.Nothing;
    private bool _looking;
    private bool _caughtUp;

    public SchedulerActor(ScheduleRules rules, IActorRef energy, ISessionRunner runner, IActorRef journal, IJournalReader reader, INightCalendar calendar, TimeProvider time)
    {
        (_rules, _energySource, _runner, _journal, _reader, _calendar, _time) = (rules, energy, runner, journal, reader, calendar, time);
        Receive<SchedulerProtocol.ScheduleNightly>(m => Change(_rules with { Nightly = new NightlyJob(m.Hours, Now) }));
        Receive<SchedulerProtocol.ScheduleIdle>(m => Change(_rules with { Idle = new IdleJob(m.Interval, Now) }));
        Receive<SchedulerProtocol.Pause>(_ => Change(_rules with { Paused = true }));
        Receive<SchedulerProtocol.Resume>(_ => Change(_rules with { Paused = false }));
        Receive<ScheduleRules>(Change);
        Receive<EnergyState>(OnEnergy);
        Receive<EnergyProtocol.Status>(status => OnEnergy(status.State));
        Receive<LookAgain>(_ => _energySource.Tell(EnergyProtocol.AskStatus.Instance));
        Receive<Seen>(OnSeen);
        Receive<JournalProtocol.CaughtUp>(_ =>
        {
            _caughtUp = true;
            Look();
        });
        Receive<RunEnded>(OnRunEnded);
        Receive<SessionProtocol.SessionEnded>(OnSessionEnded);
        Receive<SchedulerProtocol.AskSchedule>(_ => Sender.Tell(ScheduleStatus.Of(_rules, _last, _calendar, Now)));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private DateTimeOffset Now => _time.GetLocalNow();

    public static Props Props(ScheduleRules rules, IActorRef energy, ISessionRunner runner, IActorRef journal, IJournalReader reader, INightCalendar calendar, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new SchedulerActor(rules, energy, runner, journal, reader, calendar, time));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<EnergyState>(Self);
        Context.System.EventStream.Subscribe<SessionProtocol.SessionEnded>(Self);
    }

    protected override void PreRestart(Exception reason, object message)
    {
        Self.Tell(_rules);
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private void Change(ScheduleRules rules)
    {
        _rules = rules;
        var every = rules.Idle is { } idle && idle.Interval < Interval ? idle.Interval : Interval;
        Timers.StartPeriodicTimer(nameof(LookAgain), LookAgain.Instance, every);
        Self.Tell(LookAgain.Instance);
    }

    private void OnEnergy(EnergyState energy)
    {
        _energy = energy;
        Look();
    }

    private void Look()
    {
        if (_looking) return;
        var isCurrent = _caughtUp;
        (_looking, _caughtUp) = (true, false);
        _ = _reader.SessionsAsync(SessionsSeen, _stopping.Token).PipeTo(Self, success: sessions => new Seen(sessions, isCurrent, null), failure: e => new Seen([], isCurrent, e));
    }

    private void OnSeen(Seen seen)
    {
        _looking = false;
        if (seen.Failure is not null)
        {
            _log.Error(seen.Failure, "The journal could not be read; nothing is decided");
            return;
        }

        var now = Now;
        var night = _rules.Nightly is { } nightly ? _calendar.NightAt(nightly.Hours, now) : null;
        var decision = SchedulePolicy.Decide(_rules, new Situation(now, night, _energy, _run, _setbacks, seen.Sessions));
        if (decision is ScheduleDecision.Start && !seen.IsCurrent)
        {
            // Another machine may have left a session of which this one has not heard yet: that is gone on with, and no other begun.
            if (_caughtUp) Look();
            else _journal.Tell(JournalProtocol.AwaitCatchUp.Instance);
            return;
        }

        _caughtUp = false;
        Tell(decision);
        switch (decision)
        {
            case ScheduleDecision.Start start:
                Begin(start, now);
                break;
            case ScheduleDecision.Stop stop:
                _run = _run! with { Stopped = true };
                Context.System.EventStream.Publish(new EnergyProtocol.Wake(stop.Reason, stop.Why) { EndsSession = true });
                break;
        }
    }

    private void Begin(ScheduleDecision.Start start, DateTimeOffset now)
    {
        _run = new ScheduledRun(start.Trigger, start.Night);
        if (start.Night is { } night) Timers.StartSingleTimer(nameof(ScheduledRun), LookAgain.Instance, night.End - now);
        _ = _runner.RunAsync(start, _stopping.Token).PipeTo(Self, success: outcome => new RunEnded(outcome, null), failure: e => new RunEnded(RunOutcome.Failed, e));
    }

    private void OnRunEnded(RunEnded ended)
    {
        if (ended.Failure is not null) _log.Error(ended.Failure, "A session of the schedule failed");
        var outcome = ended.Outcome == RunOutcome.Interrupted && _run!.Stopped ? RunOutcome.WindowEnd : ended.Outcome;
        Timers.Cancel(nameof(ScheduledRun));
        _setbacks = Setbacks.After(_setbacks, outcome, Now);
        _run = null;
        Self.Tell(LookAgain.Instance);
    }

    // Whoever sleeps first goes on with what no machine may dream any more; that it was busy until then is no reason to wait.
    private void OnSessionEnded(SessionProtocol.SessionEnded ended)
    {
        if (ended.Completed || _setbacks is not { IsBusy: true }) return;
        _setbacks = null;
        Self.Tell(LookAgain.Instance);
    }

    /// <summary>One line per decision; waiting for the same as before is none.</summary>
    private void Tell(ScheduleDecision decision)
    {
        if (decision is not ScheduleDecision.Wait wait || wait.Topic != (_last as ScheduleDecision.Wait)?.Topic)
            _log.Info("Schedule: {0}: {1}", decision.GetType().Name.ToLowerInvariant(), decision.Why);
        _last = decision;
    }

    private sealed record LookAgain
    {
        public static LookAgain Instance { get; } = new();
    }

    private sealed record Seen(IReadOnlyList<SessionSummary> Sessions, bool IsCurrent, Exception? Failure);

    private sealed record RunEnded(RunOutcome Outcome, Exception? Failure);
}

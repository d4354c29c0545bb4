using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Persistence;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Machines;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Sessions;

/// <summary>
/// One session: owns the plan and has every machine that may dream do so, one <see cref="ScenarioActor"/> per scenario, as many at once as each allows; before the first on a machine and
/// after the last of all a <see cref="CanaryActor"/> tries the guardian.
/// </summary>
/// <remarks>
/// Stopped by: completion or interruption (passivation), a journal that fails, a lease that is not to be had, and a machine that leaves. Restarted by: a failure of its own, after which it tells that the
/// session ended early; the next message to the shard region; and sharding, when its machine left or died: it then goes on by itself, as soon as it has the lease. All replay its events. Loses: only
/// dreams in flight, which are pending again, and the count of machines that died under them. A scenario actor that fails is stopped, never restarted, and its dream is recorded as lost; one whose
/// machine woke or died is dreamt elsewhere. It is interrupted when no machine may dream any more.
/// </remarks>
internal sealed class DreamSessionActor : ReceivePersistentActor, IWithTimers
{
    /// <summary>How often it looks who is there.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    private readonly SessionId _session;
    private readonly SessionSurroundings _around;
    private readonly SessionMachines _machines = new(((ExtendedActorSystem)Context.System).Provider.DefaultAddress);
    private readonly HashSet<IActorRef> _woken = [];
    private readonly List<Action> _farewells = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private SessionState _state = SessionState.Initial;
    private MachineProtocol.Woke? _stop;
    private bool _dreaming;
    private bool _wasTold;
    private bool _leasing;
    private bool _holds;
    private bool _releasing;
    private Exception? _restartedBy;

    public DreamSessionActor(SessionId session, SessionSurroundings around)
    {
        (_session, _around) = (session, around);
        Recover<ISessionEvent>(e => _state = _state.Apply(e));
        Recover<RecoveryCompleted>(_ => OnRecovered());
        Command<SessionProtocol.BeginDreaming>(m => Take(new BeginSession(Now, m.Session, m.Order, m.Plan), Sender));
        Command<SessionProtocol.ResumeDreaming>(_ => Take(new ResumeSession(Now), Sender));
        Command<SessionProtocol.SetApproval>(m => OnTold(new Domain.Sessions.SetApproval(Now, m.Dream, m.Approval, m.Actor, m.Comment)));
        Command<SessionProtocol.RecordReplays>(m => OnTold(new Domain.Sessions.RecordReplays(Now, m.Results)));
        Command<GoOn>(_ => OnGoOn());
        Command<Leased>(OnLeased);
        Command<Released>(_ => OnReleased());
        Command<MachineProtocol.Spare>(OnSpare);
        Command<MachineProtocol.Woke>(OnWoke);
        Command<LookAround>(_ => OnLookAround());
        Command<RecordCanaries>(OnCanaries);
        Command<SessionCommand>(command => Handle(command, ActorRefs.Nobody));
        Command<ScenarioProtocol.PhaseEntered>(m => Progress(m.Scenario, m.Phase, null));
        Command<ScenarioProtocol.GivenBack>(m => _machines.GivenBack(m.Scenario));
        Command<Terminated>(OnTerminated);
        Command<ReceiveTimeout>(_ => Leave());
        Command<SessionProtocol.Leave>(_ => Context.Stop(Self));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public override string PersistenceId => $"dream-session-{_session.Value}";

    private DateTimeOffset Now => _around.Time.GetUtcNow();

    public static Props Props(SessionId session, SessionSurroundings around) => Akka.Actor.Props.Create(() => new DreamSessionActor(session, around));

    protected override void PostRestart(Exception reason)
    {
        _restartedBy = reason;
        base.PostRestart(reason);
    }

    protected override void PostStop()
    {
        if (_holds) _ = _around.Lease.ReleaseAsync(_session);
        base.PostStop();
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _log.Error(cause, "Session {0} could not be journalled", _session);
        // Another has written in its place: started again by sharding it replays what that was.
        if (cause.GetBaseException() is PlaceTakenException) return;
        Passivate();
        TellEnd(completed: false, $"the journal failed: {cause.Message}");
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        OnPersistFailure(cause, @event, sequenceNr);
        Context.Stop(Self);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        _log.Error(reason, "Session {0} could not be read from the journal", _session);
        Passivate();
        TellEnd(completed: false, $"the journal could not be read: {reason.Message}");
    }

    private void OnRecovered()
    {
        Context.SetReceiveTimeout(Idle);
        if (_state.Phase != SessionPhase.Running) return;
        // Whoever waits for a session that failed would wait for ever: it does not go on by itself.
        if (_restartedBy is { } failure) TellEnd(completed: false, $"the session failed and can be resumed: {failure.Message}");
        // What somebody told it stands before this in the mailbox: who was started for that waits for more of it.
        else Self.Tell(GoOn.Instance);
    }

    private void OnGoOn()
    {
        if (_wasTold || _dreaming) return;
        _log.Info("Session {0} goes on here", _session);
        Take(new ResumeSession(Now), null);
    }

    private void OnTold(SessionCommand command)
    {
        _wasTold = true;
        Handle(command, Sender);
    }

    private void Take(SessionCommand command, IActorRef? asker)
    {
        _wasTold |= asker is not null;
        if (_dreaming || _releasing)
        {
            asker?.Tell(new SessionProtocol.SessionRefused(_session, _releasing ? "the session just ends" : "the session is running", IsBusy: true));
            return;
        }

        _holds = _leasing = true;
        _ = _around.Lease.TryTakeAsync(_session, CancellationToken.None).PipeTo(
            Self, success: holder => new Leased(command, asker, holder, IsBusy: true), failure: error => new Leased(command, asker, error.Message, IsBusy: false));
    }

    private void OnLeased(Leased leased)
    {
        _leasing = false;
        if (leased.Obstacle is null)
        {
            Handle(leased.Command, leased.Asker ?? ActorRefs.Nobody);
            return;
        }

        _holds = false;
        if (leased.Asker is { } asker)
        {
            Passivate();
            asker.Tell(new SessionProtocol.SessionRefused(_session, leased.Obstacle, leased.IsBusy));
            return;
        }

        // Sharding starts it again: whoever has the lease may still write, so what was replayed here is not the last word.
        _log.Info("Session {0} cannot go on yet: {1}", _session, leased.Obstacle);
        Context.Stop(Self);
    }

    private void Handle(SessionCommand command, IActorRef asker)
    {
        switch (_state.Decide(command))
        {
            case Decision.Refuse refuse:
                _log.Debug("Session {0} refused {1}: {2}", _session, command.GetType().Name, refuse.Reason);
                var refused = new SessionProtocol.SessionRefused(_session, refuse.Reason);
                if (_dreaming || _leasing) asker.Tell(refused);
                else Leave(() => asker.Tell(refused));
                break;
            case Decision.Accept accept:
                var unwritten = accept.Events.Count;
                PersistAll(accept.Events, e =>
                {
                    _state = _state.Apply(e);
                    Effect(e);
                    if (--unwritten == 0) OnWritten(accept.Events, asker);
                });
                break;
        }
    }

    private void OnWritten(IReadOnlyList<ISessionEvent> events, IActorRef asker)
    {
        foreach (var happened in events) TellMachines(happened);
        asker.Tell(new SessionProtocol.SessionAccepted(_session));
        if (_dreaming) Settle();
        else Leave();
    }

    private void Effect(ISessionEvent happened)
    {
        switch (happened)
        {
            case SessionStarted or SessionResumed:
                _dreaming = true;
                Timers.StartPeriodicTimer(nameof(LookAround), LookAround.Instance, TimeSpan.Zero, Interval);
                break;
            case DreamCompleted e:
                End(e.Scenario.Id, "kept", null);
                break;
            case DreamRejected e:
                End(e.ScenarioId, "rejected", e.Verdict.Reasons.FirstOrDefault());
                break;
            case DreamLost e:
                End(e.Scenario, "lost", e.Detail);
                break;
            case CanariesJudged:
                foreach (var canaries in _machines.TriedCanaries) Context.Stop(canaries);
                break;
            case SessionQuarantined e:
                StopDreaming(() => TellEnd(completed: false, e.Reason));
                break;
            case SessionCompleted or SessionInterrupted:
                StopDreaming(() => TellEnd(happened is SessionCompleted, null, happened as SessionInterrupted));
                break;
        }
    }

    private void StopDreaming(Action farewell)
    {
        _dreaming = false;
        Timers.Cancel(nameof(LookAround));
        StopChildren();
        _farewells.Add(farewell);
    }

    private void StopChildren()
    {
        foreach (var child in _machines.Children) Context.Stop(child);
    }

    // Leaving comes last, and as a message like others: a poison pill would overtake what is still being written, and its asker would wait in vain. Who hears of the end may ask for more
    // at once, so before that the lease is free and sharding knows that this actor leaves.
    private void Leave(Action? farewell = null)
    {
        if (farewell is not null) _farewells.Add(farewell);
        if (_dreaming || _leasing || _releasing) return;
        if (_holds)
        {
            (_holds, _releasing) = (false, true);
            _ = _around.Lease.ReleaseAsync(_session).PipeTo(Self, success: () => Released.Instance, failure: _ => Released.Instance);
            return;
        }

        Passivate();
        foreach (var each in _farewells) each();
        _farewells.Clear();
    }

    private void OnReleased()
    {
        _releasing = false;
        Leave();
    }

    private void Passivate() => Context.Parent.Tell(new Passivate(SessionProtocol.Leave.Instance));

    private void OnLookAround()
    {
        foreach (var machine in _machines.Look(_around.Machines()))
            At(machine).Tell(new MachineProtocol.Follow(_session, _state.Order!.Trigger == Triggers.Nightly));
        Settle();
    }

    private void OnSpare(MachineProtocol.Spare spare)
    {
        _machines.Take(Sender, spare);
        Settle();
    }

    private void OnWoke(MachineProtocol.Woke woke)
    {
        _machines.Take(Sender, woke);
        _woken.Add(Sender);
        if (woke.EndsSession && _dreaming)
        {
            _stop = woke;
            StopChildren();
        }

        Settle();
    }

    private void OnCanaries(RecordCanaries command)
    {
        _machines.Tried(Sender);
        Handle(command, ActorRefs.Nobody);
    }

    /// <summary>Begins what can begin, and interrupts the session when nothing goes on anywhere.</summary>
    private void Settle()
    {
        if (!_dreaming) return;
        foreach (var (machine, id, isCanary) in _stop is null ? _machines.Next(_state) : []) Begin(machine, id, isCanary);
        if ((_stop is null ? _machines.ReasonToStop(_session) : _machines.IsQuiet ? _stop : null) is { } over)
        {
            Handle(new InterruptSession(Now, over.Reason, over.StoppedIn, over.Detail, over.Killed, over.Problem), ActorRefs.Nobody);
            return;
        }

        if (_stop is not null) return;
        foreach (var machine in _woken.Where(_machines.GoesOnWithout).ToList())
        {
            _woken.Remove(machine);
            machine.Tell(new MachineProtocol.GoesOn(_session));
        }
    }

    private void Begin(Address machine, ScenarioId id, bool isCanary)
    {
        var strict = _state.Order!.Strict;
        var props = isCanary
            ? _around.Canaries(new CanaryAssignment(_session, id, strict))
            : _around.Scenario(new ScenarioAssignment(_session, _state.Plan.First(planned => planned.Id == id), _state.Woven.GetValueOrDefault(id), strict));
        var isHere = machine == ((ExtendedActorSystem)Context.System).Provider.DefaultAddress;
        var actor = Context.ActorOf(isHere ? props : props.WithDeploy(new Deploy(new RemoteScope(machine))), id.Value);
        _machines.Began(id, machine, Context.Watch(actor), isCanary);
    }

    private void End(ScenarioId scenario, string phase, string? detail)
    {
        Progress(scenario, phase, detail);
        if (_machines.Find(scenario) is { } child) Context.Stop(child);
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_machines.Ended(terminated) is not { } ended) return;
        if (_dreaming && _stop is null && RecordOf(ended) is { } record) Handle(record, ActorRefs.Nobody);
        else Settle();
    }

    private SessionCommand? RecordOf((ScenarioId Id, bool IsCanary, ChildEnd End) ended) => ended switch
    {
        { End: ChildEnd.Peaceful } => null,
        { IsCanary: true } => new RecordCanaries(Now, [.. Canary.All.Select(each => new CanaryResult(each.Name, each.Expected, VerdictOutcome.Error, "the canaries' actor failed"))]),
        _ when _state.Ended.ContainsKey(ended.Id) => null,
        { End: ChildEnd.KillsMachines } => new RecordLost(Now, ended.Id, LossReason.Node, $"{SessionMachines.MostDeaths} machines died while they dreamt it"),
        _ => new RecordLost(Now, ended.Id, LossReason.Infrastructure, "the scenario's actor failed"),
    };

    private void Progress(ScenarioId scenario, string phase, string? detail) => TellMachines(new SessionProtocol.SessionProgressed(
        _session, scenario.Value, TitleOf(scenario), phase, detail, _state.Ended.Count, _state.Plan.Count));

    private string TitleOf(ScenarioId id) =>
        _state.Woven.TryGetValue(id, out var scenario) ? scenario.Title : _state.Plan.First(planned => planned.Id == id).Fragment.Name;

    private void TellEnd(bool completed, string? error, SessionInterrupted? interruption = null) => TellMachines(new SessionProtocol.SessionEnded(
        _session, completed, _state.Report, _state.Titles, _state.Rejections, _state.Losses, error, interruption));

    private void TellMachines(object message)
    {
        foreach (var machine in _around.Machines()) At(machine).Tell(message);
    }

    private static ActorSelection At(Address machine) => Context.ActorSelection(new RootActorPath(machine) / "user" / MachineProtocol.Name);

    /// <summary>Go on by itself, if nobody says otherwise.</summary>
    private sealed record GoOn
    {
        public static GoOn Instance { get; } = new();
    }

    private sealed record LookAround
    {
        public static LookAround Instance { get; } = new();
    }

    private sealed record Leased(SessionCommand Command, IActorRef? Asker, string? Obstacle, bool IsBusy);

    private sealed record Released
    {
        public static Released Instance { get; } = new();
    }
}

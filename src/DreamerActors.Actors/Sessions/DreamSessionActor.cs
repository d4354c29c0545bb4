using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Persistence;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Machines;
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
internal sealed partial class DreamSessionActor : ReceivePersistentActor, IWithTimers
{
    /// <summary>How often it looks who is there, and how long it waits to be told something before it goes on by itself.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    private readonly SessionId _session;
    private readonly SessionSurroundings _around;
    private readonly SessionMachines _machines = new(((ExtendedActorSystem)Context.System).Provider.DefaultAddress);
    private readonly SessionVoice _voice;
    private readonly Tenure _tenure;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private SessionState _state = SessionState.Initial;
    private bool _dreaming;
    private bool _wasTold;
    private Exception? _restartedBy;

    public DreamSessionActor(SessionId session, SessionSurroundings around)
    {
        (_session, _around, _voice, _tenure) = (session, around, new SessionVoice(session, around.Machines, Context), new Tenure(around.Lease, session));
        Recover<ISessionEvent>(e => _state = _state.Apply(e));
        Recover<RecoveryCompleted>(_ => OnRecovered());
        Command<SessionProtocol.BeginDreaming>(m => Take(new BeginSession(Now, m.Session, m.Order, m.Plan), Sender));
        Command<SessionProtocol.ResumeDreaming>(_ => Take(new ResumeSession(Now), Sender));
        Command<SessionProtocol.SetApproval>(m => OnTold(new Domain.Sessions.SetApproval(Now, m.Dream, m.Approval, m.Actor, m.Comment)));
        Command<SessionProtocol.RecordReplays>(m => OnTold(new Domain.Sessions.RecordReplays(Now, m.Results)));
        Command<GoOn>(_ => OnGoOn());
        Command<Tenure.Taken>(OnTaken);
        Command<Tenure.Ended>(ended =>
        {
            if (ended.Failure is { } failure) _log.Warning(failure, "The lease of session {0} could not be given back", _session.Value);
            _tenure.OnEnded();
            Leave();
        });
        Command<MachineProtocol.Spare>(OnSpare);
        Command<MachineProtocol.Woke>(OnWoke);
        Command<LookAround>(_ => OnLookAround());
        Command<RecordCanaries>(OnCanaries);
        Command<SessionCommand>(command => Handle(command, ActorRefs.Nobody));
        Command<ScenarioProtocol.PhaseEntered>(m => _voice.Progress(_state, m.Scenario, m.Phase, null));
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
        _tenure.Drop();
        base.PostStop();
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _log.Error(cause, "Session {0} could not be journalled", _session);
        // Another has written in its place: started again by sharding it replays what that was.
        if (cause.GetBaseException() is PlaceTakenException) return;
        Passivate();
        _voice.End(_state, completed: false, $"the journal failed: {cause.Message}");
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
        _voice.End(_state, completed: false, $"the journal could not be read: {reason.Message}");
    }

    private void OnRecovered()
    {
        Context.SetReceiveTimeout(Idle);
        if (_state.Phase != SessionPhase.Running) return;
        // Whoever waits for a session that failed would wait for ever: it does not go on by itself.
        if (_restartedBy is { } failure) _voice.End(_state, completed: false, $"the session failed and can be resumed: {failure.Message}");
        // Who was started for a message has it by then, and waits for more of that.
        else Timers.StartSingleTimer(nameof(GoOn), GoOn.Instance, Interval);
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
        if (_dreaming || _tenure.IsEnding)
        {
            asker?.Tell(new SessionProtocol.SessionRefused(_session, _tenure.IsEnding ? "the session just ends" : "the session is running", IsBusy: true));
            return;
        }

        _tenure.Take(command, asker, Self);
    }

    private void OnTaken(Tenure.Taken taken)
    {
        _tenure.OnTaken(taken);
        switch (taken)
        {
            case { Obstacle: null }:
                Handle(taken.Command, taken.Asker ?? ActorRefs.Nobody);
                break;
            case { Asker: { } asker }:
                Leave(() => asker.Tell(new SessionProtocol.SessionRefused(_session, taken.Obstacle, taken.IsBusy)));
                break;
            default:
                // Sharding starts it again: whoever has the lease may still write, so what was replayed here is not the last word.
                _log.Debug("Session {0} cannot go on yet: {1}", _session, taken.Obstacle);
                Context.Stop(Self);
                break;
        }
    }

    private void Handle(SessionCommand command, IActorRef asker)
    {
        switch (_state.Decide(command))
        {
            case Decision.Refuse refuse:
                _log.Debug("Session {0} refused {1}: {2}", _session, command.GetType().Name, refuse.Reason);
                var refused = new SessionProtocol.SessionRefused(_session, refuse.Reason);
                if (_dreaming || _tenure.IsTaking) asker.Tell(refused);
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
        foreach (var happened in events) _voice.Tell(happened);
        asker.Tell(new SessionProtocol.SessionAccepted(_session));
        if (_dreaming) Settle();
        else Leave();
    }

    // Leaving comes last, and as a message like others: a poison pill would overtake what is still being written, and its asker would wait in vain. Who hears of the end may ask for more
    // at once, so before that the lease is free and sharding knows that this actor leaves.
    private void Leave(Action? farewell = null)
    {
        if (farewell is not null) _tenure.Afterwards(farewell);
        if (_dreaming || _tenure.End(Self) is not { } farewells) return;
        Passivate();
        foreach (var each in farewells) each();
    }

    private void Passivate() => Context.Parent.Tell(new Passivate(SessionProtocol.Leave.Instance));

    /// <summary>Go on by itself, if nobody says otherwise.</summary>
    private sealed record GoOn
    {
        public static GoOn Instance { get; } = new();
    }

    private sealed record LookAround
    {
        public static LookAround Instance { get; } = new();
    }
}

using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Persistence;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Journal;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Sessions;

/// <summary>
/// One session: owns the plan and spawns one <see cref="ScenarioActor"/> per scenario, a bounded number at a time; before the first and after the last
/// a <see cref="CanaryActor"/> tries the guardian.
/// </summary>
/// <remarks>
/// Stopped by: completion or interruption (passivation), or a journal that fails. Restarted by: a failure of its own, after which it tells that the
/// session ended early, and the next message to the shard region; both replay its events. Loses: only dreams in flight; they are pending again.
/// A scenario actor that fails is stopped, never restarted, and its dream is recorded as lost. After a replay nothing starts by itself: a resumption must be asked for.
/// </remarks>
internal sealed class DreamSessionActor : ReceivePersistentActor
{
    // The canaries run like a scenario of their own; no plan has this id.
    private static readonly ScenarioId Canaries = new("canaries");
    private readonly SessionId _session;
    private readonly Func<ScenarioAssignment, Props> _scenarioProps;
    private readonly Func<bool, Props> _canaryProps;
    private readonly int _concurrency;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<ScenarioId, IActorRef> _children = [];
    private SessionState _state = SessionState.Initial;
    private (SessionProtocol.InterruptDreaming Message, IActorRef ReplyTo)? _interruption;
    private bool _dreaming;
    private bool _isOver;
    private Exception? _restartedBy;

    public DreamSessionActor(
        SessionId session, Func<ScenarioAssignment, Props> scenarioProps, Func<bool, Props> canaryProps, int concurrency, TimeProvider time)
    {
        (_session, _scenarioProps, _canaryProps, _concurrency, _time) = (session, scenarioProps, canaryProps, concurrency, time);
        Recover<ISessionEvent>(e => _state = _state.Apply(e));
        Recover<RecoveryCompleted>(_ => TellOfRestart());
        Command<SessionProtocol.BeginDreaming>(m => Handle(new BeginSession(Now, m.Session, m.Order, m.Plan), Sender));
        Command<SessionProtocol.ResumeDreaming>(OnResume);
        Command<SessionProtocol.InterruptDreaming>(OnInterrupt);
        Command<SessionProtocol.SetApproval>(m => Handle(new Domain.Sessions.SetApproval(Now, m.Dream, m.Approval, m.Actor, m.Comment), Sender));
        Command<SessionProtocol.RecordReplays>(m => Handle(new Domain.Sessions.RecordReplays(Now, m.Results), Sender));
        Command<EnergyProtocol.WakeUp>(_ => StopDreaming());
        Command<SessionCommand>(command => Handle(command, ActorRefs.NoSender));
        Command<ScenarioProtocol.PhaseEntered>(m => Progress(m.Scenario, m.Phase, null));
        Command<Terminated>(OnTerminated);
        Command<SessionProtocol.Leave>(_ => Context.Stop(Self));
    }

    public override string PersistenceId => $"dream-session-{_session.Value}";

    private DateTimeOffset Now => _time.GetUtcNow();

    public static Props Props(
        SessionId session, Func<ScenarioAssignment, Props> scenarioProps, Func<bool, Props> canaryProps, int concurrency, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new DreamSessionActor(session, scenarioProps, canaryProps, concurrency, time));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<EnergyProtocol.WakeUp>(Self);
        base.PreStart();
    }

    protected override void PostRestart(Exception reason)
    {
        _restartedBy = reason;
        base.PostRestart(reason);
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        base.PostStop();
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        _log.Error(cause, "Session {0} could not be journalled", _session);
        PublishEnd(completed: false, $"the journal failed: {cause.Message}");
    }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        OnPersistFailure(cause, @event, sequenceNr);
        Context.Stop(Self);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        _log.Error(reason, "Session {0} could not be read from the journal", _session);
        PublishEnd(completed: false, $"the journal could not be read: {reason.Message}");
    }

    // Whoever waits for this session would wait for ever: it does not go on by itself.
    private void TellOfRestart()
    {
        if (_restartedBy is { } failure && _state.Phase == SessionPhase.Running)
            PublishEnd(completed: false, $"the session failed and can be resumed: {failure.Message}");
    }

    private void OnResume(SessionProtocol.ResumeDreaming message)
    {
        if (_dreaming)
            Sender.Tell(new SessionProtocol.SessionRefused(_session, "the session is running"));
        else
            Handle(new ResumeSession(Now), Sender);
    }

    private void OnInterrupt(SessionProtocol.InterruptDreaming message)
    {
        _interruption = (message, Sender);
        StopDreaming();
        InterruptWhenQuiet();
    }

    private void Handle(SessionCommand command, IActorRef? asker)
    {
        var replyTo = asker ?? ActorRefs.Nobody;
        switch (_state.Decide(command))
        {
            case Decision.Refuse refuse:
                _log.Debug("Session {0} refused {1}: {2}", _session, command.GetType().Name, refuse.Reason);
                replyTo.Tell(new SessionProtocol.SessionRefused(_session, refuse.Reason));
                break;
            case Decision.Accept accept:
                var unwritten = accept.Events.Count;
                PersistAll(accept.Events, e =>
                {
                    _state = _state.Apply(e);
                    Effect(e);
                    if (--unwritten == 0) OnWritten(accept.Events, replyTo);
                });
                break;
        }
    }

    // Leaving comes last, and as a message like others: a poison pill would overtake what is still being written, and its asker would wait in vain.
    private void OnWritten(IReadOnlyList<ISessionEvent> events, IActorRef replyTo)
    {
        Context.System.EventStream.Publish(new JournalProtocol.EventsWritten(events));
        replyTo.Tell(new SessionProtocol.SessionAccepted(_session));
        if (_isOver) Context.Parent.Tell(new Passivate(SessionProtocol.Leave.Instance));
    }

    private void Effect(ISessionEvent happened)
    {
        switch (happened)
        {
            case SessionStarted or SessionResumed:
                _dreaming = true;
                Dispatch();
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
                if (_children.TryGetValue(Canaries, out var canaries)) Context.Stop(canaries);
                break;
            case DreamApproved or DreamDeclined or ApprovalUndone or DreamReplayed when !_dreaming:
                _isOver = true;
                break;
            case SessionQuarantined e:
                StopDreaming();
                PublishEnd(completed: false, e.Reason);
                _isOver = true;
                break;
            case SessionCompleted or SessionInterrupted:
                _dreaming = false;
                PublishEnd(happened is SessionCompleted, null, happened as SessionInterrupted);
                _isOver = true;
                break;
        }
    }

    private void Dispatch()
    {
        if (!_dreaming) return;
        if (_state.AwaitsCanaries)
        {
            if (_children.Count == 0) _children[Canaries] = Context.Watch(Context.ActorOf(_canaryProps(_state.Order!.Strict), Canaries.Value));
            return;
        }

        var next = _state.Pending.Where(planned => !_children.ContainsKey(planned.Id)).Take(_concurrency - _children.Count);
        foreach (var planned in next.ToList())
        {
            var assignment = new ScenarioAssignment(planned, _state.Woven.GetValueOrDefault(planned.Id), _state.Order!.Strict);
            _children[planned.Id] = Context.Watch(Context.ActorOf(_scenarioProps(assignment), planned.Id.Value));
        }
    }

    private void End(ScenarioId scenario, string phase, string? detail)
    {
        Progress(scenario, phase, detail);
        if (_children.TryGetValue(scenario, out var child)) Context.Stop(child);
        else Dispatch();
    }

    private void OnTerminated(Terminated terminated)
    {
        var scenario = _children.First(child => child.Value.Equals(terminated.ActorRef)).Key;
        _children.Remove(scenario);
        if (_dreaming && scenario == Canaries && _state.AwaitsCanaries)
            Handle(new RecordCanaries(Now, [.. Canary.All.Select(each => new CanaryResult(each.Name, each.Expected, VerdictOutcome.Error, "the canaries' actor failed"))]), ActorRefs.NoSender);
        else if (_dreaming && scenario != Canaries && !_state.Ended.ContainsKey(scenario))
            Handle(new RecordLost(Now, scenario, LossReason.Infrastructure, "the scenario's actor failed"), ActorRefs.NoSender);
        else
            Dispatch();
        InterruptWhenQuiet();
    }

    private void StopDreaming()
    {
        _dreaming = false;
        foreach (var child in _children.Values) Context.Stop(child);
    }

    private void InterruptWhenQuiet()
    {
        if (_interruption is not { } asked || _children.Count > 0) return;
        _interruption = null;
        var told = asked.Message;
        Handle(new InterruptSession(Now, told.Reason, told.StopLatency, told.Detail, told.Killed, told.Problem), asked.ReplyTo);
    }

    private void Progress(ScenarioId scenario, string phase, string? detail) =>
        Context.System.EventStream.Publish(new SessionProtocol.SessionProgressed(
            _session, scenario.Value, TitleOf(scenario), phase, detail, _state.Ended.Count, _state.Plan.Count));

    private string TitleOf(ScenarioId id) =>
        _state.Woven.TryGetValue(id, out var scenario) ? scenario.Title : _state.Plan.First(planned => planned.Id == id).Fragment.Name;

    private void PublishEnd(bool completed, string? error, SessionInterrupted? interruption = null) =>
        Context.System.EventStream.Publish(new SessionProtocol.SessionEnded(
            _session, completed, _state.Report, _state.Titles, _state.Rejections, _state.Losses, error, interruption));
}

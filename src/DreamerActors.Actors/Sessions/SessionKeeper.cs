using Akka.Actor;
using Akka.Event;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Knowledge;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Sessions;

/// <summary>Lets one session run at a time: plans it, begins it, and after a wake-up has it interrupted.</summary>
/// <remarks>
/// Restarted by a failure of its own, with nothing in memory: a session that still runs is then stopped by the next wake-up's broadcast and
/// found unfinished in the journal, and the lease stays with this machine until its next session. It never waits: planning is asked of the <see cref="KnowledgeActor"/> by message.
/// </remarks>
internal sealed class SessionKeeper : ReceiveActor
{
    private readonly IActorRef _sessions;
    private readonly IActorRef _knowledge;
    private readonly ISandboxKeeper _sandboxes;
    private readonly ISessionLease _lease;
    private Task _leasing = Task.CompletedTask;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ActiveSession? _active;
    private readonly List<IActorRef> _awaitingIdle = [];
    private EnergyState _energy = EnergyState.Initial;
    private bool _waking;

    public SessionKeeper(IActorRef sessions, IActorRef knowledge, ISandboxKeeper sandboxes, ISessionLease lease)
    {
        (_sessions, _knowledge, _sandboxes, _lease) = (sessions, knowledge, sandboxes, lease);
        Receive<SessionKeeperProtocol.StartSession>(OnStart);
        Receive<SessionKeeperProtocol.ContinueSession>(OnContinue);
        Receive<Leased>(OnLeased);
        Receive<KnowledgeProtocol.Planned>(OnPlanned);
        Receive<KnowledgeProtocol.PlanFailed>(m => Abandon(m.Session, new SessionKeeperProtocol.Failed(m.Reason)));
        Receive<SessionProtocol.SessionAccepted>(m => Answer(m.Session, new SessionKeeperProtocol.Started(m.Session)));
        Receive<SessionProtocol.SessionRefused>(m => Abandon(m.Session, new SessionKeeperProtocol.Failed(m.Reason)));
        Receive<SessionProtocol.SessionEnded>(OnEnded);
        Receive<EnergyProtocol.WakeUp>(OnWakeUp);
        Receive<EnergyProtocol.WokenUp>(OnWokenUp);
        Receive<Status.Failure>(m => _log.Warning(m.Cause, "What an ended session had could not be let go"));
        Receive<LeaseReturned>(_ => { });
        Receive<EnergyState>(m => _energy = m);
        Receive<SessionKeeperProtocol.AwaitIdle>(_ =>
        {
            _awaitingIdle.Add(Sender);
            AnswerWhenIdle();
        });
        Receive<SessionKeeperProtocol.AskActivity>(_ => Sender.Tell(new SessionKeeperProtocol.Activity(
            _waking ? "waking" : _active is null ? "idle" : "dreaming", _active?.Session)));
    }

    public static Props Props(IActorRef sessions, IActorRef knowledge, ISandboxKeeper sandboxes, ISessionLease lease) =>
        Akka.Actor.Props.Create(() => new SessionKeeper(sessions, knowledge, sandboxes, lease));

    protected override void PreStart()
    {
        var stream = Context.System.EventStream;
        stream.Subscribe<EnergyProtocol.WakeUp>(Self);
        stream.Subscribe<EnergyProtocol.WokenUp>(Self);
        stream.Subscribe<SessionProtocol.SessionEnded>(Self);
        stream.Subscribe<EnergyState>(Self);
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private void OnStart(SessionKeeperProtocol.StartSession start)
    {
        Claim(start.Session, start.Order, start.Manner, () => _knowledge.Tell(new KnowledgeProtocol.PlanSession(start.Session, start.Order, start.OnlyEntities)));
    }

    private void OnContinue(SessionKeeperProtocol.ContinueSession message)
    {
        Claim(message.Session, null, message.Manner, () =>
        {
            _active!.Begun = true;
            _sessions.Tell(new SessionProtocol.ResumeDreaming(message.Session));
        });
    }

    private void Claim(SessionId session, SessionOrder? order, SessionKeeperProtocol.Manner manner, Action begin)
    {
        var obstacle = _active is not null ? "another session is running"
            : _waking ? "the machine is waking"
            : manner.IsAutomatic && (_energy.Level == EnergyLevel.Awake || _energy.Cause is EnergyCause.CoolDown or EnergyCause.Unknown) ? _energy.Reason
            : null;
        if (obstacle is not null)
        {
            Sender.Tell(new SessionKeeperProtocol.Busy(obstacle));
            return;
        }

        _active = new ActiveSession(session, order, Sender);
        _sandboxes.BeginSession(session.Value);
        Context.System.EventStream.Publish(new EnergyProtocol.DreamingBegan(session, manner.HeedsUser));
        var active = _active;
        var taking = TakeAsync(_leasing);
        _leasing = taking;
        _ = taking.PipeTo(Self, success: holder => new Leased(active, begin, holder, null), failure: error => new Leased(active, begin, null, error.Message));
    }

    // One after the other: a lease that is still being given back would be given back after it was taken again.
    private async Task<string?> TakeAsync(Task before)
    {
        await Task.WhenAny(before);
        return await _lease.TryTakeAsync(CancellationToken.None);
    }

    private async Task GiveBackAsync(Task before)
    {
        await Task.WhenAny(before);
        await _lease.ReleaseAsync();
    }

    private void OnLeased(Leased leased)
    {
        if (_active != leased.Active) return; // a wake-up came first, and gave it back
        if (leased.Failure is { } failure) Abandon(_active.Session, new SessionKeeperProtocol.Failed(failure));
        else if (leased.Holder is { } holder) Abandon(_active.Session, new SessionKeeperProtocol.Busy($"another machine dreams ({holder})"));
        else leased.Begin();
    }

    private void Release()
    {
        if (_active is not { } active) return;
        _active = null;
        _leasing = GiveBackAsync(_leasing);
        _ = _leasing.PipeTo(Self, success: () => LeaseReturned.Instance, failure: error => new Status.Failure(error));
        _ = _sandboxes.EndSessionAsync().PipeTo(Self, failure: error => new Status.Failure(error));
        Context.System.EventStream.Publish(new EnergyProtocol.DreamingEnded(active.Session));
        AnswerWhenIdle();
    }

    private void AnswerWhenIdle()
    {
        if (_active is not null || _waking) return;
        foreach (var waiting in _awaitingIdle) waiting.Tell(new SessionKeeperProtocol.Idle());
        _awaitingIdle.Clear();
    }

    private void OnPlanned(KnowledgeProtocol.Planned planned)
    {
        if (_active?.Session != planned.Session || _active.Begun) return;
        if (planned.Plan.Count == 0)
        {
            Abandon(planned.Session, new SessionKeeperProtocol.NothingToDream());
            return;
        }

        _active.Begun = true;
        _sessions.Tell(new SessionProtocol.BeginDreaming(planned.Session, _active.Order!, planned.Plan));
    }

    private void OnEnded(SessionProtocol.SessionEnded ended)
    {
        if (_active?.Session != ended.Session) return;
        if (ended.Error is { } error) Answer(ended.Session, new SessionKeeperProtocol.Failed(error));
        Release();
    }

    private void OnWakeUp(EnergyProtocol.WakeUp wake)
    {
        _waking = true;
        wake.ReplyTo.Tell(new EnergyProtocol.Quiet(_active is not null), Self);
        if (_active is { Begun: false } unbegun) Abandon(unbegun.Session, new SessionKeeperProtocol.StoppedEarly());
    }

    private void OnWokenUp(EnergyProtocol.WokenUp woken)
    {
        _waking = false;
        if (_active is { } active)
            _sessions.Tell(new SessionProtocol.InterruptDreaming(active.Session, woken.Reason, woken.StoppedIn, woken.Detail, woken.Killed, woken.Problem));
        AnswerWhenIdle();
    }

    private void Abandon(SessionId session, object answer)
    {
        if (_active?.Session != session || _active.Answered) return;
        Answer(session, answer);
        Release();
    }

    private void Answer(SessionId session, object answer)
    {
        if (_active?.Session != session || _active.Answered) return;
        _active.Answered = true;
        _active.ReplyTo.Tell(answer);
    }

    private sealed record Leased(ActiveSession Active, Action Begin, string? Holder, string? Failure);

    private sealed record LeaseReturned
    {
        public static LeaseReturned Instance { get; } = new();
    }

    private sealed class ActiveSession(SessionId session, SessionOrder? order, IActorRef replyTo)
    {
        public SessionId Session { get; } = session;
        public SessionOrder? Order { get; } = order;
        public IActorRef ReplyTo { get; } = replyTo;
        public bool Begun { get; set; }
        public bool Answered { get; set; }
    }
}

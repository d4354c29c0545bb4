using Akka.Actor;
using Akka.Event;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Knowledge;
using DreamerActors.Actors.Machines;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Sessions;

/// <summary>Takes the wishes for sessions of this machine, one at a time: plans what shall begin, asks its session to, and tells the asker what came of it.</summary>
/// <remarks>
/// Restarted by a failure of its own, with nothing in memory: who asked for a session hears of its end only, and one that still runs is found as busy.
/// It never waits: planning is asked of the <see cref="KnowledgeActor"/> by message, and whether the session may run is the session's own affair.
/// </remarks>
internal sealed class SessionKeeper : ReceiveActor
{
    private readonly IActorRef _sessions;
    private readonly IActorRef _knowledge;
    private readonly IActorRef _machine;
    private readonly List<IActorRef> _awaitingIdle = [];
    private Wish? _wish;
    private SessionId? _dreamt;
    private EnergyState _energy = EnergyState.Initial;
    private bool _waking;

    public SessionKeeper(IActorRef sessions, IActorRef knowledge, IActorRef machine)
    {
        (_sessions, _knowledge, _machine) = (sessions, knowledge, machine);
        Receive<SessionKeeperProtocol.StartSession>(OnStart);
        Receive<SessionKeeperProtocol.ContinueSession>(OnContinue);
        Receive<KnowledgeProtocol.Planned>(OnPlanned);
        Receive<KnowledgeProtocol.PlanFailed>(m => Abandon(m.Session, new SessionKeeperProtocol.Failed(m.Reason)));
        Receive<SessionProtocol.SessionAccepted>(m => Answer(m.Session, new SessionKeeperProtocol.Started(m.Session)));
        Receive<SessionProtocol.SessionRefused>(m => Abandon(m.Session, m.IsBusy ? new SessionKeeperProtocol.Busy(m.Reason) : new SessionKeeperProtocol.Failed(m.Reason)));
        Receive<SessionProtocol.SessionEnded>(OnEnded);
        Receive<EnergyProtocol.DreamingBegan>(m => _dreamt = m.Session);
        Receive<EnergyProtocol.DreamingEnded>(OnDreamingEnded);
        Receive<EnergyProtocol.WakeUp>(OnWakeUp);
        Receive<EnergyProtocol.WokenUp>(_ =>
        {
            _waking = false;
            AnswerWhenIdle();
        });
        Receive<EnergyState>(m => _energy = m);
        Receive<EnergyProtocol.Status>(m => _energy = m.State);
        Receive<SessionKeeperProtocol.AwaitIdle>(_ =>
        {
            _awaitingIdle.Add(Sender);
            AnswerWhenIdle();
        });
        Receive<SessionKeeperProtocol.AskActivity>(_ => Sender.Tell(new SessionKeeperProtocol.Activity(
            _waking ? "waking" : _dreamt is null ? "idle" : "dreaming", _dreamt)));
    }

    public static Props Props(IActorRef sessions, IActorRef knowledge, IActorRef machine) => Akka.Actor.Props.Create(() => new SessionKeeper(sessions, knowledge, machine));

    protected override void PreStart()
    {
        var stream = Context.System.EventStream;
        stream.Subscribe<EnergyProtocol.DreamingBegan>(Self);
        stream.Subscribe<EnergyProtocol.DreamingEnded>(Self);
        stream.Subscribe<EnergyProtocol.WakeUp>(Self);
        stream.Subscribe<EnergyProtocol.WokenUp>(Self);
        stream.Subscribe<SessionProtocol.SessionEnded>(Self);
        stream.Subscribe<EnergyState>(Self);
        // Only changes are published: the last one may have come before this.
        stream.Publish(EnergyProtocol.AskStatus.Instance);
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private void OnStart(SessionKeeperProtocol.StartSession start)
    {
        if (Claim(start.Session, start.Order, start.Manner)) _knowledge.Tell(new KnowledgeProtocol.PlanSession(start.Session, start.Order, start.OnlyEntities));
    }

    private void OnContinue(SessionKeeperProtocol.ContinueSession message)
    {
        if (!Claim(message.Session, null, message.Manner)) return;
        _wish!.IsTold = true;
        _sessions.Tell(new SessionProtocol.ResumeDreaming(message.Session));
    }

    private bool Claim(SessionId session, SessionOrder? order, SessionKeeperProtocol.Manner manner)
    {
        var obstacle = _wish is not null || _dreamt is not null ? "another session is running"
            : _waking ? "the machine is waking"
            : manner.IsAutomatic && (_energy.Level == EnergyLevel.Awake || _energy.Cause is EnergyCause.CoolDown or EnergyCause.Unknown) ? _energy.Reason
            : null;
        if (obstacle is not null)
        {
            Sender.Tell(new SessionKeeperProtocol.Busy(obstacle));
            return false;
        }

        (_wish, _dreamt) = (new Wish(session, order, Sender), session);
        _machine.Tell(new MachineProtocol.Invite(session, manner.HeedsUser));
        return true;
    }

    private void AnswerWhenIdle()
    {
        if (_dreamt is not null || _waking) return;
        foreach (var waiting in _awaitingIdle) waiting.Tell(new SessionKeeperProtocol.Idle());
        _awaitingIdle.Clear();
    }

    private void OnPlanned(KnowledgeProtocol.Planned planned)
    {
        if (_wish?.Session != planned.Session || _wish.IsTold) return;
        if (planned.Plan.Count == 0)
        {
            Abandon(planned.Session, new SessionKeeperProtocol.NothingToDream());
            return;
        }

        _wish.IsTold = true;
        _sessions.Tell(new SessionProtocol.BeginDreaming(planned.Session, _wish.Order!, planned.Plan));
    }

    private void OnEnded(SessionProtocol.SessionEnded ended)
    {
        if (_wish?.Session != ended.Session) return;
        if (ended.Error is { } error) Answer(ended.Session, new SessionKeeperProtocol.Failed(error));
        _wish = null;
    }

    private void OnDreamingEnded(EnergyProtocol.DreamingEnded ended)
    {
        if (_dreamt == ended.Session) _dreamt = null;
        AnswerWhenIdle();
    }

    private void OnWakeUp(EnergyProtocol.WakeUp wake)
    {
        _waking = true;
        wake.ReplyTo.Tell(new EnergyProtocol.Quiet(_dreamt is not null), Self);
        if (_wish is { IsTold: false } untold) Abandon(untold.Session, new SessionKeeperProtocol.StoppedEarly());
    }

    private void Abandon(SessionId session, object answer)
    {
        if (_wish?.Session != session || _wish.IsAnswered) return;
        Answer(session, answer);
        (_wish, _dreamt) = (null, null);
        _machine.Tell(new MachineProtocol.Uninvite(session));
        AnswerWhenIdle();
    }

    private void Answer(SessionId session, object answer)
    {
        if (_wish?.Session != session || _wish.IsAnswered) return;
        _wish.IsAnswered = true;
        _wish.Asker.Tell(answer);
    }

    /// <summary>A session that was asked for here and has not ended.</summary>
    private sealed class Wish(SessionId session, SessionOrder? order, IActorRef asker)
    {
        public SessionId Session { get; } = session;

        public SessionOrder? Order { get; } = order;

        public IActorRef Asker { get; } = asker;

        /// <summary>Whether the session was told: from then on a wake-up is its own affair.</summary>
        public bool IsTold { get; set; }

        public bool IsAnswered { get; set; }
    }
}

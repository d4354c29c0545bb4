using Akka.Actor;
using Akka.Event;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Journal;
using DreamerActors.Actors.Sessions;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Machines;

/// <summary>
/// This machine towards the sessions of the cluster: says how many scenarios it may dream, has sandboxes ready while it dreams any, tells how its wake-ups went, and publishes
/// here what sessions tell, wherever they are.
/// </summary>
/// <remarks>
/// Restarted by a failure of its own: sessions ask again within a second; that one was asked for here is forgotten. Stopped with the system only.
/// A session whose actor ends without a word is waited for: another machine goes on with it, or it is told here that none did.
/// </remarks>
internal sealed class MachineActor : ReceiveActor, IWithTimers
{
    /// <summary>How long a session whose actor is gone may take to come back.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Dictionary<SessionId, Part> _parts = [];
    private readonly int _concurrency;
    private readonly ISandboxKeeper _sandboxes;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private EnergyState _energy = EnergyState.Initial;
    private bool _waking;
    private bool _leaving;

    public MachineActor(int concurrency, ISandboxKeeper sandboxes)
    {
        (_concurrency, _sandboxes) = (concurrency, sandboxes);
        Receive<MachineProtocol.Invite>(OnInvite);
        Receive<MachineProtocol.Uninvite>(m => OnUninvite(m.Session));
        Receive<MachineProtocol.Follow>(OnFollow);
        Receive<MachineProtocol.Enter>(OnEnter);
        Receive<MachineProtocol.GoesOn>(m => OnGoesOn(m.Session));
        Receive<MachineProtocol.WakeCall>(call => Publish(new EnergyProtocol.Wake(call.Reason, "all machines of the cluster were called")));
        Receive<EnergyState>(OnEnergy);
        Receive<EnergyProtocol.Status>(status => OnEnergy(status.State));
        Receive<EnergyProtocol.WakeUp>(_ => OnWakeUp());
        Receive<EnergyProtocol.WokenUp>(OnWokenUp);
        Receive<SessionProtocol.SessionProgressed>(Publish);
        Receive<ISessionEvent>(happened => Publish(new JournalProtocol.EventsWritten([happened])));
        Receive<SessionProtocol.SessionEnded>(OnEnded);
        Receive<Terminated>(OnTerminated);
        Receive<PatienceOver>(m => OnPatienceOver(m.Session));
        Receive<Status.Failure>(m => _log.Warning(m.Cause, "What an ended session had could not be let go"));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(int concurrency, ISandboxKeeper sandboxes) => Akka.Actor.Props.Create(() => new MachineActor(concurrency, sandboxes));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<EnergyState>(Self);
        Context.System.EventStream.Subscribe<EnergyProtocol.WakeUp>(Self);
        Context.System.EventStream.Subscribe<EnergyProtocol.WokenUp>(Self);
        // Only changes are published: the last one may have come before this.
        Publish(EnergyProtocol.AskStatus.Instance);
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private static void Publish(object told) => Context.System.EventStream.Publish(told);

    private void OnInvite(MachineProtocol.Invite invite)
    {
        var part = PartOf(invite.Session);
        (part.WasAskedHere, part.IsInvited, part.HeedsUser, part.Woke, _leaving) = (true, true, invite.HeedsUser, null, false);
        Begin(part);
        AwaitActorOf(part);
    }

    // It may run all the same, asked for elsewhere, and be dreamt here as well: then this machine is again a guest of it.
    private void OnUninvite(SessionId session)
    {
        if (_parts.GetValueOrDefault(session) is not { Actor: not null } part)
        {
            Forget(session);
            return;
        }

        (part.WasAskedHere, part.IsInvited, part.HeedsUser) = (false, false, true);
        if (part.HasScenarios) Publish(new EnergyProtocol.DreamingBegan(session, part.HeedsUser));
        else Rest(part);
        Tell(part);
    }

    private void OnFollow(MachineProtocol.Follow follow)
    {
        var part = PartOf(follow.Session);
        if (!Sender.Equals(part.Actor))
        {
            if (part.Actor is { } former) Context.Unwatch(former);
            part.Actor = Context.Watch(Sender);
            Timers.Cancel(part.Session);
        }

        part.AtNight = follow.AtNight;
        // First: a session that heard of no slots alone would not know why.
        if (part.Woke is { } woke) part.Actor.Tell(woke);
        Tell(part);
    }

    private void OnEnter(MachineProtocol.Enter enter)
    {
        if (_parts.GetValueOrDefault(enter.Session) is { } part)
        {
            if (IsOpen(part))
            {
                Begin(part);
                part.HasScenarios = true;
                Sender.Tell(MachineProtocol.Entered.Instance);
                return;
            }

            Tell(part);
        }

        Sender.Tell(MachineProtocol.Closed.Instance);
    }

    private void OnEnergy(EnergyState energy)
    {
        _energy = energy;
        foreach (var part in _parts.Values.Where(part => SpareFor(part).Slots != part.Told)) Tell(part);
    }

    private void OnWakeUp()
    {
        _waking = true;
        foreach (var part in _parts.Values)
        {
            part.IsInvited = false;
            Tell(part);
        }
    }

    private void OnWokenUp(EnergyProtocol.WokenUp woken)
    {
        _waking = false;
        // Whoever leaves has said so once: what stops with it ends nothing elsewhere.
        if (_leaving) return;
        _leaving = woken.Reason == InterruptReason.Shutdown;
        foreach (var part in _parts.Values)
        {
            part.Woke = new MachineProtocol.Woke(part.Session, woken.Reason, woken.StoppedIn, woken.Detail, woken.Killed, woken.Problem, woken.EndsSession && part.WasAskedHere, woken.Interrupted);
            part.Told = 0;
            part.Actor?.Tell(part.Woke);
        }
    }

    private void OnGoesOn(SessionId session)
    {
        if (_parts.GetValueOrDefault(session) is not { } part) return;
        part.Woke = null;
        Rest(part);
    }

    private void OnEnded(SessionProtocol.SessionEnded ended)
    {
        Forget(ended.Session);
        Publish(ended);
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_parts.Values.FirstOrDefault(part => terminated.ActorRef.Equals(part.Actor)) is not { } part) return;
        part.Actor = null;
        AwaitActorOf(part);
        Rest(part); // its scenarios ended with it
    }

    private void OnPatienceOver(SessionId session)
    {
        if (_parts.GetValueOrDefault(session) is not { Actor: null }) return;
        OnEnded(new SessionProtocol.SessionEnded(
            session, false, new SessionReport(0, 0, 0, TimeSpan.Zero), [], new Dictionary<string, int>(), new Dictionary<string, int>(),
            "the machine that ran the session is gone, and no other went on with it; it can be resumed", null));
    }

    private void AwaitActorOf(Part part) => Timers.StartSingleTimer(part.Session, new PatienceOver(part.Session), Patience);

    private Part PartOf(SessionId session)
    {
        if (!_parts.TryGetValue(session, out var part)) _parts[session] = part = new Part(session);
        return part;
    }

    private bool IsOpen(Part part) => !_waking && !_leaving && (part.IsInvited || (part.AtNight ? _energy.MayDreamAtNight : _energy.MayDream));

    private MachineProtocol.Spare SpareFor(Part part) => new(
        part.Session, IsOpen(part) ? _concurrency : 0, _waking, _energy.IsOverloaded ? InterruptReason.Load : InterruptReason.UserActivity, _energy.Reason);

    private void Tell(Part part)
    {
        var spare = SpareFor(part);
        part.Told = spare.Slots;
        part.Actor?.Tell(spare);
    }

    private void Begin(Part part)
    {
        if (part.HasBegun) return;
        part.HasBegun = true;
        _sandboxes.BeginSession(part.Session.Value);
        Publish(new EnergyProtocol.DreamingBegan(part.Session, part.HeedsUser));
    }

    private void Rest(Part part)
    {
        if (!part.HasBegun) return;
        part.HasBegun = part.HasScenarios = false;
        _ = _sandboxes.EndSessionAsync().PipeTo(Self, failure: error => new Status.Failure(error));
        Publish(new EnergyProtocol.DreamingEnded(part.Session));
    }

    private void Forget(SessionId session)
    {
        if (!_parts.Remove(session, out var part)) return;
        if (part.Actor is { } actor) Context.Unwatch(actor);
        Timers.Cancel(session);
        Rest(part);
    }

    private sealed record PatienceOver(SessionId Session);

    /// <summary>What this machine has to do with one session.</summary>
    private sealed class Part(SessionId session)
    {
        public SessionId Session { get; } = session;

        /// <summary>Its actor; null while none is known.</summary>
        public IActorRef? Actor { get; set; }

        public bool WasAskedHere { get; set; }

        /// <summary>Asked for here, and nothing has woken this machine since.</summary>
        public bool IsInvited { get; set; }

        public bool AtNight { get; set; }

        /// <summary>A machine that was not asked is another's guest: its user goes before.</summary>
        public bool HeedsUser { get; set; } = true;

        public bool HasBegun { get; set; }

        /// <summary>Scenarios of it were let in since it began here.</summary>
        public bool HasScenarios { get; set; }

        /// <summary>The slots that the session was told of.</summary>
        public int Told { get; set; }

        /// <summary>A wake-up that the session has not yet said anything about.</summary>
        public MachineProtocol.Woke? Woke { get; set; }
    }
}

using Akka.Actor;
using Akka.Event;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Energy;

/// <summary>
/// Owns whether this machine is awake: looks at load and user now and then, more often while it dreams, tells when that changes, wakes a dreaming machine, and sees to it that everything stops
/// (invariant I3): it kills the sandboxes at once, broadcasts, after 1.5 s overtakes who is not quiet, and kills once more when nobody is left who could start any.
/// </summary>
/// <remarks>
/// Runs on a thread of its own, ends sandboxes on another, and has its watchdog on a third, so that neither dreams nor a starved thread pool delay it. Restarted by a failure of
/// its own; it then forgets a wake-up in progress, whose cancellations are already out, limits that were set since the start, and its readings, which the next look brings back.
/// Stopped only with the system.
/// </remarks>
internal sealed class EnergyActor : ReceiveActor, IWithTimers
{
    /// <summary>How long the broadcast may take before the watchdog comes.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(1500);

    /// <summary>How long killing may take before the wake-up is reported as failed.</summary>
    public static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);

    /// <summary>A session that somebody asked for puts up with load for so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>While a session runs the machine is looked at this often, at least: the look that confirms that it is needed must come early enough.</summary>
    public static readonly TimeSpan WhileDreaming = TimeSpan.FromMilliseconds(250);

    private const int MissedLooks = 5;
    private readonly EnergyPorts _ports;
    private readonly IReadOnlyList<IActorRef> _participants;
    private readonly long _began;
    private readonly IActorRef _sensors;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Watch _watch;
    private Waking? _waking;
    private int _unanswered;
    private bool _hasLooked;
    private bool _monitoring;

    public EnergyActor(IReadOnlyList<IActorRef> participants, EnergyPorts ports)
    {
        (_participants, _ports, _began) = (participants, ports, ports.Time.GetTimestamp());
        _watch = new Watch(ports.Limits);
        _sensors = Context.ActorOf(SensorActor.Props(ports.Load, ports.Sources), "sensors");
        Receive<EnergyProtocol.Wake>(OnAskedToWake);
        Receive<EnergyProtocol.Quiet>(OnQuiet);
        Receive<GraceOver>(m => m.Waking == _waking, m => OnGraceOver(m.Waking));
        Receive<KillLimitOver>(m => m.Waking == _waking, OnKillLimitOver);
        Receive<SandboxesEnded>(m => m.Waking == _waking, OnSandboxesEnded);
        Receive<EnergyProtocol.DreamingBegan>(m => Changing(() => _watch.Begin(m.Session, m.HeedsUser, Now)));
        Receive<EnergyProtocol.DreamingEnded>(m => Changing(() => _watch.End(m.Session)));
        Receive<EnergyProtocol.UserActed>(OnUserActed);
        Receive<EnergyProtocol.Monitor>(m => Monitor(m.On));
        Receive<EnergyProtocol.SetLimits>(m => _watch.Limits = m.Limits);
        Receive<EnergyProtocol.AskStatus>(_ => Sender.Tell(new EnergyProtocol.Status(_monitoring, _watch.State, _watch.Reading, _watch.Sightings, _watch.Limits)));
        Receive<LookNow>(_ => OnLook());
        Receive<EnergyProtocol.Sample>(OnSample);
        ReceiveAny(_ => { }); // the end of a wake-up that was already given up
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => _ports.Time.GetElapsedTime(_began);

    public static Props Props(IReadOnlyList<IActorRef> participants, EnergyPorts ports) =>
        Akka.Actor.Props.Create(() => new EnergyActor(participants, ports)).WithDispatcher("dreamer.pinned");

    protected override void PreStart()
    {
        var stream = Context.System.EventStream;
        stream.Subscribe<EnergyProtocol.Wake>(Self);
        stream.Subscribe<EnergyProtocol.AskStatus>(Self);
        stream.Subscribe<EnergyProtocol.DreamingBegan>(Self);
        stream.Subscribe<EnergyProtocol.DreamingEnded>(Self);
        Monitor(true);
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private void Monitor(bool on)
    {
        if (on == _monitoring) return;
        _monitoring = on;
        _unanswered = 0;
        if (on)
            LookEvery(TimeSpan.Zero);
        else
            Timers.Cancel(nameof(LookNow));
    }

    private void Changing(Action session)
    {
        var before = _watch.IsDreaming;
        session();
        if (_monitoring && before != _watch.IsDreaming) LookEvery(Pause);
    }

    private TimeSpan Pause => _watch.IsDreaming && _ports.Every > WhileDreaming ? WhileDreaming : _ports.Every;

    private void LookEvery(TimeSpan first) => Timers.StartPeriodicTimer(nameof(LookNow), LookNow.Instance, first, Pause);

    private void OnLook()
    {
        if (_unanswered++ == 0) _sensors.Tell(EnergyProtocol.Look.Instance);
        else if (_unanswered == MissedLooks) Take(new EnergyProtocol.Sample(LoadReading.Unknown, []));
    }

    private void OnSample(EnergyProtocol.Sample sample)
    {
        _unanswered = 0;
        // A share of the processors takes two looks: the second of all does not wait for its turn.
        if (!_hasLooked && sample.Reading.Cpu is null) Timers.StartSingleTimer(nameof(_hasLooked), LookNow.Instance, WhileDreaming);
        _hasLooked = true;
        Take(sample);
        if (_waking is null && _watch.ReasonToWake(Now) is { } wake) OnWake(wake);
    }

    private void Take(EnergyProtocol.Sample sample)
    {
        if (_watch.Take(sample, _ports.Time.GetUtcNow(), Now)) Context.System.EventStream.Publish(_watch.State);
    }

    private void OnUserActed(EnergyProtocol.UserActed acted)
    {
        if (_watch.IsDreaming) OnWake(new EnergyProtocol.Wake(InterruptReason.UserActivity, $"the user is active ({acted.Source})"));
        // Before the next look a machine that woke quickly would still count as one that may dream. After the wake-up, which says why.
        if (_watch.Acted(Now)) Context.System.EventStream.Publish(_watch.State);
    }

    private void OnWake(EnergyProtocol.Wake wake)
    {
        if (_waking is { } already)
        {
            already.EndsSession |= wake.EndsSession;
            return;
        }

        _log.Info("Waking: {0} {1}", wake.Reason, wake.Detail);
        var (self, waking) = (Self, new Waking(wake, _ports.Time.GetTimestamp(), [.. _participants]));
        _waking = waking;
        EndSandboxes(waking);
        Context.System.EventStream.Publish(new EnergyProtocol.WakeUp(wake.Reason, Self));
        waking.Watchdog = _ports.Alarm(Grace, () => self.Tell(new GraceOver(waking)));
    }

    private void OnAskedToWake(EnergyProtocol.Wake wake)
    {
        OnWake(wake);
        if (!Sender.IsNobody()) _waking!.Callers.Add(Sender);
    }

    private void OnQuiet(EnergyProtocol.Quiet quiet)
    {
        _waking?.Quiet(Sender, quiet);
        FinishWhenOver();
    }

    private void OnGraceOver(Waking waking)
    {
        waking.Overtake();
        if (!waking.IsEnding) EndSandboxes(waking);
    }

    // Each keeper is given a thread of its own: killing must not wait for a thread pool that dreams have used up.
    private void EndSandboxes(Waking waking)
    {
        waking.Ending();
        var limit = new CancellationTokenSource();
        Timers.StartSingleTimer(nameof(KillLimitOver), new KillLimitOver(waking, limit), KillLimit);
        var (self, keeper) = (Self, _ports.Sandboxes);
        new Thread(() => _ = EndAllAsync(keeper, limit.Token).PipeTo(self, success: count => new SandboxesEnded(waking, count, null), failure: e => new SandboxesEnded(waking, 0, e)))
        {
            IsBackground = true,
            Name = "end of sandboxes",
        }.Start();
    }

    private void OnKillLimitOver(KillLimitOver over)
    {
        over.Limit.Cancel();
        OnSandboxesEnded(new SandboxesEnded(over.Waking, 0, new TimeoutException($"not dead after {KillLimit.TotalSeconds:0} s")));
    }

    private static async Task<int> EndAllAsync(ISandboxKeeper keeper, CancellationToken cancellation) => await keeper.EndAllAsync(cancellation);

    private void OnSandboxesEnded(SandboxesEnded ended)
    {
        Timers.Cancel(nameof(KillLimitOver));
        if (ended.Failure is { } failure)
        {
            _log.Error(failure, "Sandboxes could not be ended");
            _waking!.NotEnded(failure.Message);
        }
        else
        {
            _waking!.Ended(ended.Count);
        }

        FinishWhenOver();
    }

    private void FinishWhenOver()
    {
        if (_waking is not { IsOver: true } waking) return;
        if (waking.TakesLastLook())
        {
            EndSandboxes(waking);
            return;
        }

        waking.Watchdog?.Dispose();
        _waking = null;
        var woken = waking.Result(_ports.Time.GetElapsedTime(waking.Began));
        if (woken.Problem is { } problem) _log.Warning("The wake-up was not clean: {0}", problem);
        if (_watch.Woken(Now)) Context.System.EventStream.Publish(_watch.State);
        Context.System.EventStream.Publish(woken);
        foreach (var caller in waking.Callers) caller.Tell(woken);
    }

    private sealed record LookNow
    {
        public static LookNow Instance { get; } = new();
    }

    private sealed record GraceOver(Waking Waking);

    private sealed record KillLimitOver(Waking Waking, CancellationTokenSource Limit);

    private sealed record SandboxesEnded(Waking Waking, int Count, Exception? Failure);
}

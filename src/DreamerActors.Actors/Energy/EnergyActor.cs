using Akka.Actor;
using Akka.Event;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Energy;

/// <summary>Wakes the machine: broadcasts, waits until everybody is quiet, and kills what is left 1.5 s later (invariant I3).</summary>
/// <remarks>
/// Runs on a pinned dispatcher, so dreams cannot starve it. Restarted by a failure of its own; it then forgets a wake-up in progress, whose
/// cancellations are already out. Stopped only with the system.
/// </remarks>
internal sealed class EnergyActor : ReceiveActor, IWithTimers
{
    /// <summary>How long the broadcast may take before sandboxes are killed without asking.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(1500);

    /// <summary>How long killing may take before the wake-up is reported regardless.</summary>
    public static readonly TimeSpan KillLimit = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<IActorRef> _participants;
    private readonly ISandboxKeeper _sandboxes;
    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private WakeInProgress? _waking;

    public EnergyActor(IReadOnlyList<IActorRef> participants, ISandboxKeeper sandboxes, TimeProvider time)
    {
        (_participants, _sandboxes, _time) = (participants, sandboxes, time);
        Receive<EnergyProtocol.Wake>(OnWake);
        Receive<EnergyProtocol.Quiet>(OnQuiet);
        Receive<GraceOver>(_ => OnGraceOver());
        Receive<SandboxesEnded>(OnSandboxesEnded);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IReadOnlyList<IActorRef> participants, ISandboxKeeper sandboxes, TimeProvider time) =>
        Akka.Actor.Props.Create(() => new EnergyActor(participants, sandboxes, time)).WithDispatcher("dreamer.pinned");

    protected override void PreStart() => Context.System.EventStream.Subscribe<EnergyProtocol.Wake>(Self);

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    private void OnWake(EnergyProtocol.Wake wake)
    {
        if (_waking is null)
        {
            _waking = new WakeInProgress(wake.Reason, _time.GetTimestamp(), [.. _participants]);
            Timers.StartSingleTimer(nameof(GraceOver), GraceOver.Instance, Grace);
            Context.System.EventStream.Publish(new EnergyProtocol.WakeUp(wake.Reason, Self));
        }

        if (!Sender.IsNobody()) _waking.Callers.Add(Sender);
    }

    private void OnQuiet(EnergyProtocol.Quiet quiet)
    {
        if (_waking is null || !_waking.Noisy.Remove(Sender)) return;
        _waking.Interrupted |= quiet.HadWork;
        if (_waking.Noisy.Count == 0) EndSandboxes();
    }

    private void OnGraceOver()
    {
        if (_waking is null or { Ending: true }) return;
        _log.Warning("{0} actors were not quiet in time: their sandboxes are killed", _waking.Noisy.Count);
        _waking.Interrupted = _waking.Overdue = true;
        EndSandboxes();
    }

    private void EndSandboxes()
    {
        if (_waking!.Ending) return;
        _waking.Ending = true;
        _ = EndAllAsync().PipeTo(Self, success: killed => new SandboxesEnded(killed, null), failure: e => new SandboxesEnded(0, e));
    }

    private async Task<int> EndAllAsync()
    {
        using var limit = new CancellationTokenSource(KillLimit, _time);
        return await _sandboxes.EndAllAsync(limit.Token).WaitAsync(limit.Token);
    }

    private void OnSandboxesEnded(SandboxesEnded ended)
    {
        if (_waking is not { } waking) return;
        if (ended.Failure is not null) _log.Error(ended.Failure, "Sandboxes could not be ended");
        Timers.Cancel(nameof(GraceOver));
        // Idle sandboxes are ended on every wake-up; only those that outlived the grace count as killed.
        var woken = new EnergyProtocol.WokenUp(
            waking.Reason, waking.Interrupted, _time.GetElapsedTime(waking.Began), waking.Overdue ? ended.Count : 0);
        _waking = null;
        Context.System.EventStream.Publish(woken);
        foreach (var caller in waking.Callers) caller.Tell(woken);
    }

    private sealed record GraceOver
    {
        public static GraceOver Instance { get; } = new();
    }

    private sealed record SandboxesEnded(int Count, Exception? Failure);

    private sealed class WakeInProgress(InterruptReason reason, long began, HashSet<IActorRef> noisy)
    {
        public InterruptReason Reason { get; } = reason;
        public long Began { get; } = began;
        public HashSet<IActorRef> Noisy { get; } = noisy;
        public List<IActorRef> Callers { get; } = [];
        public bool Interrupted { get; set; }
        public bool Overdue { get; set; }
        public bool Ending { get; set; }
    }
}

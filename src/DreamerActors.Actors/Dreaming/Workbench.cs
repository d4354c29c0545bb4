using Akka.Actor;
using Akka.Event;
using DreamerActors.Actors.Energy;
using DreamerActors.Domain.Brains;

namespace DreamerActors.Actors.Dreaming;

/// <summary>A bounded number of cancellable operations at once, and a bounded queue before them (invariant I8).</summary>
/// <remarks>
/// Restarted by a failure of its own: running operations are cancelled and their askers hear nothing, which their deadline covers.
/// While the machine wakes every operation is cancelled and new ones are answered with <see cref="WorkbenchProtocol.WorkCancelled"/>.
/// It is quiet only when every cancelled task has really ended. One that ignores its cancellation is abandoned: its place goes to the next, and it is counted
/// until it ends. With as many abandoned as there are places nothing more is taken on.
/// </remarks>
internal abstract class Workbench : ReceiveActor, IWithTimers
{
    /// <summary>How long a cancelled operation may take to end before its place is given to the next.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>How many operations may wait.</summary>
    public const int QueueLimit = 256;

    private readonly int _concurrency;
    private readonly LinkedList<Job> _queue = [];
    private readonly Dictionary<OperationId, Job> _running = [];
    private readonly HashSet<Job> _abandoned = [];
    private readonly DreamsHere _dreams = DreamsHere.Of(Context.System);
    private WorkbenchProtocol.Load? _told;
    private EnergyProtocol.WakeUp? _waking;
    private bool _hadWork;

    protected Workbench(int concurrency)
    {
        _concurrency = concurrency;
        Receive<WorkbenchProtocol.Cancel>(OnCancel);
        Receive<EnergyProtocol.WakeUp>(OnWakeUp);
        Receive<EnergyProtocol.WokenUp>(_ => OnWokenUp());
        Receive<PatienceOver>(m => Abandon(m.Operation));
        Receive<Done>(OnDone);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    protected ILoggingAdapter Log { get; } = Context.GetLogger();

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<EnergyProtocol.WakeUp>(Self);
        Context.System.EventStream.Subscribe<EnergyProtocol.WokenUp>(Self);
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        foreach (var job in _running.Values) job.Cancellation.Cancel();
    }

    protected override bool AroundReceive(Receive receive, object message)
    {
        var received = base.AroundReceive(receive, message);
        var load = new WorkbenchProtocol.Load(Self.Path.Name, _queue.Count, _running.Count, _abandoned.Count);
        if (load != _told) Context.System.EventStream.Publish(_told = load);
        return received;
    }

    /// <summary>Does the work of a phase now or when its turn comes; its result is told to the sender of the current message.</summary>
    protected void Submit(OperationId operation, string phase, Func<CancellationToken, Task<object>> work)
    {
        if (_waking is null) _dreams.Begin(phase, Sender.Path);
        if (_waking is not null)
            Sender.Tell(new WorkbenchProtocol.WorkCancelled(operation));
        else if (_abandoned.Count >= _concurrency)
            Sender.Tell(new WorkbenchProtocol.WorkFailed(operation, $"{_abandoned.Count} earlier operations ignore their cancellation"));
        else if (_queue.Count >= QueueLimit)
            Sender.Tell(new WorkbenchProtocol.WorkFailed(operation, $"more than {QueueLimit} operations are waiting"));
        else
            _queue.AddLast(new Job(operation, Sender, phase, work));
        StartNext();
    }

    private void StartNext()
    {
        while (_queue.First is { } first && _running.Count < _concurrency)
        {
            _queue.RemoveFirst();
            var job = first.Value;
            _running[job.Operation] = job;
            job.Began = Now;
            _ = RunAsync(job, _dreams).PipeTo(Self);
        }
    }

    private static async Task<Done> RunAsync(Job job, DreamsHere dreams)
    {
        try
        {
            // A port that works before its first await must not hold up this actor.
            var answer = await Task.Run(() => dreams.PhaseAsync(job.Phase, job.ReplyTo.Path, () => job.Work(job.Cancellation.Token)), job.Cancellation.Token);
            return new Done(job, answer, null);
        }
        catch (OperationCanceledException) when (job.Cancellation.IsCancellationRequested)
        {
            return new Done(job, new WorkbenchProtocol.WorkCancelled(job.Operation), null);
        }
#pragma warning disable CA1031 // The failure is the answer: it is told to the asker and logged, and this bench goes on.
        catch (Exception e)
        {
            var brain = e as BrainUnavailableException;
            return new Done(job, new WorkbenchProtocol.WorkFailed(job.Operation, e.Message) { IsBrain = brain is not null, Use = brain?.Use ?? [] }, e);
        }
#pragma warning restore CA1031
    }

    private void OnDone(Done done)
    {
        done.Job.Cancellation.Dispose();
        if (_abandoned.Remove(done.Job)) return;
        _running.Remove(done.Job.Operation);
        Timers.Cancel(done.Job.Operation);
        Tell(done.Job, done.Failure is not null ? "failed" : done.Answer is WorkbenchProtocol.WorkCancelled ? "cancelled" : "done");
        if (done.Failure is not null) Log.Warning(done.Failure, "Operation {Operation} of {Asker} failed", done.Job.Operation.Value, done.Job.ReplyTo.Path.ToString());
        done.Job.ReplyTo.Tell(done.Answer);
        StartNext();
        AnswerWhenQuiet();
    }

    private void OnCancel(WorkbenchProtocol.Cancel cancel)
    {
        if (_running.TryGetValue(cancel.Operation, out var job))
        {
            job.Cancellation.Cancel();
            Timers.StartSingleTimer(cancel.Operation, new PatienceOver(cancel.Operation), Patience);
        }

        for (var node = _queue.First; node is not null; node = node.Next)
        {
            if (node.Value.Operation != cancel.Operation) continue;
            _queue.Remove(node);
            return;
        }
    }

    private void OnWakeUp(EnergyProtocol.WakeUp wake)
    {
        _waking = wake;
        _hadWork = _running.Count > 0 || _queue.Count > 0;
        foreach (var job in _queue) job.ReplyTo.Tell(new WorkbenchProtocol.WorkCancelled(job.Operation));
        _queue.Clear();
        foreach (var job in _running.Values) job.Cancellation.Cancel();
        AnswerWhenQuiet();
    }

    private void AnswerWhenQuiet()
    {
        if (_running.Count == 0) _waking?.ReplyTo.Tell(new EnergyProtocol.Quiet(_hadWork, _abandoned.Count), Self);
    }

    private void OnWokenUp()
    {
        _waking = null;
        // What was not quiet in time has been overtaken.
        foreach (var operation in _running.Where(entry => entry.Value.Cancellation.IsCancellationRequested).Select(entry => entry.Key).ToList()) Abandon(operation);
    }

    private void Abandon(OperationId operation)
    {
        if (!_running.Remove(operation, out var job)) return;
        Timers.Cancel(operation);
        _abandoned.Add(job);
        Tell(job, "abandoned");
        Log.Error("Operation {Operation} of {Asker} ignores its cancellation and is abandoned, {Abandoned} in all", operation.Value, job.ReplyTo.Path.ToString(), _abandoned.Count);
        job.ReplyTo.Tell(new WorkbenchProtocol.WorkCancelled(operation));
        StartNext();
        AnswerWhenQuiet();
    }

    private TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private void Tell(Job job, string outcome) => Context.System.EventStream.Publish(new WorkbenchProtocol.Worked(job.Phase, outcome, Now - job.Began));

    private sealed record PatienceOver(OperationId Operation);

    private sealed record Done(Job Job, object Answer, Exception? Failure);

    private sealed class Job(OperationId operation, IActorRef replyTo, string phase, Func<CancellationToken, Task<object>> work)
    {
        public OperationId Operation { get; } = operation;
        public IActorRef ReplyTo { get; } = replyTo;
        public string Phase { get; } = phase;
        public TimeSpan Began { get; set; }
        public Func<CancellationToken, Task<object>> Work { get; } = work;
        public CancellationTokenSource Cancellation { get; } = new();
    }
}

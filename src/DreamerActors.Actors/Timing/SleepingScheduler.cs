using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;

namespace DreamerActors.Actors.Timing;

/// <summary>
/// A scheduler for Akka (<c>akka.scheduler.implementation</c>) with a thread of its own that sleeps until something is due. Akka's own wakes up at every tick, day and night, and for that
/// takes three threads from one another, one of them the pool's: it is most of what an idle host does, and it is late when dreams have used the pool up.
/// </summary>
/// <remarks>
/// Of its settings <c>tick-duration</c> is heeded, as the exactness of what waits longer than that, and <c>shutdown-timeout</c>. As with Akka's own, actions are done on the scheduler's thread, one
/// that throws is logged and not repeated, and what still waits when the system has ended is done at once.
/// </remarks>
internal sealed class SleepingScheduler : SchedulerBase, IDateTimeOffsetNowTimeProvider, IDisposable
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromDays(1);
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly object _gate = new();
    private readonly Agenda _agenda;
    private readonly Thread _thread;
    private bool _isClosed;

    /// <param name="scheduler">The system's configuration.</param>
    /// <param name="log">The system's.</param>
    public SleepingScheduler(Config scheduler, ILoggingAdapter log)
        : base(scheduler, log)
    {
        _agenda = new Agenda(SchedulerConfig.GetTimeSpan("akka.scheduler.tick-duration"));
        _thread = new Thread(Run) { IsBackground = true, Name = "akka.scheduler" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public override TimeSpan MonotonicClock => HighResMonotonicClock;

    /// <inheritdoc/>
    public override TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(_began);

    /// <inheritdoc/>
    protected override DateTimeOffset TimeNow => DateTimeOffset.UtcNow;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            Monitor.Pulse(_gate);
        }
        if (Thread.CurrentThread != _thread && !_thread.Join(SchedulerConfig.GetTimeSpan("akka.scheduler.shutdown-timeout")))
            Log.Warning("What the scheduler was doing when the system ended is not over yet");
        IReadOnlyList<Agenda.Entry> rest;
        lock (_gate) rest = _agenda.TakeAll();
        foreach (var entry in rest) Do(entry);
    }

    /// <inheritdoc/>
    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Add(() => receiver.Tell(message, sender), cancelable, delay, null);

    /// <inheritdoc/>
    protected override void InternalScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable) =>
        Add(() => receiver.Tell(message, sender), cancelable, initialDelay, interval);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) => Add(action, cancelable, delay, null);

    /// <inheritdoc/>
    protected override void InternalScheduleOnce(TimeSpan delay, IRunnable action, ICancelable? cancelable) => Add(action.Run, cancelable, delay, null);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable) => Add(action, cancelable, initialDelay, interval);

    /// <inheritdoc/>
    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, IRunnable action, ICancelable? cancelable) =>
        Add(action.Run, cancelable, initialDelay, interval);

    private void Add(Action action, ICancelable? cancelable, TimeSpan delay, TimeSpan? interval)
    {
        lock (_gate)
        {
            if (_isClosed) throw new SchedulerException("the system has ended");
            var next = _agenda.Next;
            _agenda.Add(new Agenda.Entry(action, cancelable, interval), HighResMonotonicClock, delay);
            if (_agenda.Next != next) Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        while (NextDue() is { } entry) Do(entry);
    }

    private Agenda.Entry? NextDue()
    {
        lock (_gate)
        {
            while (!_isClosed)
            {
                if (_agenda.Take(HighResMonotonicClock) is { } due) return due;
                Monitor.Wait(_gate, Until(_agenda.Next));
            }
            return null;
        }
    }

    // Waiting takes whole milliseconds: less than one left would be none, and waited for without sleeping.
    private TimeSpan Until(TimeSpan? next)
    {
        var rest = next - HighResMonotonicClock ?? LongestSleep;
        return TimeSpan.FromMilliseconds(Math.Ceiling(Math.Clamp(rest.TotalMilliseconds, 0, LongestSleep.TotalMilliseconds)));
    }

    private void Do(Agenda.Entry entry)
    {
        try
        {
            entry.Action();
        }
#pragma warning disable CA1031 // Anybody's action: whatever it throws must not end everybody else's.
        catch (Exception error)
        {
            entry.Drop();
            Log.Error(error, "What was scheduled failed, and is not repeated");
        }
#pragma warning restore CA1031
    }
}

using Akka.Actor;
using Akka.Event;
using DreamerActors.Domain.Journal;

namespace DreamerActors.Actors.Journal;

/// <summary>Keeps one projection up to date: reads on from its last offset, again and again.</summary>
/// <remarks>
/// A failed reading is tried again with growing pauses, for ever: a full disk is not the end of a journal, and the projection's own offset says
/// where to go on. Restarted by a failure of its own, with nothing lost but the questions asked meanwhile.
/// </remarks>
internal sealed class ProjectionActor : ReceiveActor, IWithTimers
{
    /// <summary>How long an event waits at most whose writer, in another process, told nobody here.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>The longest pause after failures.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    private readonly IProjection _projection;
    private readonly IEventFeed _feed;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<(long Request, IActorRef ReplyTo)> _waiting = [];
    private List<(long Request, IActorRef ReplyTo)> _served = [];
    private bool _reading;
    private bool _more;
    private bool _startOver;
    private bool _startingOver;
    private int _failures;

    public ProjectionActor(IProjection projection, IEventFeed feed)
    {
        (_projection, _feed) = (projection, feed);
        Receive<CatchUp>(m =>
        {
            _waiting.Add((m.Request, Sender));
            _startOver |= m.StartOver;
            if (_failures == 0) Read();
        });
        Receive<ReadOn>(_ => Read());
        Receive<JournalProtocol.EventsWritten>(_ =>
        {
            _more = _reading;
            if (_failures == 0) Read();
        });
        Receive<ReadingDone>(_ => OnDone());
        Receive<Status.Failure>(failure => OnFailed(failure.Cause));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(IProjection projection, IEventFeed feed) => Akka.Actor.Props.Create(() => new ProjectionActor(projection, feed));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<JournalProtocol.EventsWritten>(Self);
        Read();
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private void Read()
    {
        if (_reading) return;
        (_reading, _more) = (true, false);
        // Only who asked before the reading began may be told that it covered everything.
        _served = [.. _waiting];
        _startingOver = _startOver;
        _startOver = false;
        _ = ReadAsync(_startingOver, _stopping.Token).PipeTo(Self);
    }

    private async Task<ReadingDone> ReadAsync(bool startOver, CancellationToken cancellation)
    {
        if (startOver) await _projection.ResetAsync(cancellation);
        var offset = await _projection.LastOffsetAsync(cancellation);
        await _feed.ReadAsync(offset, batch => _projection.ApplyAsync(batch, cancellation));
        return ReadingDone.Instance;
    }

    private void OnDone()
    {
        (_reading, _failures) = (false, 0);
        foreach (var (request, replyTo) in _served) replyTo.Tell(new CaughtUp(request));
        _waiting.RemoveAll(_served.Contains);
        if (_more || _waiting.Count > 0) Read();
        else Timers.StartSingleTimer(nameof(ReadOn), ReadOn.Instance, Interval);
    }

    private void OnFailed(Exception cause)
    {
        _reading = false;
        _startOver |= _startingOver;
        var pause = TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 1 << Math.Min(_failures++, 10)));
        _log.Error(cause, "Projection {0} could not go on; tried again in {1} s", _projection.Name, pause.TotalSeconds);
        Timers.StartSingleTimer(nameof(ReadOn), ReadOn.Instance, pause);
    }

    /// <summary>Answer with <see cref="CaughtUp"/> when everything that is durable now is projected.</summary>
    internal sealed record CatchUp(long Request, bool StartOver);

    /// <summary>Everything that was durable when it was asked is projected.</summary>
    internal sealed record CaughtUp(long Request);

    private sealed record ReadingDone
    {
        public static ReadingDone Instance { get; } = new();
    }

    private sealed record ReadOn
    {
        public static ReadOn Instance { get; } = new();
    }
}

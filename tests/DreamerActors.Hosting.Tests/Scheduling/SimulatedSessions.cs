using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Hosting.Tests.Scheduling;

/// <summary>Sessions that take no time of their own: a scenario ends whenever the test says so. It is the engine and its journal in one.</summary>
internal sealed class SimulatedSessions : ISessionRunner, IJournalReader
{
    private readonly List<SessionSummary> _sessions = [];
    private TaskCompletionSource<RunOutcome>? _running;
    private int _current;
    private DateTimeOffset _now;

    public List<ScheduleDecision.Start> Starts { get; } = [];

    public ScheduleDecision.Start? Running { get; private set; }

    public DateTimeOffset StartedAt { get; private set; }

    public int Judged(string trigger) => _sessions.Where(session => session.Trigger == trigger).Sum(session => session.Attempted);

    public Task<RunOutcome> RunAsync(ScheduleDecision.Start start, CancellationToken cancellation)
    {
        Assert.Null(Running);
        Starts.Add(start);
        (Running, StartedAt, _running) = (start, _now, new TaskCompletionSource<RunOutcome>());
        if (start.Resume)
        {
            _current = _sessions.FindLastIndex(session => session.Status != "completed");
            Change(session => session with { Status = "running", EndedAt = null });
        }
        else
        {
            _current = _sessions.Count;
            _sessions.Add(new SessionSummary(new SessionId($"s{_current}"), "running", _now, null, start.MaxScenarios, 0, 0, 0, start.Trigger, "recall"));
        }

        return _running.Task;
    }

    /// <summary>Another minute, another scenario.</summary>
    public void Work(DateTimeOffset now)
    {
        _now = now;
        if (Running is null) return;
        Change(session => session with { Attempted = session.Attempted + 1 });
        if (_sessions[_current] is { } session && session.Attempted == session.Planned)
            End("completed", RunOutcome.Completed);
    }

    /// <summary>The engine wakes; true when something was running.</summary>
    public bool Wake(DateTimeOffset now, InterruptReason reason)
    {
        _now = now;
        if (Running is null) return false;
        End("interrupted", RunOutcome.Interrupted);
        return true;
    }

    /// <summary>Another machine has left a session; it stays the only one.</summary>
    public void Leave(DateTimeOffset now)
    {
        if (_sessions.Count == 0) _sessions.Add(new SessionSummary(new SessionId("left"), "interrupted", now, now, 10, 1, 0, 0, Triggers.Idle, "recall"));
    }

    public Task<IReadOnlyList<SessionSummary>> SessionsAsync(int limit, CancellationToken cancellation, SessionId? behind = null) =>
        Task.FromResult<IReadOnlyList<SessionSummary>>([.. Enumerable.Reverse(_sessions).Take(limit)]);

    public Task<IReadOnlyList<DreamSummary>> DreamsAsync(DreamQuery query, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<SessionSummary?> SessionAsync(SessionId session, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<string?> DreamAsync(DreamId dream, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyDictionary<string, EntityHistory>> DreamtEntitiesAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<IReadOnlyList<DreamOutcome>> OutcomesAsync(string brain, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<DreamStatistics> StatisticsAsync(CancellationToken cancellation) => throw new NotSupportedException();

    public Task<SessionId?> UnfinishedSessionAsync(CancellationToken cancellation) => throw new NotSupportedException();

    private void End(string status, RunOutcome outcome)
    {
        Change(session => session with { Status = status, EndedAt = _now });
        Running = null;
        _running!.SetResult(outcome);
    }

    private void Change(Func<SessionSummary, SessionSummary> change) => _sessions[_current] = change(_sessions[_current]);
}

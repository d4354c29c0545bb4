using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Hosting.Dreaming;

/// <summary>What a host can ask of the dreamer.</summary>
public interface IDreamEngine
{
    /// <summary>Runs one REM phase to its end. Cancelling is a wake-up: the report then says <c>interrupted</c>.</summary>
    /// <param name="request">What to dream.</param>
    /// <param name="progress">Told whenever a scenario changes its phase; may be null.</param>
    /// <param name="cancellation">The user is back.</param>
    /// <returns>The report; <see cref="RemStatus.Busy"/> when a session is already running.</returns>
    Task<RemReport> EnterRemPhaseAsync(RemRequest request, IProgress<DreamProgress>? progress, CancellationToken cancellation);

    /// <summary>Begins one REM phase and answers as soon as it runs, or is known not to.</summary>
    Task<RemPhase> BeginRemPhaseAsync(RemRequest request, IProgress<DreamProgress>? progress, CancellationToken cancellation);

    /// <summary>Goes on with the newest unfinished session and answers as soon as it runs, or is known not to.</summary>
    Task<RemPhase> BeginResumeAsync(IProgress<DreamProgress>? progress, CancellationToken cancellation, bool untilActive = false);

    /// <summary>Finishes the newest unfinished session; <see cref="RemStatus.NothingToResume"/> when there is none.</summary>
    /// <param name="progress">Told whenever a scenario changes its phase; may be null.</param>
    /// <param name="cancellation">The user is back.</param>
    /// <param name="untilActive">Stop when the user is active again.</param>
    Task<RemReport> ResumeAsync(IProgress<DreamProgress>? progress, CancellationToken cancellation, bool untilActive = false);

    /// <summary>Derives everything from the journal again: read model, dream files, lessons. Files that users made are not touched.</summary>
    Task RebuildJournalAsync(CancellationToken cancellation);

    /// <summary>Records what a person says about a kept dream; answers when files and lessons follow it.</summary>
    /// <returns>Null when it is done, else why not.</returns>
    Task<ApprovalRefusal?> ApproveAsync(DreamId dream, DreamApproval approval, CancellationToken cancellation);

    /// <summary>Records what came of proving kept dreams again; answers when their files tell it.</summary>
    /// <exception cref="InvalidOperationException">A session refuses: the dreams are not its own.</exception>
    Task RecordReplayAsync(ReplayReport report, CancellationToken cancellation);

    /// <summary>Proves a kept dream again, here and now: parse, static rules and tests. A refusal counts only when it comes twice. A wake-up ends it.</summary>
    /// <returns>What the guardian says now; null when there is no such kept dream.</returns>
    /// <exception cref="SandboxUnavailableException">It could not be judged: the machine woke, or the infrastructure failed.</exception>
    Task<Verdict?> ReplayAsync(DreamId dream, CancellationToken cancellation);

    /// <summary>Counts over all sessions and what the engine does now.</summary>
    Task<EngineStatistics> GetStatisticsAsync(CancellationToken cancellation);

    /// <summary>Stops everything within two seconds and says how long it took. Idempotent.</summary>
    Task<WakeReport> WakeUpAsync(InterruptReason reason, CancellationToken cancellation);

    /// <summary>The same for all machines of the cluster that can be reached; answers when this one has stopped.</summary>
    Task<WakeReport> WakeClusterAsync(InterruptReason reason, CancellationToken cancellation);

    /// <summary>Calls back for every event of every session as soon as it is durable, one after the other; disposing the answer ends that. The callback must not block.</summary>
    IDisposable OnEvent(Action<ISessionEvent> callback);

    /// <summary>Tells that the user did something; wakes a dreaming machine.</summary>
    /// <param name="source">Where it was seen, for the journal; at most 100 characters are kept.</param>
    void MarkActivity(string source);
}

/// <summary>What one REM phase shall dream.</summary>
/// <param name="MaxScenarios">How many at most, 1 … 10 000; null for the configured number.</param>
/// <param name="Difficulty">The wished difficulty; null for the configured one.</param>
/// <param name="EntityIds">Dream only about these entities; null for the whole graph.</param>
/// <param name="Trigger">
/// What started it: <c>manual</c>, <c>nightly</c>, <c>idle</c>, <c>api</c>. What somebody asked for ignores the user's activity; what starts by itself stops for it, and
/// is refused as busy while the machine is awake or has just woken.
/// </param>
/// <param name="UntilActive">Stop when the user is active again, though somebody asked for it.</param>
/// <param name="SessionId">The session's id, which no other may have had; null for a new one.</param>
public sealed record RemRequest(
    int? MaxScenarios = null, Difficulty? Difficulty = null, IReadOnlySet<string>? EntityIds = null, string Trigger = "manual", bool UntilActive = false, string? SessionId = null);

/// <summary>What a person says about a kept dream.</summary>
/// <param name="Approval">Approved, declined, or <see cref="Domain.Sessions.Approval.Pending"/> to take it back.</param>
/// <param name="Actor">Who says it, at most <see cref="LongestActor"/> characters.</param>
/// <param name="Comment">Why, at most <see cref="LongestComment"/> characters; null for nothing.</param>
public sealed record DreamApproval(Approval Approval, string Actor, string? Comment = null)
{
    /// <summary>Upper bound of <see cref="Actor"/>, in characters.</summary>
    public const int LongestActor = 100;

    /// <summary>Upper bound of <see cref="Comment"/>, in characters.</summary>
    public const int LongestComment = 1000;
}

/// <summary>Why nothing was recorded.</summary>
/// <param name="IsUnknown">Whether there is no such kept dream.</param>
/// <param name="Message">One sentence.</param>
public sealed record ApprovalRefusal(bool IsUnknown, string Message);

/// <summary>A REM phase that has begun, or was refused.</summary>
/// <param name="SessionId">The running session; null when none began, and then the report says why.</param>
/// <param name="Report">Its report, once it has ended.</param>
public sealed record RemPhase(string? SessionId, Task<RemReport> Report);

/// <summary>How a REM phase ended.</summary>
public enum RemStatus
{
    /// <summary>Every scenario ended.</summary>
    Completed,

    /// <summary>Woken before the end; can be resumed.</summary>
    Interrupted,

    /// <summary>The graph holds nothing to dream about.</summary>
    NoKnowledge,

    /// <summary>Not now: another session is running, or the machine needs its energy; <see cref="RemReport.Error"/> says which.</summary>
    Busy,

    /// <summary>There is no unfinished session.</summary>
    NothingToResume,

    /// <summary>The infrastructure failed; <see cref="RemReport.Error"/> says how.</summary>
    Error,
}

/// <summary>The report of a REM phase.</summary>
/// <param name="SessionId">The session, or null when none began.</param>
/// <param name="Status">How it ended.</param>
/// <param name="Duration">How long it dreamt.</param>
/// <param name="Attempted">Scenarios judged.</param>
/// <param name="Successful">Dreams kept.</param>
/// <param name="Lost">Scenarios without a verdict.</param>
/// <param name="Scenarios">Titles of the woven scenarios, in order.</param>
/// <param name="Rejections">Reasons of the rejected ones: name of the kind, e.g. <c>WEAK_TESTS</c> → count.</param>
/// <param name="Error">What failed or stands in the way, or null.</param>
/// <param name="Use">What language models cost, per role and model; null when none was asked.</param>
/// <param name="Interruption">Why and how it was interrupted; null when it was not.</param>
/// <param name="Losses">Reasons of the lost ones: <c>LANGUAGE_MODEL</c>, <c>INFRASTRUCTURE</c>, … → count; null when none was lost.</param>
public sealed record RemReport(
    string? SessionId, RemStatus Status, TimeSpan Duration, int Attempted, int Successful, int Lost,
    IReadOnlyList<string> Scenarios, IReadOnlyDictionary<string, int> Rejections, string? Error = null,
    IReadOnlyList<BrainUse>? Use = null, SessionInterrupted? Interruption = null, IReadOnlyDictionary<string, int>? Losses = null)
{
    /// <summary>Successful ÷ attempted, 0 … 1; 0 when nothing was attempted.</summary>
    public double SuccessRate => Attempted == 0 ? 0 : (double)Successful / Attempted;
}

/// <summary>One step of a running session, for progress displays.</summary>
/// <param name="Scenario">The scenario's id.</param>
/// <param name="Title">Its title, or its entity's name before it is woven.</param>
/// <param name="Phase"><c>weaving</c>, <c>coding</c>, <c>guarding</c>, <c>kept</c>, <c>rejected</c>, <c>lost</c>.</param>
/// <param name="Detail">The reason of a rejection or loss, or null.</param>
/// <param name="Ended">Scenarios ended so far.</param>
/// <param name="Total">Scenarios planned.</param>
public sealed record DreamProgress(string Scenario, string Title, string Phase, string? Detail, int Ended, int Total);

/// <summary>What the engine has done and does.</summary>
/// <param name="State"><c>idle</c>, <c>dreaming</c> or <c>waking</c>.</param>
/// <param name="CurrentSessionId">The running session, or null.</param>
/// <param name="Sessions">Sessions ever.</param>
/// <param name="TotalDreams">Dreams judged ever.</param>
/// <param name="SuccessfulDreams">Dreams kept ever.</param>
/// <param name="SuccessRate">Successful ÷ total, 0 … 1; 0 when none.</param>
/// <param name="SavedDreams">Dream files there are.</param>
/// <param name="OutputDirectory">Where dream files are.</param>
public sealed record EngineStatistics(
    string State, string? CurrentSessionId, int Sessions, int TotalDreams, int SuccessfulDreams, double SuccessRate, int SavedDreams, string OutputDirectory);

/// <summary>How a wake-up went.</summary>
/// <param name="Interrupted">Whether something was running.</param>
/// <param name="StoppedIn">From the request to the last child's end.</param>
/// <param name="Killed">Sandboxes that were still alive when the watchdog came.</param>
/// <param name="Problem">What did not stop as it should, in words; null when everything did.</param>
public sealed record WakeReport(bool Interrupted, TimeSpan StoppedIn, int Killed, string? Problem);

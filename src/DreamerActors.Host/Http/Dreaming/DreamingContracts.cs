using System.Text.Json.Nodes;

namespace DreamerActors.Host.Http.Dreaming;

/// <summary>What the dreamer has done and does: the seven figures of the host, then ours.</summary>
internal sealed record DreamingStatus(
    string State, string? CurrentSessionId, int TotalDreams, int SuccessfulDreams, double SuccessRate, int SavedDreamsCount, string OutputDirectory,
    bool Enabled, int Sessions, string? UnfinishedSessionId, string Decision, string Energy, string EnergyReason,
    WorkerBody? Worker);

/// <summary>The process that computes the model file of <c>llamasharp</c>.</summary>
/// <param name="State"><c>stopped</c>, <c>pausing</c> before it is started again, <c>loading</c> or <c>running</c>.</param>
/// <param name="ProcessId">The process, while there is one.</param>
/// <param name="Restarts">How often it had to be started again.</param>
/// <param name="PauseSeconds">The pause before its last start; 0 when that was no restart.</param>
/// <param name="LastEnd">Why it was started again last.</param>
internal sealed record WorkerBody(string State, int? ProcessId, int Restarts, double PauseSeconds, string? LastEnd);

internal sealed record StatusAnswer(string Status, DreamingStatus Dreams);

/// <summary>What to dream; everything may be left out.</summary>
/// <param name="MaxScenarios">Scenarios at most, 1 to 10000.</param>
/// <param name="Difficulty"><c>simple</c>, <c>medium</c> or <c>complex</c>.</param>
/// <param name="Resume">Go on with the newest unfinished session instead.</param>
/// <param name="UntilActive">Stop when the user is seen again, and not only when somebody asks for it or others need the machine.</param>
internal sealed record SessionRequest(int? MaxScenarios = null, string? Difficulty = null, bool Resume = false, bool UntilActive = false);

internal sealed record SessionBegun(string Status, string SessionId);

/// <summary>One session's report: the seed's fields, then ours.</summary>
internal sealed record ReportBody(
    string? SessionId, string Status, double DurationSeconds, int DreamsAttempted, int DreamsSuccessful, double SuccessRate, int DreamsLost, string? Error)
{
    public int? DreamsPlanned { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public string? Trigger { get; init; }

    public string? Brain { get; init; }

    /// <summary>Why it was interrupted last: <c>user_activity</c>, <c>asked</c>, <c>load</c>, <c>window_end</c>, <c>shutdown</c>.</summary>
    public string? InterruptReason { get; init; }

    /// <summary>From the wake-up to the last child's end.</summary>
    public double? StoppedInMs { get; init; }

    /// <summary>The reason in words.</summary>
    public string? InterruptDetail { get; init; }

    public IReadOnlyList<string>? Scenarios { get; init; }

    public IReadOnlyDictionary<string, int>? Rejections { get; init; }

    /// <summary>Why dreams were lost: <c>LANGUAGE_MODEL</c>, <c>INFRASTRUCTURE</c>, …</summary>
    public IReadOnlyDictionary<string, int>? Losses { get; init; }

    /// <summary>What language models cost: an object per role and model.</summary>
    public JsonArray? Tokens { get; init; }
}

internal sealed record SessionAnswer(string Status, ReportBody Session);

/// <summary>A page of sessions; <paramref name="Next"/> is what <c>behind</c> goes on after, null on the last page.</summary>
internal sealed record SessionsAnswer(string Status, IReadOnlyList<ReportBody> Sessions, int Count, string? Next);

internal sealed record Woken(string Status, bool Interrupted, double StoppedInMs);

/// <summary>The user did something.</summary>
/// <param name="Source">Where it was seen.</param>
internal sealed record ActivityRequest(string? Source = null);

internal sealed record ActivityMarked(string Status, double IdleTimeSeconds);

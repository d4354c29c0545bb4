using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Domain.Sessions;

/// <summary>Names one session (one REM phase).</summary>
/// <param name="Value">A UUID in lower-case text.</param>
public readonly record struct SessionId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Names one dream.</summary>
/// <param name="Value">Eight lower-case hexadecimal digits, derived from session and scenario, so that the same dream always has the same name.</param>
public readonly record struct DreamId(string Value)
{
    /// <summary>The name of the dream of <paramref name="scenario"/>: the first eight hexadecimal digits of SHA-256 over <c>session/scenario</c>.</summary>
    public static DreamId Of(SessionId session, ScenarioId scenario) =>
        new(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{session.Value}/{scenario.Value}")).AsSpan(0, 4)));

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>What a session was asked to do.</summary>
/// <param name="MaxScenarios">How many scenarios at most, 1 … 10 000.</param>
/// <param name="Difficulty">The wished difficulty; where it adapts, that of a beginning.</param>
/// <param name="Strict">All stages of the guardian, or only the first three.</param>
/// <param name="Brain">Name of the brain.</param>
/// <param name="Trigger">What started it: <c>manual</c>, <c>nightly</c>, <c>idle</c>, <c>api</c>.</param>
/// <param name="Canaries">Whether the guardian is tried with known programs before the first dream and after the last; sessions of old journals were not.</param>
/// <param name="Adaptive">Whether every scenario is as hard as its libraries' history suggests (<see cref="AdaptiveDifficulty"/>).</param>
public sealed record SessionOrder(int MaxScenarios, Difficulty Difficulty, bool Strict, string Brain, string Trigger, bool Canaries = false, bool Adaptive = false);

/// <summary>Why a dream was lost without a verdict.</summary>
public enum LossReason
{
    /// <summary>The user came back.</summary>
    Wake,

    /// <summary>The machine that dreamt it is gone.</summary>
    Node,

    /// <summary>The infrastructure failed more often than it is retried.</summary>
    Infrastructure,

    /// <summary>A language model failed more often than it is retried: it was not there, silent, or answered outside its protocol.</summary>
    LanguageModel,
}

/// <summary>Names of losses as reports spell them.</summary>
public static class LossReasonNames
{
    /// <summary>The reason in upper snake case, e.g. <c>LANGUAGE_MODEL</c>.</summary>
    public static string Name(this LossReason reason) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(reason.ToString());
}

/// <summary>Why a session stopped before its end.</summary>
public enum InterruptReason
{
    /// <summary>The user came back.</summary>
    UserActivity,

    /// <summary>Someone asked for it: Ctrl-C, <c>wake</c>, the API.</summary>
    Asked,

    /// <summary>The machine is too busy, too hot or on battery.</summary>
    Load,

    /// <summary>The night is over.</summary>
    WindowEnd,

    /// <summary>The host process stops.</summary>
    Shutdown,
}

/// <summary>The figures of a session; at least the seed's six fields.</summary>
/// <param name="Attempted">Scenarios that ended with a verdict.</param>
/// <param name="Successful">Dreams that were kept.</param>
/// <param name="Lost">Scenarios that ended without a verdict.</param>
/// <param name="Duration">Time spent dreaming, pauses between interruption and resumption not counted.</param>
/// <param name="Use">What language models cost, per role and model; null or empty when none was asked.</param>
public sealed record SessionReport(int Attempted, int Successful, int Lost, TimeSpan Duration, IReadOnlyList<BrainUse>? Use = null)
{
    /// <summary>Successful ÷ attempted, 0 … 1; 0 when nothing was attempted.</summary>
    public double SuccessRate => Attempted == 0 ? 0 : (double)Successful / Attempted;
}

/// <summary>What can happen in a session. Persisted; shapes are frozen per version in the wire table.</summary>
public interface ISessionEvent
{
    /// <summary>The session it happened in.</summary>
    SessionId Session { get; }

    /// <summary>When it happened, UTC.</summary>
    DateTimeOffset At { get; }
}

/// <summary>A session began with this plan.</summary>
public sealed record SessionStarted(SessionId Session, DateTimeOffset At, SessionOrder Order, IReadOnlyList<PlannedScenario> Plan) : ISessionEvent;

/// <summary>A planned scenario was woven.</summary>
public sealed record ScenarioWoven(SessionId Session, DateTimeOffset At, Scenario Scenario, IReadOnlyList<BrainUse>? Use = null) : ISessionEvent;

/// <summary>A dream was proven and is kept.</summary>
public sealed record DreamCompleted(
    SessionId Session, DateTimeOffset At, DreamId Dream, Scenario Scenario, string Code, Verdict Verdict, string Brain, Effort? Effort = null) : ISessionEvent;

/// <summary>A dream was judged and refused; the code is null when the brain gave none, the scenario when none was woven.</summary>
public sealed record DreamRejected(
    SessionId Session, DateTimeOffset At, DreamId Dream, ScenarioId ScenarioId, Scenario? Scenario, string EntityId, string? Code, Verdict Verdict,
    Effort? Effort = null) : ISessionEvent;

/// <summary>A scenario ended without a verdict.</summary>
public sealed record DreamLost(SessionId Session, DateTimeOffset At, ScenarioId Scenario, LossReason Reason, string Detail, Effort? Effort = null) : ISessionEvent;

/// <summary>The session stopped before its end; what is left can be resumed.</summary>
/// <param name="Session">The session.</param>
/// <param name="At">When.</param>
/// <param name="Reason">Why.</param>
/// <param name="StopLatency">From the wake-up to the last child's end.</param>
/// <param name="Detail">Why in words, when there is more to say.</param>
/// <param name="Killed">Sandboxes that were still alive when the watchdog came.</param>
/// <param name="Problem">What did not stop as it should, in words; null when everything did.</param>
public sealed record SessionInterrupted(
    SessionId Session, DateTimeOffset At, InterruptReason Reason, TimeSpan StopLatency, string? Detail = null, int Killed = 0, string? Problem = null) : ISessionEvent;

/// <summary>An interrupted session, or one whose process died, goes on.</summary>
public sealed record SessionResumed(SessionId Session, DateTimeOffset At) : ISessionEvent;

/// <summary>The guardian was tried with programs whose verdict is known.</summary>
public sealed record CanariesJudged(SessionId Session, DateTimeOffset At, IReadOnlyList<CanaryResult> Results) : ISessionEvent;

/// <summary>The guardian misjudged a program whose verdict is known: nothing of this session counts as proven, and the session is over.</summary>
/// <param name="Session">The session.</param>
/// <param name="At">When.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="Dreams">Every dream that it had kept: no file, lesson or row of these may be left.</param>
public sealed record SessionQuarantined(SessionId Session, DateTimeOffset At, string Reason, IReadOnlyList<DreamId> Dreams) : ISessionEvent;

/// <summary>What a person may say about a kept dream.</summary>
public enum Approval
{
    /// <summary>Nothing yet.</summary>
    Pending,

    /// <summary>It is wanted.</summary>
    Approved,

    /// <summary>It is not wanted: no lesson and no dataset shall have it.</summary>
    Declined,
}

/// <summary>A person approved a kept dream.</summary>
public sealed record DreamApproved(SessionId Session, DateTimeOffset At, DreamId Dream, string Actor, string? Comment) : ISessionEvent;

/// <summary>A person declined a kept dream: it stays in the journal, but no lesson and no dataset has it.</summary>
public sealed record DreamDeclined(SessionId Session, DateTimeOffset At, DreamId Dream, string Actor, string? Comment) : ISessionEvent;

/// <summary>What was said about a kept dream was taken back.</summary>
public sealed record ApprovalUndone(SessionId Session, DateTimeOffset At, DreamId Dream, string Actor, string? Comment) : ISessionEvent;

/// <summary>What came of proving a kept dream again.</summary>
/// <param name="Dream">The dream.</param>
/// <param name="Proven">Whether it passed.</param>
/// <param name="Sandbox">Where.</param>
/// <param name="Image">Digest of the image or interpreter.</param>
/// <param name="Python">Its Python.</param>
/// <param name="Stage">The stage that refused it.</param>
/// <param name="Kind">The kind of refusal.</param>
/// <param name="Reason">Why it was refused.</param>
public sealed record ReplayResult(DreamId Dream, bool Proven, string Sandbox, string Image, string? Python, string? Stage = null, string? Kind = null, string? Reason = null);

/// <summary>A kept dream was proven again elsewhere, or refused there. It stays kept: what was proven remains proven where it was.</summary>
public sealed record DreamReplayed(SessionId Session, DateTimeOffset At, ReplayResult Result) : ISessionEvent;

/// <summary>Every scenario of the session has ended.</summary>
public sealed record SessionCompleted(SessionId Session, DateTimeOffset At, SessionReport Report) : ISessionEvent;

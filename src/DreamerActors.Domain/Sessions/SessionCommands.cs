using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Domain.Sessions;

/// <summary>What a session can be told. The time comes with the command.</summary>
/// <param name="At">When it was said, UTC.</param>
public abstract record SessionCommand(DateTimeOffset At);

/// <summary>Begin with this plan.</summary>
public sealed record BeginSession(DateTimeOffset At, SessionId Session, SessionOrder Order, IReadOnlyList<PlannedScenario> Plan) : SessionCommand(At);

/// <summary>A planned scenario was woven.</summary>
public sealed record RecordWoven(DateTimeOffset At, Scenario Scenario, IReadOnlyList<BrainUse>? Use = null) : SessionCommand(At);

/// <summary>A dream was proven.</summary>
public sealed record RecordKept(DateTimeOffset At, ScenarioId Scenario, string Code, Verdict Verdict, Effort? Effort = null) : SessionCommand(At);

/// <summary>A dream was judged and refused; the code is null when the brain gave none.</summary>
public sealed record RecordRejected(DateTimeOffset At, ScenarioId Scenario, string? Code, Verdict Verdict, Effort? Effort = null) : SessionCommand(At);

/// <summary>A scenario will never get a verdict.</summary>
public sealed record RecordLost(DateTimeOffset At, ScenarioId Scenario, LossReason Reason, string Detail, Effort? Effort = null) : SessionCommand(At);

/// <summary>The guardian was tried with programs whose verdict is known.</summary>
public sealed record RecordCanaries(DateTimeOffset At, IReadOnlyList<CanaryResult> Results) : SessionCommand(At);

/// <summary>Everything has stopped; what is left may be resumed.</summary>
public sealed record InterruptSession(
    DateTimeOffset At, InterruptReason Reason, TimeSpan StopLatency, string? Detail = null, int Killed = 0, string? Problem = null) : SessionCommand(At);

/// <summary>Say something about a kept dream, or take it back (<see cref="Approval.Pending"/>).</summary>
public sealed record SetApproval(DateTimeOffset At, DreamId Dream, Approval Approval, string Actor, string? Comment) : SessionCommand(At);

/// <summary>Kept dreams were proven again.</summary>
public sealed record RecordReplays(DateTimeOffset At, IReadOnlyList<ReplayResult> Results) : SessionCommand(At);

/// <summary>Go on, after an interruption or after the process died.</summary>
public sealed record ResumeSession(DateTimeOffset At) : SessionCommand(At);

/// <summary>What a session answers to a command.</summary>
public abstract record Decision
{
    private Decision() { }

    /// <summary>The command changes nothing.</summary>
    /// <param name="Reason">One sentence.</param>
    public sealed record Refuse(string Reason) : Decision;

    /// <summary>These events happen, in this order and all of them.</summary>
    /// <param name="Events">At least one.</param>
    public sealed record Accept(IReadOnlyList<ISessionEvent> Events) : Decision;
}

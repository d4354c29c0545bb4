using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Actors.Dreaming;

/// <summary>What a scenario actor is started with.</summary>
/// <param name="Planned">The plan's entry.</param>
/// <param name="Woven">The scenario, when an earlier attempt already wove it.</param>
/// <param name="Strict">All stages of the guardian, or only the first three.</param>
internal sealed record ScenarioAssignment(PlannedScenario Planned, Scenario? Woven, bool Strict);

/// <summary>What a <see cref="ScenarioActor"/> tells its session, besides the domain's <c>Record…</c> commands.</summary>
internal static class ScenarioProtocol
{
    /// <summary><paramref name="Phase"/> is <c>weaving</c>, <c>coding</c> or <c>guarding</c>.</summary>
    public sealed record PhaseEntered(ScenarioId Scenario, string Phase);
}

/// <summary>Tells one request from every other, so that a stale reply is recognised.</summary>
internal readonly record struct OperationId(Guid Value)
{
    public static OperationId Next() => new(Guid.NewGuid());
}

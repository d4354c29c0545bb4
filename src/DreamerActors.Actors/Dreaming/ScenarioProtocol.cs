using DreamerActors.Actors.Wire;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Dreaming;

/// <summary>What a scenario actor is started with, on whichever machine.</summary>
/// <param name="Session">Whose it is.</param>
/// <param name="Planned">The plan's entry.</param>
/// <param name="Woven">The scenario, when an earlier attempt already wove it.</param>
/// <param name="Strict">All stages of the guardian, or only the first three.</param>
internal sealed record ScenarioAssignment(SessionId Session, PlannedScenario Planned, Scenario? Woven, bool Strict) : IWireMessage;

/// <summary>What a canary actor is started with, on whichever machine.</summary>
/// <param name="Session">Whose it is.</param>
/// <param name="Id">Its name among the session's children.</param>
/// <param name="Strict">All stages of the guardian, or only the first three.</param>
internal sealed record CanaryAssignment(SessionId Session, ScenarioId Id, bool Strict) : IWireMessage;

/// <summary>The phases in which a scenario asks a bench for work.</summary>
internal static class Phases
{
    public const string Weaving = "weaving";
    public const string Coding = "coding";
    public const string Guarding = "guarding";
}

/// <summary>What a <see cref="ScenarioActor"/> tells its session, besides the domain's <c>Record…</c> commands.</summary>
internal static class ScenarioProtocol
{
    /// <summary><paramref name="Phase"/> is one of <see cref="Phases"/>.</summary>
    public sealed record PhaseEntered(ScenarioId Scenario, string Phase) : IWireMessage;

    /// <summary>Its machine dreams no more: it has not ended, and stops.</summary>
    public sealed record GivenBack(ScenarioId Scenario) : IWireMessage;
}

/// <summary>Tells one request from every other, so that a stale reply is recognised.</summary>
internal readonly record struct OperationId(Guid Value)
{
    public static OperationId Next() => new(Guid.NewGuid());
}

using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Domain.Knowledge;

/// <summary>Where something that we know came from; kept with every dream.</summary>
/// <param name="EntityId">The entity's id in the knowledge graph.</param>
/// <param name="Source">The file or document, as the user named it.</param>
/// <param name="Package">The distribution the source belongs to, when known.</param>
/// <param name="Version">That package's version, when known.</param>
/// <param name="Licence">That package's licence, when known.</param>
public sealed record Provenance(string EntityId, string Source, string? Package = null, string? Version = null, string? Licence = null);

/// <summary>What is remembered of a documented function or class: enough to solve its scenario without a language model.</summary>
/// <param name="Name">The function's or class's name.</param>
/// <param name="Source">A whole module: the entity with everything of its own module that it needs.</param>
/// <param name="TestCode">The runnable examples of its documentation as tests of <c>solution</c>.</param>
/// <param name="TestCases">The same examples, readable.</param>
public sealed record RememberedCode(string Name, string Source, string TestCode, IReadOnlyList<string> TestCases);

/// <summary>A piece of the knowledge graph that one scenario is woven from. Self-contained: a session can go on without the graph.</summary>
/// <param name="EntityId">The cluster's central entity.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="EntityType">Its kind, e.g. <c>Function</c>, <c>Library</c>, <c>Concept</c>.</param>
/// <param name="Description">What is known about it; at most <see cref="MaxTextLength"/> characters.</param>
/// <param name="Related">Names of its neighbours, most connected first; at most <see cref="MaxRelated"/>.</param>
/// <param name="Libraries">Top-level modules it is about.</param>
/// <param name="Provenance">Where it came from.</param>
/// <param name="Remembered">Code and examples, when the entity is a documented function or class.</param>
public sealed record KnowledgeFragment(
    string EntityId,
    string Name,
    string EntityType,
    string Description,
    IReadOnlyList<string> Related,
    IReadOnlyList<string> Libraries,
    Provenance Provenance,
    RememberedCode? Remembered = null)
{
    /// <summary>Upper bound of <see cref="Description"/>, in characters.</summary>
    public const int MaxTextLength = 8_000;

    /// <summary>Upper bound of <see cref="Related"/>.</summary>
    public const int MaxRelated = 12;
}

/// <summary>A scenario that a session means to dream.</summary>
/// <param name="Id">Its name inside the session.</param>
/// <param name="Fragment">What it will be woven from.</param>
/// <param name="Difficulty">How hard it shall be.</param>
/// <param name="DifficultyReason">Why it is so hard, when that was not simply asked for.</param>
public sealed record PlannedScenario(ScenarioId Id, KnowledgeFragment Fragment, Difficulty Difficulty, string? DifficultyReason = null);

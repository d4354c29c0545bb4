using DreamerActors.Domain.Knowledge;

namespace DreamerActors.Domain.Scenarios;

/// <summary>Names one scenario inside its session, e.g. <c>s007</c>.</summary>
/// <param name="Value">Letters, digits and dashes only; at most 64 characters.</param>
public readonly record struct ScenarioId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>How hard a scenario is meant to be.</summary>
public enum Difficulty
{
    /// <summary>One function, a few lines.</summary>
    Simple,

    /// <summary>A function with branches, or a small class.</summary>
    Medium,

    /// <summary>Several parts that work together.</summary>
    Complex,
}

/// <summary>A programming task with the tests that decide whether it was solved.</summary>
/// <param name="Id">Its name inside the session.</param>
/// <param name="Title">One line, at most 200 characters.</param>
/// <param name="Description">A short text for people.</param>
/// <param name="TaskPrompt">What the coder is asked.</param>
/// <param name="TestCases">Readable, measurable criteria; the coder may see them.</param>
/// <param name="TestCode">Python: <c>from solution import …</c> and functions <c>test_*</c>. The coder never sees it.</param>
/// <param name="Difficulty">How hard it is meant to be.</param>
/// <param name="Libraries">Top-level modules the task is about.</param>
/// <param name="Provenance">Where the idea came from.</param>
public sealed record Scenario(
    ScenarioId Id,
    string Title,
    string Description,
    string TaskPrompt,
    IReadOnlyList<string> TestCases,
    string TestCode,
    Difficulty Difficulty,
    IReadOnlyList<string> Libraries,
    Provenance Provenance);

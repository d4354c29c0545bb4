using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Domain.Brains;

/// <summary>What came of weaving: a scenario, or the reason why this fragment gives none. Never a filler.</summary>
public abstract record Weaving
{
    private Weaving() { }

    /// <summary>What the models cost; empty for a brain without a model.</summary>
    public IReadOnlyList<BrainUse> Use { get; init; } = [];

    /// <summary>A scenario was woven.</summary>
    /// <param name="Scenario">The scenario.</param>
    public sealed record Woven(Scenario Scenario) : Weaving;

    /// <summary>The fragment cannot become a scenario.</summary>
    /// <param name="Reason">One sentence for the report.</param>
    public sealed record Refused(string Reason) : Weaving;
}

/// <summary>What a coder is given. The test code is not part of it.</summary>
/// <param name="TaskPrompt">The task.</param>
/// <param name="TestCases">Readable criteria.</param>
/// <param name="Libraries">Libraries to use.</param>
/// <param name="Difficulty">How hard the task is meant to be.</param>
/// <param name="Fragment">What the scenario was woven from; only the <c>recall</c> brain looks at its code.</param>
public sealed record CodingTask(
    string TaskPrompt,
    IReadOnlyList<string> TestCases,
    IReadOnlyList<string> Libraries,
    Difficulty Difficulty,
    KnowledgeFragment Fragment)
{
    /// <summary>The attempt before this one and why it was refused; null for the first attempt.</summary>
    public Repair? Repair { get; init; }
}

/// <summary>An attempt that was refused, for the coder to do better.</summary>
/// <param name="Code">The refused module; empty when the answer held none.</param>
/// <param name="Reasons">Why, without anything of the test code.</param>
public sealed record Repair(string Code, IReadOnlyList<string> Reasons);

/// <summary>What came of coding: one Python module, or the reason why there is none.</summary>
public abstract record Coding
{
    private Coding() { }

    /// <summary>What the models cost; empty for a brain without a model.</summary>
    public IReadOnlyList<BrainUse> Use { get; init; } = [];

    /// <summary>A module was written.</summary>
    /// <param name="Code">Python source.</param>
    public sealed record Written(string Code) : Coding;

    /// <summary>The answer held no usable code.</summary>
    /// <param name="Reason">One sentence for the report.</param>
    public sealed record Refused(string Reason) : Coding;
}

/// <summary>What weaves scenarios and solves them.</summary>
public interface IBrain
{
    /// <summary>The brain's name as configured: <c>recall</c>, <c>openai</c> or <c>llamasharp</c>.</summary>
    string Name { get; }

    /// <summary>Turns a fragment into a scenario.</summary>
    /// <exception cref="BrainUnavailableException">The brain cannot work now; nothing is said about the fragment.</exception>
    Task<Weaving> WeaveAsync(PlannedScenario planned, CancellationToken cancellation);

    /// <summary>Solves a task.</summary>
    /// <exception cref="BrainUnavailableException">The brain cannot work now; nothing is said about the task.</exception>
    Task<Coding> CodeAsync(CodingTask task, CancellationToken cancellation);
}

/// <summary>The brain could not be reached or failed by itself: infrastructure, never a verdict (invariant I2).</summary>
public sealed class BrainUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What the models had cost before; empty when nothing.</summary>
    public IReadOnlyList<BrainUse> Use { get; init; } = [];
}

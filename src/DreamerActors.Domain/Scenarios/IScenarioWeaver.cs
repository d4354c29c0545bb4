using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Knowledge;

namespace DreamerActors.Domain.Scenarios;

/// <summary>Weaves scenarios outside of a session, for a host that wants them for itself.</summary>
public interface IScenarioWeaver
{
    /// <summary>Weaves one scenario, or says why this fragment gives none.</summary>
    /// <param name="fragment">What to weave it from.</param>
    /// <param name="difficulty">How hard it shall be; null for the configured difficulty.</param>
    /// <param name="libraries">Libraries it shall be about, as far as the sandbox has them; null for the fragment's own.</param>
    /// <param name="cancellation">Stops weaving.</param>
    /// <exception cref="BrainUnavailableException">The brain cannot work now.</exception>
    Task<Weaving> WeaveScenarioAsync(
        KnowledgeFragment fragment, Difficulty? difficulty = null, IReadOnlyList<string>? libraries = null, CancellationToken cancellation = default);

    /// <summary>Weaves one scenario from each of the first <paramref name="count"/> fragments, in order; fewer fragments give fewer scenarios.</summary>
    /// <param name="fragments">What to weave them from.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="difficulty">How hard they shall be; null for the configured difficulty.</param>
    /// <param name="cancellation">Stops weaving.</param>
    /// <exception cref="BrainUnavailableException">The brain cannot work now.</exception>
    Task<IReadOnlyList<Weaving>> WeaveMultipleScenariosAsync(
        IReadOnlyList<KnowledgeFragment> fragments, int count = 5, Difficulty? difficulty = null, CancellationToken cancellation = default);
}

/// <summary>Weaves with the configured brain.</summary>
/// <param name="brain">What weaves.</param>
/// <param name="normal">The difficulty of these libraries for whoever asks for none.</param>
public sealed class ScenarioWeaver(IBrain brain, Func<IReadOnlyList<string>, CancellationToken, Task<Difficulty>> normal) : IScenarioWeaver
{
    /// <inheritdoc/>
    public async Task<Weaving> WeaveScenarioAsync(
        KnowledgeFragment fragment, Difficulty? difficulty = null, IReadOnlyList<string>? libraries = null, CancellationToken cancellation = default)
    {
        var about = fragment with { Libraries = libraries ?? fragment.Libraries };
        return await brain.WeaveAsync(new PlannedScenario(new ScenarioId("woven"), about, difficulty ?? await normal(about.Libraries, cancellation)), cancellation);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Weaving>> WeaveMultipleScenariosAsync(
        IReadOnlyList<KnowledgeFragment> fragments, int count = 5, Difficulty? difficulty = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return await Task.WhenAll(fragments.Take(count).Select(fragment => WeaveScenarioAsync(fragment, difficulty, null, cancellation)));
    }
}

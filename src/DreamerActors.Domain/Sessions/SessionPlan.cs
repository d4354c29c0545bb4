using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Domain.Sessions;

/// <summary>Decides what one entry of a session's plan is: how hard, and about one library or two.</summary>
public static class SessionPlan
{
    /// <summary>An entry. A simple task is about one library; so is one that would have to be simple for the sake of the second.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="alone">The fragment that was picked.</param>
    /// <param name="joined">The same with its neighbour of another library; the same alone when it has none.</param>
    /// <param name="order">What the session was asked to do.</param>
    /// <param name="outcomes">How earlier dreams went, newest first; null unless the difficulty adapts.</param>
    public static PlannedScenario Entry(
        ScenarioId id, KnowledgeFragment alone, KnowledgeFragment joined, SessionOrder order, IReadOnlyList<DreamOutcome>? outcomes)
    {
        var fragment = Choose(joined).Difficulty == Difficulty.Simple ? alone : joined;
        var choice = Choose(fragment);
        return new PlannedScenario(id, fragment, choice.Difficulty, outcomes is null ? null : choice.Reason);

        DifficultyChoice Choose(KnowledgeFragment about) =>
            outcomes is null ? new DifficultyChoice(order.Difficulty, "") : AdaptiveDifficulty.Choose(about.Libraries, outcomes);
    }
}

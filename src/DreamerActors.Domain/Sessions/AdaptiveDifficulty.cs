using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Domain.Sessions;

/// <summary>Chooses a difficulty from what succeeded so far: <c>DREAMING_SCENARIO_COMPLEXITY=adaptive</c>.</summary>
public static class AdaptiveDifficulty
{
    private const int EnoughDreams = 10;

    /// <summary>Medium until ten dreams were judged; then simple below 40 % success, complex above 75 %.</summary>
    public static Difficulty Choose(DreamStatistics statistics) => statistics switch
    {
        { TotalDreams: < EnoughDreams } => Difficulty.Medium,
        { SuccessRate: < 0.4 } => Difficulty.Simple,
        { SuccessRate: > 0.75 } => Difficulty.Complex,
        _ => Difficulty.Medium,
    };
}

using System.Globalization;
using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Domain.Sessions;

/// <summary>How one judged dream went.</summary>
/// <param name="Libraries">What it was planned to be about.</param>
/// <param name="Difficulty">How hard it was planned to be.</param>
/// <param name="Kept">Whether it was proven.</param>
public sealed record DreamOutcome(IReadOnlyList<string> Libraries, Difficulty Difficulty, bool Kept);

/// <summary>A difficulty and why it was chosen.</summary>
/// <param name="Difficulty">How hard a scenario shall be.</param>
/// <param name="Reason">One sentence for the journal.</param>
public sealed record DifficultyChoice(Difficulty Difficulty, string Reason);

/// <summary>
/// Chooses a difficulty per library from what succeeded so far: <c>DREAMING_SCENARIO_COMPLEXITY=adaptive</c>. It is the hardest one of which at least half
/// is kept. Where one has become easy the next is tried; what was too hard is tried again when it is forgotten, so that a better coder is noticed.
/// </summary>
public static class AdaptiveDifficulty
{
    /// <summary>So many of a library's newest outcomes count; older ones are forgotten.</summary>
    public const int Memory = 24;

    /// <summary>So many newest outcomes of all libraries are looked at.</summary>
    public const int OutcomesRead = 5_000;

    private const int Window = 8, Enough = 4;
    private const double TooHard = 0.5, Easy = 0.75;

    /// <summary>The difficulty of a scenario about these libraries: that of the one that has come least far.</summary>
    /// <param name="libraries">What it will be about; none is everything.</param>
    /// <param name="newestFirst">Judged dreams of the same brain.</param>
    public static DifficultyChoice Choose(IReadOnlyList<string> libraries, IReadOnlyList<DreamOutcome> newestFirst) =>
        libraries.Select(library => About(library, newestFirst)).MinBy(choice => choice.Difficulty) ?? Decide("", newestFirst);

    /// <summary>A library with little history of its own begins where all of them together are.</summary>
    private static DifficultyChoice About(string library, IReadOnlyList<DreamOutcome> newestFirst)
    {
        var own = newestFirst.Where(outcome => outcome.Libraries.Contains(library)).Take(Memory).ToList();
        return own.Count < Enough ? Decide($"little is known about {library}; ", newestFirst) : Decide($"{library}: ", own);
    }

    private static DifficultyChoice Decide(string about, IReadOnlyList<DreamOutcome> newestFirst)
    {
        var levels = Enum.GetValues<Difficulty>().Select(level => Standing.Of(level, newestFirst.Take(Memory))).ToList();
        if (levels.LastOrDefault(level => level is { IsKnown: true, IsTooHard: false }) is { } best)
        {
            var next = levels.ElementAtOrDefault((int)best.Level + 1);
            return best.IsEasy && next is { IsKnown: false }
                ? new DifficultyChoice(next.Level, $"{about}{best}; time for more")
                : new DifficultyChoice(best.Level, $"{about}{best}{(next is { IsKnown: true } ? $", but {next}" : "")}");
        }

        return levels.FirstOrDefault(level => level.IsKnown) is { } hard
            ? new DifficultyChoice((Difficulty)Math.Max(0, (int)hard.Level - 1), $"{about}only {hard}")
            : new DifficultyChoice(Difficulty.Medium, $"{about}nothing was judged yet");
    }

    /// <summary>How the newest dreams of one difficulty went.</summary>
    private sealed record Standing(Difficulty Level, int Judged, int Kept)
    {
        public bool IsKnown => Judged >= Enough;

        public bool IsTooHard => Kept < TooHard * Judged;

        public bool IsEasy => Kept >= Easy * Judged;

        public static Standing Of(Difficulty level, IEnumerable<DreamOutcome> newestFirst)
        {
            var newest = newestFirst.Where(outcome => outcome.Difficulty == level).Take(Window).ToList();
            return new Standing(level, newest.Count, newest.Count(outcome => outcome.Kept));
        }

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Kept} of the last {Judged} {Level.ToString().ToLowerInvariant()} dreams were kept");
    }
}

using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Lessons;

/// <summary>A lesson as the host's file has it. What else the host wrote into it stays with its document.</summary>
/// <param name="Situation">What was to be done.</param>
/// <param name="Action">What was done.</param>
/// <param name="Result">What came of it.</param>
/// <param name="Feedback">What is learnt from it.</param>
/// <param name="Tags">What it is found by.</param>
public sealed record Lesson(string Situation, string Action, string Result, string Feedback, IReadOnlyList<string> Tags)
{
    private const int ShortestFence = 3;

    /// <summary>What the host's curator looks for: a lesson of a success.</summary>
    public const string Success = "✅";

    /// <summary>The lesson of a kept dream, with its full code.</summary>
    public static Lesson Of(DreamCompleted dream)
    {
        var scenario = dream.Scenario;
        return new Lesson(
            $"[SYNTHETIC DREAM] {scenario.Title}\n{scenario.TaskPrompt}",
            $"Wygenerowano kod:\n{Fenced(dream.Code)}",
            dream.Verdict.Strict
                ? $"{Success} Sukces - kod przeszedł pełną walidację Guardian (testy wykonane w sandboxie)"
                : $"{Success} Sukces - testy wykonane w sandboxie (tryb łagodny)",
            $"Nauczyłem się: {string.Join(", ", scenario.Libraries)}",
            [.. new[] { "synthetic", "dream" }.Concat(scenario.Libraries).Distinct()]);
    }

    /// <summary>The lesson as one text, in the host's words.</summary>
    public string ToText() =>
        $"Sytuacja: {Situation}\nAkcja: {Action}\nRezultat: {Result}\nLekcja: {Feedback}" + (Tags.Count == 0 ? "" : $"\nTagi: {string.Join(", ", Tags)}");

    /// <summary>Python in a fence that no line of it can close.</summary>
    public static string Fenced(string code)
    {
        var fence = new string('`', Math.Max(ShortestFence, LongestRun(code, '`') + 1));
        return $"{fence}python\n{code.TrimEnd('\n')}\n{fence}";
    }

    private static int LongestRun(string text, char sought)
    {
        int longest = 0, run = 0;
        foreach (var letter in text)
            longest = Math.Max(longest, run = letter == sought ? run + 1 : 0);
        return longest;
    }
}

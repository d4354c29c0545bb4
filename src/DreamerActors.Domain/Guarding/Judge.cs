using DreamerActors.Domain.Brains;

namespace DreamerActors.Domain.Guarding;

/// <summary>Reviews a proven solution by reading it. A brain without a language model has none.</summary>
public interface IJudge
{
    /// <summary>The judge's whole answer, as it came; <see cref="JudgeRule"/> reads it.</summary>
    /// <param name="submission">What was proven; its prompt is the task.</param>
    /// <param name="cancellation">Stops the request.</param>
    /// <exception cref="BrainUnavailableException">The judge cannot work now; nothing is said about the solution.</exception>
    Task<Review> ReviewAsync(Submission submission, CancellationToken cancellation);
}

/// <summary>A judge's whole answer.</summary>
/// <param name="Answer">What it said.</param>
/// <param name="Use">What it cost.</param>
public sealed record Review(string Answer, IReadOnlyList<BrainUse> Use);

/// <summary>Reads a judge's answer: lines <c>PASS: yes</c> or <c>PASS: no</c> and <c>REASON: …</c>.</summary>
public static class JudgeRule
{
    /// <summary>The stage's name.</summary>
    public const string Stage = "judge";

    private const int LongestReason = 300;
    private const string PassLine = "PASS:";
    private const string ReasonLine = "REASON:";

    /// <summary>
    /// The last line outside of fences that begins with <c>PASS:</c> counts, and only the whole word "yes" agrees: what is quoted from a solution, half said or missing is a no.
    /// Null when the judge agrees.
    /// </summary>
    public static Ruling? Decide(string answer) =>
        LastAfter(PassLine, answer) is { } said && said.Equals("yes", StringComparison.OrdinalIgnoreCase)
            ? null
            : Ruling.Fail(Stage, VerdictKind.Judge, ReasonOf(answer) ?? "the judge's answer is no clear yes");

    /// <summary>The judge's last reason, on one line; null when it gave none.</summary>
    public static string? ReasonOf(string answer)
    {
        if (LastAfter(ReasonLine, answer) is not { Length: > 0 } reason)
            return null;
        var shown = new string([.. reason.Take(LongestReason).Select(letter => char.IsControl(letter) ? ' ' : letter)]);
        return char.IsHighSurrogate(shown[^1]) ? shown[..^1] : shown;
    }

    private static string? LastAfter(string anchor, string answer) =>
        Spoken(answer).LastOrDefault(line => line.StartsWith(anchor, StringComparison.OrdinalIgnoreCase))?[anchor.Length..].Trim();

    /// <summary>The lines that no fence can have quoted, however fences are nested: before the first mark, and after the last if every fence is closed.</summary>
    private static IEnumerable<string> Spoken(string answer)
    {
        var lines = answer.Split('\n');
        var first = Array.FindIndex(lines, IsMark);
        if (first < 0) return lines;
        return Fences.Read(answer).All(fence => fence.IsClosed) ? [.. lines[..first], .. lines[(Array.FindLastIndex(lines, IsMark) + 1)..]] : lines[..first];
    }

    private static bool IsMark(string line) => line.TrimStart() is var text && (text.StartsWith("```", StringComparison.Ordinal) || text.StartsWith("~~~", StringComparison.Ordinal));
}

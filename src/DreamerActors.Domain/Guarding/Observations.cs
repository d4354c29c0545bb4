using System.Text.Json;

namespace DreamerActors.Domain.Guarding;

/// <summary>How one interpreter ended, as the kernel told it.</summary>
/// <param name="How"><c>alive</c>, <c>exit</c>, <c>signal</c>, <c>cpu</c>, <c>wall</c>, <c>output</c>, <c>file</c> or <c>lost</c>.</param>
/// <param name="Code">Exit code or signal number.</param>
public sealed record Ending(string How, int? Code);

/// <summary>One test's report.</summary>
/// <param name="Id">The id the harness planned it under.</param>
/// <param name="Name">Its name.</param>
/// <param name="Outcome"><c>passed</c>, <c>failed</c>, <c>error</c>, <c>timeout</c> or <c>skipped</c>.</param>
/// <param name="Message">What went wrong, one line.</param>
public sealed record TestReport(string Id, string Name, string Outcome, string? Message);

/// <summary>An altered expected value that the tests did not notice.</summary>
/// <param name="Line">Line of the assertion.</param>
/// <param name="Test">The test it stands in.</param>
/// <param name="ByCandidate">Whether an operator of the candidate's own object decided the comparison.</param>
public sealed record Unnoticed(int Line, string Test, bool ByCandidate);

/// <summary>What the blind trial saw.</summary>
public sealed record BlindTrial(IReadOnlyList<string> RealFailed, int Noticed, IReadOnlyList<Unnoticed> Unnoticed);

/// <summary>What stubs and mutants showed about the tests.</summary>
/// <param name="Uses">How often the tests used the solution, its import apart.</param>
/// <param name="StubsPassed">Stubs that passed, as <c>function → value</c>.</param>
/// <param name="Mutants">Mutants tried.</param>
/// <param name="Killed">Mutants that failed a test.</param>
/// <param name="ByHeart">How much of what the tests asked stands in the text of the solution; null where they exchange more than plain data with its functions.</param>
public sealed record Adequacy(int Uses, IReadOnlyList<string> StubsPassed, int Mutants, int Killed, ByHeart? ByHeart);

/// <summary>What the tests asked of the solution's functions and were told, held against the constants in its text.</summary>
/// <param name="Calls">Different calls with a number or a text in their question.</param>
/// <param name="Listed">Those whose question and answer stand in the text as data, each constant counted for one call.</param>
/// <param name="Answers">Different answers of these.</param>
/// <param name="Others">Different answers of the other calls.</param>
/// <param name="Made">Other calls whose answer does not stand in the text.</param>
/// <param name="Constants">Numbers and texts in the source.</param>
/// <param name="Strange">Those of them that no listed call accounts for, or that something is reckoned with.</param>
/// <param name="IsOpen">Whether there is more to ask than anybody could list.</param>
public sealed record ByHeart(int Calls, int Listed, int Answers, int Others, int Made, int Constants, int Strange, bool IsOpen)
{
    private const int FewStrange = 5;

    /// <summary>Whether the text is a table of the tests' own questions, with one answer for whatever else is asked, and hardly holds anything besides.</summary>
    public bool IsAll => IsOpen && Listed > 1 && Answers > 1 && Others <= 1 && Made == 0 && Strange <= Math.Max(1, Constants / FewStrange);
}

/// <summary>What repeated runs showed.</summary>
public sealed record Determinism(int Runs, IReadOnlyList<string> Differences);

/// <summary>The facts of one trial, as the harness in the sandbox told them (docs/guardian.md). Facts only, never a verdict.</summary>
public sealed record Observations(
    string Id,
    string? Error,
    string? Unsupported,
    string? ParseError,
    string? LoadError,
    Ending Candidate,
    Ending Tester,
    IReadOnlyList<string> Planned,
    IReadOnlyList<TestReport> Reports,
    int Checks,
    IReadOnlyList<int> Unreached,
    IReadOnlyList<string> Lies,
    BlindTrial? Blind,
    Adequacy? Adequacy,
    Determinism? Determinism,
    IReadOnlySet<string> Limits)
{
    /// <summary>Reads the harness's answer.</summary>
    /// <exception cref="FormatException">The answer has not the documented shape.</exception>
    public static Observations Read(JsonElement answer)
    {
        try
        {
            return new Observations(
                answer.GetProperty("id").GetString() ?? "",
                Text(answer, "error"),
                Text(answer, "unsupported"),
                Failure(answer, "parse"),
                Failure(answer, "load"),
                End(answer.GetProperty("ended").GetProperty("candidate")),
                End(answer.GetProperty("ended").GetProperty("tester")),
                Each(answer.GetProperty("tests"), "planned", item => item.GetString() ?? ""),
                Each(answer.GetProperty("tests"), "reports", Report),
                answer.GetProperty("tests").GetProperty("checks").GetInt32(),
                Each(answer.GetProperty("tests"), "unreached", item => item.GetInt32()),
                Each(answer.GetProperty("tests"), "lies", item => $"line {item.GetProperty("line").GetInt32()} of {Text(item, "test")}"),
                Part(answer, "blind", ReadBlind),
                Part(answer, "adequacy", ReadAdequacy),
                Part(answer, "determinism", ReadDeterminism),
                Each(answer, "limits", item => item.GetString() ?? "").ToHashSet(StringComparer.Ordinal));
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new FormatException($"the harness answered outside its protocol: {error.Message}", error);
        }
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static string? Failure(JsonElement answer, string stage) =>
        answer.GetProperty(stage) is { ValueKind: JsonValueKind.Object } part && !part.GetProperty("ok").GetBoolean()
            ? Text(part, "error") ?? stage + " failed"
            : null;

    private static Ending End(JsonElement element) =>
        new(Text(element, "how") ?? "lost", element.GetProperty("code") is { ValueKind: JsonValueKind.Number } code ? code.GetInt32() : null);

    private static TestReport Report(JsonElement item) =>
        new(Text(item, "id") ?? "", Text(item, "name") ?? "", Text(item, "outcome") ?? "", Text(item, "message"));

    private static T? Part<T>(JsonElement answer, string name, Func<JsonElement, T> read) where T : class =>
        answer.GetProperty(name) is { ValueKind: JsonValueKind.Object } part ? read(part) : null;

    private static List<T> Each<T>(JsonElement element, string name, Func<JsonElement, T> read) =>
        [.. element.GetProperty(name).EnumerateArray().Select(read)];

    private static BlindTrial ReadBlind(JsonElement part)
    {
        var altered = part.GetProperty("altered");
        return new BlindTrial(
            Each(part.GetProperty("real"), "failed", item => item.ToString()),
            altered.GetProperty("noticed").GetInt32(),
            Each(altered, "unnoticed", item => new Unnoticed(item.GetProperty("line").GetInt32(), Text(item, "test") ?? "", Text(item, "decided") == "candidate")));
    }

    private static Adequacy ReadAdequacy(JsonElement part) => new(
        part.GetProperty("uses").GetInt32(),
        Each(part.GetProperty("stubs"), "passed", item => $"{Text(item, "function")} → {Text(item, "value")}"),
        part.GetProperty("mutants").GetProperty("total").GetInt32(),
        part.GetProperty("mutants").GetProperty("killed").GetInt32(),
        Part(part, "by_heart", ReadByHeart));

    private static ByHeart ReadByHeart(JsonElement part) => new(
        part.GetProperty("calls").GetInt32(),
        part.GetProperty("listed").GetInt32(),
        part.GetProperty("answers").GetInt32(),
        part.GetProperty("others").GetInt32(),
        part.GetProperty("made").GetInt32(),
        part.GetProperty("constants").GetInt32(),
        part.GetProperty("strange").GetInt32(),
        part.GetProperty("open").GetBoolean());

    private static Determinism ReadDeterminism(JsonElement part) => new(
        part.GetProperty("runs").GetInt32(),
        Each(part, "differ", item => $"{Text(item, "test")}: {Text(item, "how")}"));
}

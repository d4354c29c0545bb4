using System.Text.Json;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Domain.Brains;

/// <summary>Decides whether a refused attempt gets another one, and what its coder is told.</summary>
public static class RepairRule
{
    private const int MostReasons = 5, LongestReason = 300;

    /// <summary>What to ask for next; null when this refusal is final.</summary>
    /// <param name="code">The refused module; null when the answer held none.</param>
    /// <param name="verdict">Why it was refused.</param>
    /// <param name="done">Repairs asked for already.</param>
    /// <param name="limit">Repairs at most.</param>
    public static Repair? Next(string? code, Verdict verdict, int done, int limit) =>
        done < limit && verdict.Outcome == VerdictOutcome.Fail && IsTheCodersFault(verdict.Kind) ? new Repair(code ?? "", Reasons(verdict)) : null;

    // Weak, unsupported or repeated scenarios are not the coder's fault, and whoever cheats is not taught how to do it better.
    private static bool IsTheCodersFault(VerdictKind? kind) => kind is
        VerdictKind.Tests or VerdictKind.Timeout or VerdictKind.Oom or VerdictKind.Crash or VerdictKind.Flaky or VerdictKind.Static or VerdictKind.Limit or VerdictKind.NoCode or VerdictKind.Judge;

    /// <summary>Sentences without anything of the tests: what an assertion compared would tell the coder the answer instead of the fault.</summary>
    private static IReadOnlyList<string> Reasons(Verdict verdict)
    {
        var told = verdict.Kind is VerdictKind.Tests or VerdictKind.Flaky ? Failed(verdict.Evidence) : [];
        return told.Count > 0 ? told : [.. verdict.Reasons.Take(MostReasons).Select(Cut)];
    }

    private static List<string> Failed(JsonElement evidence) =>
        evidence.ValueKind == JsonValueKind.Object && evidence.TryGetProperty("tests", out var tests) && tests.ValueKind == JsonValueKind.Object
            && tests.TryGetProperty("reports", out var reports) && reports.ValueKind == JsonValueKind.Array
            ? [.. reports.EnumerateArray().Select(Told).OfType<string>().Take(MostReasons)]
            : [];

    private static string? Told(JsonElement report) => (Text(report, "outcome"), Text(report, "name")) switch
    {
        ("failed", { } name) => Cut($"{name}: an assertion does not hold"),
        ("error" or "timeout", { } name) => Cut($"{name}: {Text(report, "message") ?? "no answer in time"}"),
        _ => null,
    };

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Cut(string text) => text.Length > LongestReason ? text[..LongestReason] + "…" : text;
}

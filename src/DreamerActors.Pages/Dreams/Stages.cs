using System.Text.Json;
using DreamerActors.Domain.Guarding;
using DreamerActors.Pages.Frame;

namespace DreamerActors.Pages.Dreams;

/// <summary>How a stage of the guardian came out.</summary>
public enum StageState
{
    /// <summary>It found nothing against the dream.</summary>
    Passed,

    /// <summary>It refused the dream.</summary>
    Failed,

    /// <summary>It was not asked, or another one had refused before.</summary>
    NotAsked,
}

/// <summary>One stage of a verdict for a reader.</summary>
/// <param name="Name">The stage.</param>
/// <param name="State">How it came out.</param>
/// <param name="Facts">What was seen, one sentence each.</param>
public sealed record StageView(string Name, StageState State, IReadOnlyList<string> Facts);

/// <summary>A verdict stage by stage. What the evidence does not tell is left out: old dreams have less of it.</summary>
public static class Stages
{
    private static readonly string[] Order = ["parse", "static", "tests", "blind", "adequacy", "determinism", "judge", "novelty"];

    /// <summary>The stages in the order in which the guardian asks them.</summary>
    public static IReadOnlyList<StageView> Of(Verdict verdict, Words words)
    {
        var refused = verdict.Outcome == VerdictOutcome.Pass ? -1 : Array.IndexOf(Order, verdict.Stage);
        return [.. Order.Select((name, index) => new StageView(name, StateOf(verdict, name, index, refused), [
            .. index == refused ? verdict.Reasons : [],
            .. verdict.Evidence.ValueKind == JsonValueKind.Object && verdict.Evidence.TryGetProperty(name, out var seen) ? Facts(name, seen, words) : [],
        ]))];
    }

    /// <summary>Lines of the solution that no test reached.</summary>
    public static IReadOnlySet<int> Missed(Verdict verdict) =>
        At(verdict.Evidence, "adequacy", "coverage", "missed") is { ValueKind: JsonValueKind.Array } missed
            ? missed.EnumerateArray().Where(line => line.ValueKind == JsonValueKind.Number).Select(line => line.GetInt32()).ToHashSet() : new HashSet<int>();

    private static StageState StateOf(Verdict verdict, string name, int index, int refused) =>
        index == refused ? StageState.Failed
        : (refused >= 0 && index > refused) || !WasAsked(verdict, name) ? StageState.NotAsked
        : StageState.Passed;

    private static bool WasAsked(Verdict verdict, string name) => name switch
    {
        "parse" or "static" or "tests" => true,
        _ => At(verdict.Evidence, name) is { ValueKind: JsonValueKind.Object },
    };

    private static IEnumerable<string> Facts(string name, JsonElement seen, Words words)
    {
        switch (name)
        {
            case "static" when seen.ValueKind == JsonValueKind.Array:
                foreach (var finding in seen.EnumerateArray())
                    yield return words.Fill("fact.finding", Number(finding, "line"), Text(finding, "rule"), Text(finding, "message"));
                break;
            case "tests":
                yield return words.Count("fact.checks", Number(seen, "checks"));
                foreach (var report in Items(seen, "reports"))
                    yield return $"{Text(report, "name")}: {words.Named("test", Text(report, "outcome"))}{(Text(report, "message") is { Length: > 0 } message ? $" ({message})" : "")}";
                break;
            case "blind":
                yield return words.Fill("fact.blind", words.Number(Number(seen, "real", "passed")), words.Number(Number(seen, "altered", "noticed")),
                    words.Number(Number(seen, "altered", "noticed") + Items(seen, "altered", "unnoticed").Count()));
                break;
            case "adequacy":
                yield return words.Fill("fact.stubs", words.Number(Number(seen, "stubs", "tried")), words.Number(Items(seen, "stubs", "passed").Count()));
                yield return words.Fill("fact.mutants", words.Number(Number(seen, "mutants", "killed")), words.Number(Number(seen, "mutants", "total")));
                foreach (var survivor in Items(seen, "mutants", "survivors").Take(5))
                    yield return words.Fill("fact.survivor", Number(survivor, "line"), Text(survivor, "what"));
                if (Number(seen, "coverage", "lines") is > 0 and var lines)
                    yield return words.Fill("fact.coverage", words.Number(Number(seen, "coverage", "covered")), words.Number(lines));
                break;
            case "determinism":
                yield return words.Fill("fact.runs", words.Number(Number(seen, "runs")), words.Number(Items(seen, "differ").Count()));
                break;
            case "judge":
                yield return Text(seen, "reason");
                break;
            case "novelty":
                yield return At(seen, "likeness") is { ValueKind: JsonValueKind.Number } likeness
                    ? words.Fill("fact.likeness", words.Percent(likeness.GetDouble()), Text(seen, "nearest"))
                    : words["fact.novel"];
                break;
        }
    }

    private static JsonElement? At(JsonElement element, params string[] path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
                return null;
        }
        return element;
    }

    private static IEnumerable<JsonElement> Items(JsonElement element, params string[] path) =>
        At(element, path) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    private static int Number(JsonElement element, params string[] path) =>
        At(element, path) is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var value) ? value : 0;

    private static string Text(JsonElement element, params string[] path) => At(element, path) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";
}

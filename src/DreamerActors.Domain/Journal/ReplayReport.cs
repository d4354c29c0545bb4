using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Journal;

/// <summary>A kept dream that was proven again elsewhere.</summary>
/// <param name="Dream">The dream.</param>
/// <param name="Now">The last of its new verdicts: a refusal counts only when it comes twice.</param>
public sealed record ReplayedDream(DreamCompleted Dream, Verdict Now)
{
    /// <summary>Whether it passed before and fails now.</summary>
    public bool IsRegression => Now.Outcome == VerdictOutcome.Fail;
}

/// <summary>Regressions with something in common.</summary>
/// <param name="Library">A library that they use.</param>
/// <param name="Before">Its version when they were kept, or Python's.</param>
/// <param name="Now">Its version now; <c>absent</c> when it is not there any more.</param>
/// <param name="Dreams">They.</param>
public sealed record RegressionGroup(string Library, string Before, string Now, IReadOnlyList<ReplayedDream> Dreams);

/// <summary>What came of proving kept dreams again.</summary>
/// <param name="Sandbox">Where.</param>
/// <param name="Image">Digest of the image or interpreter.</param>
/// <param name="Python">Its Python; null when nothing was judged.</param>
/// <param name="Versions">Versions of libraries there; those of Python's own are Python's.</param>
/// <param name="Dreams">What was replayed.</param>
public sealed record ReplayReport(string Sandbox, string Image, string? Python, IReadOnlyDictionary<string, string> Versions, IReadOnlyList<ReplayedDream> Dreams)
{
    private const int MostTimings = 10;

    /// <summary>Passed before, fail now.</summary>
    public IReadOnlyList<ReplayedDream> Regressions => [.. Dreams.Where(dream => dream.IsRegression)];

    /// <summary>Never judged: infrastructure.</summary>
    public IReadOnlyList<ReplayedDream> Unjudged => [.. Dreams.Where(dream => dream.Now.Outcome == VerdictOutcome.Error)];

    /// <summary>What the journal keeps of it, session by session: everything that was judged.</summary>
    public ILookup<SessionId, ReplayResult> Results => Dreams.Where(dream => dream.Now.Outcome != VerdictOutcome.Error).ToLookup(
        dream => dream.Dream.Session,
        dream => new ReplayResult(dream.Dream.Dream, !dream.IsRegression, Sandbox, Image, Python, dream.Now.Stage, dream.Now.Kind?.Name(), dream.Now.Reasons.FirstOrDefault()));

    /// <summary>Regressions by library and version; a dream of several libraries is in several groups.</summary>
    public IReadOnlyList<RegressionGroup> Groups =>
    [
        .. Regressions.SelectMany(dream => dream.Dream.Scenario.Libraries.DefaultIfEmpty("python").Select(library => (library, before: Before(dream.Dream, library), dream)))
            .GroupBy(each => (each.library, each.before), each => each.dream)
            .Select(group => new RegressionGroup(group.Key.library, group.Key.before, Versions.GetValueOrDefault(group.Key.library, "absent"), [.. group]))
            .OrderByDescending(group => group.Dreams.Count).ThenBy(group => group.Library, StringComparer.Ordinal),
    ];

    /// <summary>Proven again ÷ judged before, in time; 1 when nothing can be compared.</summary>
    public double TimeRatio => Timed.Sum(dream => dream.Dream.Verdict.Duration.TotalMilliseconds) is var before and > 0 ? Timed.Sum(dream => dream.Now.Duration.TotalMilliseconds) / before : 1;

    private IEnumerable<ReplayedDream> Timed => Dreams.Where(dream => dream.Now.Outcome == VerdictOutcome.Pass && dream.Now.Strict == dream.Dream.Verdict.Strict);

    /// <summary>The report for programs.</summary>
    public JsonObject ToJson() => new()
    {
        ["sandbox"] = Sandbox,
        ["image"] = Image,
        ["python"] = Python,
        ["replayed"] = Dreams.Count,
        ["proven"] = Dreams.Count(dream => dream.Now.Outcome == VerdictOutcome.Pass),
        ["regressions"] = Regressions.Count,
        ["not_judged"] = Unjudged.Count,
        ["groups"] = new JsonArray([.. Groups.Select(group => (JsonNode)new JsonObject
        {
            ["library"] = group.Library, ["before"] = group.Before, ["now"] = group.Now, ["dreams"] = new JsonArray([.. group.Dreams.Select(dream => (JsonNode)ToJson(dream))]),
        })]),
        ["timing"] = new JsonObject
        {
            ["compared"] = Timed.Count(),
            ["ratio"] = Math.Round(TimeRatio, 3),
            ["slowest"] = new JsonArray([.. Timed.OrderByDescending(dream => dream.Now.Duration - dream.Dream.Verdict.Duration).Take(MostTimings).Select(dream => (JsonNode)new JsonObject
            {
                ["dream_id"] = dream.Dream.Dream.Value, ["before_ms"] = (long)dream.Dream.Verdict.Duration.TotalMilliseconds, ["now_ms"] = (long)dream.Now.Duration.TotalMilliseconds,
            })]),
        },
        ["problems"] = new JsonArray([.. Unjudged.Select(dream => (JsonNode)JsonValue.Create($"{dream.Dream.Dream}: {dream.Now.Reasons.FirstOrDefault()}"))]),
    };

    /// <summary>The report for people.</summary>
    public string ToMarkdown()
    {
        var text = new System.Text.StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Replay\n\n{Dreams.Count} kept dreams on Python {Python ?? "?"} ({Sandbox}, `{Image}`): ")
            .Append(CultureInfo.InvariantCulture, $"{Dreams.Count - Regressions.Count - Unjudged.Count} proven again, **{Regressions.Count} regressions**, {Unjudged.Count} not judged.\n");
        if (Timed.Any())
            text.Append(CultureInfo.InvariantCulture, $"Judging took {TimeRatio:0.00} times what it took when they were kept.\n");
        else if (Dreams.Count > 0)
            text.Append("Times are not compared: not the same stages were asked as when they were kept.\n");
        foreach (var group in Groups)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {group.Library} {group.Before} → {group.Now}: {group.Dreams.Count}\n\n| dream | title | stage | reason |\n|---|---|---|---|\n");
            foreach (var dream in group.Dreams)
                text.Append(CultureInfo.InvariantCulture, $"| {dream.Dream.Dream} | {Cell(dream.Dream.Scenario.Title)} | {dream.Now.Stage} | {Cell(dream.Now.Reasons.FirstOrDefault() ?? "")} |\n");
        }
        return text.ToString();
    }

    /// <summary>A package's own version when it is the library, Python's when that has it, or had it; of other libraries nobody wrote it down.</summary>
    private string Before(DreamCompleted dream, string library)
    {
        var (package, version) = (dream.Scenario.Provenance.Package, dream.Scenario.Provenance.Version);
        var isPythons = Versions.TryGetValue(library, out var now) ? now == Python : package == "python";
        return (package is not null && Name(package) == Name(library) ? version : isPythons ? dream.Verdict.Certificate?.With.Python : null) ?? "unknown";
    }

    private static string Name(string name) => name.Replace('-', '_').ToLowerInvariant();

    private static JsonObject ToJson(ReplayedDream dream) => new()
    {
        ["dream_id"] = dream.Dream.Dream.Value,
        ["title"] = dream.Dream.Scenario.Title,
        ["entity_id"] = dream.Dream.Scenario.Provenance.EntityId,
        ["stage"] = dream.Now.Stage,
        ["kind"] = dream.Now.Kind?.Name(),
        ["reasons"] = new JsonArray([.. dream.Now.Reasons.Select(reason => (JsonNode)JsonValue.Create(reason))]),
    };

    private static string Cell(string text) => text.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal);
}

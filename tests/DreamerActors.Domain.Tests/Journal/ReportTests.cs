using System.Text.Json;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Tests.Journal;

public sealed class ReportTests
{
    private static readonly SessionId Session = new("98e51873-0000-4000-8000-000000000001");

    private static Verdict Verdict(VerdictOutcome outcome, int milliseconds = 100) => new(
        outcome, outcome == VerdictOutcome.Fail ? "tests" : null, null, outcome == VerdictOutcome.Pass ? [] : ["a | b\nc"], new TestCounts(1, 0), JsonDocument.Parse("{}").RootElement, true, TimeSpan.FromMilliseconds(milliseconds))
    {
        Certificate = outcome == VerdictOutcome.Pass ? Certificate.Of("c", "t", new Circumstances("1", "docker", "sha256:1", "3.11.2", 7, true, 3, 0.5, SandboxLimits.Default)) : null,
    };

    private static ReplayedDream Replayed(string id, VerdictOutcome now, params string[] libraries) => Replayed(new Provenance("e", "e.py", "more-itertools", "9.1", "MIT"), id, now, libraries);

    private static ReplayedDream Replayed(Provenance provenance, string id, VerdictOutcome now, params string[] libraries) => new(
        new DreamCompleted(Session, DateTimeOffset.UnixEpoch, new DreamId(id),
            new Scenario(new ScenarioId(id), "t", "d", "p", [], "t", Difficulty.Simple, libraries, provenance), "c", Verdict(VerdictOutcome.Pass), "recall"),
        Verdict(now, 200));

    [Fact]
    public void Regressions_are_grouped_by_library_and_version_and_what_was_not_judged_is_none()
    {
        var report = new ReplayReport("docker", "sha256:2", "3.13.0", new Dictionary<string, string> { ["more_itertools"] = "10.2", ["heapq"] = "3.13.0" },
        [
            Replayed("a", VerdictOutcome.Fail, "more_itertools", "heapq"), Replayed("b", VerdictOutcome.Fail, "heapq", "numpy"), Replayed("c", VerdictOutcome.Pass, "heapq"), Replayed("d", VerdictOutcome.Error, "heapq"),
        ]);
        Assert.Equal([("heapq", "3.11.2", "3.13.0", 2), ("more_itertools", "9.1", "10.2", 1), ("numpy", "unknown", "absent", 1)], report.Groups.Select(group => (group.Library, group.Before, group.Now, group.Dreams.Count)));
        Assert.Equal((2, 1, 1), (report.Regressions.Count, report.Unjudged.Count, report.ToJson()["proven"]!.GetValue<int>()));
        Assert.Equal(2, report.TimeRatio);
        Assert.Contains("## heapq 3.11.2 → 3.13.0: 2", report.ToMarkdown(), StringComparison.Ordinal);
        Assert.Contains("| a \\| b c |", report.ToMarkdown(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_module_that_python_had_and_has_no_more_is_named_with_its_version()
    {
        var report = new ReplayReport("docker", "sha256:2", "3.12.1", new Dictionary<string, string> { ["re"] = "3.12.1" },
            [Replayed(new Provenance("e", "e.py", "python", "3.11", "PSF-2.0"), "a", VerdictOutcome.Fail, "distutils", "re")]);
        Assert.Equal([("distutils", "3.11.2", "absent"), ("re", "3.11.2", "3.12.1")], report.Groups.Select(group => (group.Library, group.Before, group.Now)));
    }

    [Fact]
    public void Dreams_are_counted_by_library_difficulty_and_night()
    {
        DreamSummary Dream(string outcome, int hour, string? difficulty, params string[] libraries) => new(
            new DreamId("a"), Session, "e", "t", outcome, null, outcome == "rejected" ? "TESTS" : null, null, DateTimeOffset.UnixEpoch.AddHours(hour), difficulty, libraries);
        var analysis = DreamAnalysis.Of(
            [Dream("kept", 26, "simple", "json", "re"), Dream("kept", 3, "simple", "json"), Dream("rejected", 27, "complex", "re"), Dream("lost", 28, null)], at => (at - TimeSpan.FromHours(12)).ToString("yyyy-MM-dd", null));
        Assert.Equal([("json", 2), ("re", 1)], analysis.Practised);
        Assert.Equal([new Tally("json", 2, 0, 0), new Tally("re", 1, 1, 0)], analysis.Libraries);
        Assert.Equal([new Tally("complex", 0, 1, 0), new Tally("simple", 2, 0, 0)], analysis.Difficulties);
        Assert.Equal([new Tally("1970-01-01", 1, 1, 1), new Tally("1969-12-31", 1, 0, 0)], analysis.Nights);
        Assert.Equal(0.5, analysis.Nights[0].SuccessRate);
        Assert.Equal([("TESTS", 1)], analysis.Refusals);
    }
}

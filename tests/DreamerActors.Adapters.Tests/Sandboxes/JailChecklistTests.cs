using DreamerActors.Adapters.Tests.Guarding;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Tests.Sandboxes;

/// <summary>What untrusted code finds when it looks around, in both interpreters: the candidate's and the tests' (invariant I5).</summary>
public abstract class JailChecklistTests(GuardianFixture fixture)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "data", "jail");
    private static readonly string Probes = File.ReadAllText(Path.Combine(Folder, "probes.py"));
    private static readonly string Checks = File.ReadAllText(Path.Combine(Folder, "tests.py"));

    [SkippableTheory]
    [InlineData("candidate")]
    [InlineData("tests")]
    public async Task Every_line_of_the_checklist_holds(string side)
    {
        fixture.Need();
        // Often enough that every jail of the pool serves twice: what one round leaves would be found by the next.
        for (var round = 0; round < 4; round++)
        {
            var verdict = side == "candidate"
                ? await fixture.JudgeAsync(Probes, "from solution import *\n\n\n" + Checks, strict: false)
                : await fixture.JudgeAsync("def one():\n    return 1\n", "from solution import one\n" + Probes + "\n\n" + Checks, strict: false);
            Assert.NotEqual(VerdictOutcome.Error, verdict.Outcome);
            // The static stage refuses such a candidate, rightly; what it saw is in the evidence all the same.
            var reports = verdict.Evidence.GetProperty("tests").GetProperty("reports").EnumerateArray().ToList();
            Assert.Equal(14, reports.Count);
            Assert.Empty(reports.Where(report => report.GetProperty("outcome").GetString() != "passed").Select(report => $"{report.GetProperty("name")}: {report.GetProperty("message")}"));
        }
    }
}

[Collection(nameof(BubblewrapFixture))]
public sealed class JailChecklistOfBubblewrapTests(BubblewrapFixture fixture) : JailChecklistTests(fixture);

[Collection(nameof(DockerFixture))]
public sealed class JailChecklistOfDockerTests(DockerFixture fixture) : JailChecklistTests(fixture);

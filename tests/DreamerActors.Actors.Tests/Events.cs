using System.Text.Json;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests;

/// <summary>One event of every kind, with every field filled.</summary>
internal static class Events
{
    public static readonly SessionId Session = new("0b0e7a44-1111-2222-3333-444455556666");
    private static readonly DateTimeOffset At = new(2026, 11, 25, 2, 15, 30, 123, TimeSpan.Zero);
    private static readonly BrainUse Use = new("coder", "model", 2, 300, 40);
    private static readonly Effort Effort = new([new Attempt("def f(): pass", Verdict(VerdictOutcome.Fail)), new Attempt(null, Verdict(VerdictOutcome.Fail))], [Use]);
    private static readonly Provenance From = new("pkg.f", "pkg/mod.py", "pkg", "1.0", "MIT");

    public static KnowledgeFragment Fragment(string id = "pkg.f") => new(
        id, "f", "Function", "Adds – żółć 🌙", ["g"], ["pkg"], From with { EntityId = id }, new RememberedCode("f", "def f(): ...", "from solution import f", ["f() is 1"]));

    public static Scenario Scenario(string id = "s001") =>
        new(new ScenarioId(id), "title", "description", "prompt", ["case"], "from solution import f", Difficulty.Simple, ["pkg"], From);

    public static Verdict Verdict(VerdictOutcome outcome) => new(
        outcome, outcome == VerdictOutcome.Pass ? null : "tests", outcome == VerdictOutcome.Fail ? VerdictKind.WeakTests : null, outcome == VerdictOutcome.Pass ? [] : ["why"],
        new TestCounts(1, 0), JsonDocument.Parse("{\"tests\":{\"checks\":1}}").RootElement, true, TimeSpan.FromMilliseconds(12))
    {
        Certificate = outcome == VerdictOutcome.Pass ? Certificate.Of("def f(): ...", "from solution import f", new Circumstances("1", "docker", "sha256:1", "3.11.2", 7, true, 3, 0.5, SandboxLimits.Default)) : null,
    };

    public static IReadOnlyList<ISessionEvent> All =>
    [
        new SessionStarted(Session, At, new SessionOrder(2, Difficulty.Medium, true, "recall", "manual"), [new PlannedScenario(new ScenarioId("s001"), Fragment(), Difficulty.Simple)]),
        new SessionStarted(Session, At, new SessionOrder(2, Difficulty.Medium, true, "openai", "manual", Canaries: true, Adaptive: true),
            [new PlannedScenario(new ScenarioId("s001"), Fragment(), Difficulty.Complex, "pkg: 8 of the last 8 medium dreams were kept; time for more")]),
        new ScenarioWoven(Session, At, Scenario()),
        new ScenarioWoven(Session, At, Scenario(), [Use]),
        new DreamCompleted(Session, At, new DreamId("0123abcd"), Scenario(), "def f(): ...", Verdict(VerdictOutcome.Pass), "recall"),
        new DreamCompleted(Session, At, new DreamId("0123abcd"), Scenario(), "def f(): ...", Verdict(VerdictOutcome.Pass), "openai", Effort),
        new DreamRejected(Session, At, new DreamId("0123abcd"), new ScenarioId("s001"), Scenario(), "pkg.f", "def f(): ...", Verdict(VerdictOutcome.Fail), Effort),
        new DreamRejected(Session, At, new DreamId("0123abcd"), new ScenarioId("s001"), null, "pkg.f", null, Verdict(VerdictOutcome.Fail)),
        new DreamLost(Session, At, new ScenarioId("s002"), LossReason.Infrastructure, "no sandbox"),
        new SessionInterrupted(Session, At, InterruptReason.UserActivity, TimeSpan.FromMilliseconds(400), "the user is active (terminal)", 2, "not quiet in time: coder"),
        new SessionResumed(Session, At),
        new CanariesJudged(Session, At, [new CanaryResult("cheat", VerdictOutcome.Fail, VerdictOutcome.Pass, null), new CanaryResult("honest", VerdictOutcome.Pass, VerdictOutcome.Error, "why")]),
        new SessionQuarantined(Session, At, "why", [new DreamId("0123abcd")]),
        new DreamApproved(Session, At, new DreamId("0123abcd"), "ewa", "żółć"),
        new DreamDeclined(Session, At, new DreamId("0123abcd"), "ewa", null),
        new ApprovalUndone(Session, At, new DreamId("0123abcd"), "ewa", "a mistake"),
        new DreamReplayed(Session, At, new ReplayResult(new DreamId("0123abcd"), false, "docker", "sha256:2", "3.13.0", "tests", "TESTS", "test_f: żółć")),
        new SessionCompleted(Session, At, new SessionReport(2, 1, 0, TimeSpan.FromSeconds(3))),
    ];
}

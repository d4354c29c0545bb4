using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Machines;
using DreamerActors.Actors.Sessions;
using DreamerActors.Actors.Wire;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests;

/// <summary>One message of every kind that crosses between machines, with every field filled. Events cross, too: <see cref="Events"/>.</summary>
internal static class Messages
{
    private static readonly DateTimeOffset At = new(2026, 11, 29, 2, 15, 30, 123, TimeSpan.Zero);
    private static readonly ScenarioId Id = new("s001");
    private static readonly DreamId Dream = new("0123abcd");
    private static readonly PlannedScenario Planned = new(Id, Events.Fragment(), Difficulty.Complex, "pkg: time for more");
    private static readonly BrainUse Use = new("coder", "model", 2, 300, 40);
    private static readonly Effort Effort = new([new Attempt("def f(): pass", Events.Verdict(VerdictOutcome.Fail))], [Use]);

    public static IReadOnlyList<object> All =>
    [
        new SessionProtocol.BeginDreaming(Events.Session, new SessionOrder(2, Difficulty.Medium, true, "openai", "manual", Canaries: true, Adaptive: true), [Planned]),
        new SessionProtocol.ResumeDreaming(Events.Session),
        new SessionProtocol.SetApproval(Events.Session, Dream, Approval.Declined, "ewa", "żółć"),
        new SessionProtocol.RecordReplays(Events.Session, [new ReplayResult(Dream, false, "docker", "sha256:2", "3.13.0", "tests", "TESTS", "test_f: żółć")]),
        new SessionProtocol.SessionAccepted(Events.Session),
        new SessionProtocol.SessionRefused(Events.Session, "another session is running", IsBusy: true),
        new SessionProtocol.SessionProgressed(Events.Session, "s001", "title – żółć", "rejected", "why", 3, 60),
        new SessionProtocol.SessionEnded(
            Events.Session, false, new SessionReport(2, 1, 1, TimeSpan.FromSeconds(3), [Use]), ["title"], new Dictionary<string, int> { ["WEAK_TESTS"] = 1 }, new Dictionary<string, int> { ["NODE"] = 1 },
            "why", new SessionInterrupted(Events.Session, At, InterruptReason.Load, TimeSpan.FromMilliseconds(400), "too hot", 2, "not quiet in time: coder")),
        new ScenarioAssignment(Events.Session, Planned, Events.Scenario(), Strict: true),
        new CanaryAssignment(Events.Session, new ScenarioId("canaries-1"), Strict: true),
        new ScenarioProtocol.PhaseEntered(Id, "weaving"),
        new ScenarioProtocol.GivenBack(Id),
        new RecordWoven(At, Events.Scenario(), [Use]),
        new RecordKept(At, Id, "def f(): ...", Events.Verdict(VerdictOutcome.Pass), Effort),
        new RecordRejected(At, Id, "def f(): ...", Events.Verdict(VerdictOutcome.Fail), Effort),
        new RecordLost(At, Id, LossReason.LanguageModel, "silent", Effort),
        new RecordCanaries(At, [new CanaryResult("cheat", VerdictOutcome.Fail, VerdictOutcome.Error, "why")]),
        new MachineProtocol.Follow(Events.Session, AtNight: true),
        new MachineProtocol.Spare(Events.Session, 4, true, InterruptReason.Load, "others use 80 % of the processors"),
        new MachineProtocol.Woke(Events.Session, InterruptReason.UserActivity, TimeSpan.FromMilliseconds(300), "the user is active (terminal)", 2, "not quiet in time: coder", true, true),
        new MachineProtocol.WakeCall(InterruptReason.Asked),
        new MachineProtocol.GoesOn(Events.Session),
    ];

    /// <summary>Everything that a machine of this release may write for one of another.</summary>
    public static IReadOnlyList<object> OnTheWire => [.. Events.All, .. All];
}

using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Tests.Machines;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Dreaming;

/// <summary>A scenario weaves, codes and is guarded; a refusal that the coder can mend is mended a bounded number of times.</summary>
public sealed class RepairTests : TestKit
{
    private static readonly BrainUse Coded = new("coder", "m", 1, 10, 5);
    private readonly TestProbe _coder;
    private readonly TestProbe _guardian;
    private readonly TestProbe _session;

    public RepairTests() => (_coder, _guardian, _session) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());

    private void Begin(int repairs)
    {
        OpenDoor.Install(this, _coder, _guardian, repairs);
        var assignment = new ScenarioAssignment(Events.Session, new PlannedScenario(new ScenarioId("s001"), Events.Fragment(), Difficulty.Simple), Events.Scenario(), Strict: true);
        _session.ChildActorOf(ScenarioActor.Props(assignment));
    }

    private CodingTask Codes(string code)
    {
        var asked = _coder.ExpectMsg<CoderProtocol.Code>();
        _coder.Reply(new CoderProtocol.CodingDone(asked.Operation, new Coding.Written(code) { Use = [Coded] }));
        return asked.Task;
    }

    private void Says(Verdict verdict)
    {
        var asked = _guardian.ExpectMsg<GuardianProtocol.Judge>();
        _guardian.Reply(new GuardianProtocol.Judged(asked.Operation, verdict));
    }

    private static Verdict Verdict(VerdictOutcome outcome, VerdictKind? kind = null) => Events.Verdict(outcome) with { Kind = kind };

    [Fact]
    public void A_repaired_attempt_is_kept_with_the_refused_one_as_evidence()
    {
        Begin(repairs: 1);
        Assert.Null(Codes("first").Repair);
        Says(Verdict(VerdictOutcome.Fail, VerdictKind.Tests));
        Assert.Equal("first", Codes("second").Repair!.Code);
        Says(Verdict(VerdictOutcome.Pass));

        var kept = (RecordKept)_session.FishForMessage(message => message is RecordKept);
        Assert.Equal("second", kept.Code);
        Assert.Equal(["first"], kept.Effort!.Earlier.Select(attempt => attempt.Code));
        Assert.Equal([Coded with { Requests = 2, PromptTokens = 20, CompletionTokens = 10 }], kept.Effort.Use);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void After_the_last_repair_the_refusal_stands(int repairs)
    {
        Begin(repairs);
        for (var attempt = 0; attempt <= repairs; attempt++)
        {
            Codes($"attempt {attempt}");
            Says(Verdict(VerdictOutcome.Fail, VerdictKind.Tests));
        }

        var rejected = (RecordRejected)_session.FishForMessage(message => message is RecordRejected);
        Assert.Equal(($"attempt {repairs}", repairs), (rejected.Code, rejected.Effort!.Earlier.Count));
        _coder.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void An_answer_without_code_is_repaired_too()
    {
        Begin(repairs: 1);
        var asked = _coder.ExpectMsg<CoderProtocol.Code>();
        _coder.Reply(new CoderProtocol.CodingDone(asked.Operation, new Coding.Refused("there is no code in the answer")));
        var repair = Codes("second").Repair!;
        Assert.Equal(("", "there is no code in the answer"), (repair.Code, Assert.Single(repair.Reasons)));
    }

    [Fact]
    public void Weak_tests_are_not_the_coders_fault()
    {
        Begin(repairs: 3);
        Codes("only");
        Says(Verdict(VerdictOutcome.Fail, VerdictKind.WeakTests));
        Assert.Equal("only", ((RecordRejected)_session.FishForMessage(message => message is RecordRejected)).Code);
    }
}

using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Tests.Machines;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Dreaming;

/// <summary>A scenario weaves, codes and is guarded; a failing infrastructure is never a verdict (I2); a wake-up stops it in every phase (I3).</summary>
public sealed class ScenarioActorTests : TestKit
{
    private static readonly ScenarioId Id = new("s001");

    private readonly TestProbe _session;
    private readonly TestProbe _coder;
    private readonly TestProbe _guardian;
    private readonly IActorRef _scenario;

    public ScenarioActorTests()
        : base("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
    {
        (_session, _coder, _guardian) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        OpenDoor.Install(this, _coder, _guardian);
        _scenario = Start(woven: null);
    }

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    private IActorRef Start(Scenario? woven) => _session.ChildActorOf(ScenarioActor.Props(
        new ScenarioAssignment(Events.Session, new PlannedScenario(Id, Events.Fragment(), Difficulty.Simple), woven, Strict: true)));

    private void Phase(string phase) => Assert.Equal(phase, _session.ExpectMsg<ScenarioProtocol.PhaseEntered>().Phase);

    private void SaysNothing()
    {
        _scenario.Tell(new Identify(1), TestActor); // answered after everything that was told before
        ExpectMsg<ActorIdentity>();
        _session.ExpectNoMsg(TimeSpan.Zero);
    }

    private CoderProtocol.Weave Weaves()
    {
        Phase("weaving");
        return _coder.ExpectMsg<CoderProtocol.Weave>();
    }

    private CoderProtocol.Code Codes()
    {
        _scenario.Tell(new CoderProtocol.WeavingDone(Weaves().Operation, new Weaving.Woven(Events.Scenario("invented"))));
        Assert.Equal(Id, _session.ExpectMsg<RecordWoven>().Scenario.Id);
        Phase("coding");
        return _coder.ExpectMsg<CoderProtocol.Code>();
    }

    private GuardianProtocol.Judge Guards()
    {
        _scenario.Tell(new CoderProtocol.CodingDone(Codes().Operation, new Coding.Written("def f(): ...")));
        Phase("guarding");
        return _guardian.ExpectMsg<GuardianProtocol.Judge>();
    }

    [Fact]
    public void A_proven_solution_is_kept_and_the_coder_never_saw_the_tests()
    {
        var code = Codes();
        Assert.DoesNotContain(Events.Scenario().TestCode, code.Task.ToString(), StringComparison.Ordinal);
        _scenario.Tell(new CoderProtocol.CodingDone(code.Operation, new Coding.Written("def f(): ...")));
        Phase("guarding");
        var judge = _guardian.ExpectMsg<GuardianProtocol.Judge>();
        Assert.Equal(new Submission("def f(): ...", Events.Scenario().TestCode, true, Events.Scenario().TaskPrompt, Novelty: true), judge.Submission);

        _scenario.Tell(new GuardianProtocol.Judged(judge.Operation, Events.Verdict(VerdictOutcome.Pass)));

        var kept = _session.ExpectMsg<RecordKept>();
        Assert.Equal((Id, "def f(): ...", VerdictOutcome.Pass), (kept.Scenario, kept.Code, kept.Verdict.Outcome));
    }

    [Fact]
    public void A_refused_solution_is_rejected_with_its_code()
    {
        _scenario.Tell(new GuardianProtocol.Judged(Guards().Operation, Events.Verdict(VerdictOutcome.Fail)));
        var rejected = _session.ExpectMsg<RecordRejected>();
        Assert.Equal(("def f(): ...", VerdictKind.WeakTests), (rejected.Code, rejected.Verdict.Kind!.Value));
    }

    [Fact]
    public void A_fragment_that_gives_no_scenario_and_an_answer_without_code_are_rejections()
    {
        _scenario.Tell(new CoderProtocol.WeavingDone(Weaves().Operation, new Weaving.Refused("no examples")));
        var rejected = _session.ExpectMsg<RecordRejected>();
        Assert.Equal(("weave", VerdictKind.NoCode, "no examples"), (rejected.Verdict.Stage, rejected.Verdict.Kind!.Value, rejected.Verdict.Reasons[0]));
    }

    [Fact]
    public void What_was_woven_before_is_not_woven_again()
    {
        Weaves();
        Start(Events.Scenario());
        Phase("coding");
        _coder.ExpectMsg<CoderProtocol.Code>();
    }

    [Fact]
    public void An_answer_to_an_operation_that_is_over_changes_nothing()
    {
        var old = Weaves();
        _scenario.Tell(new WorkbenchProtocol.WorkFailed(old.Operation, "the network is gone"));
        _coder.ExpectMsg<WorkbenchProtocol.Cancel>();
        _scenario.Tell(new CoderProtocol.WeavingDone(old.Operation, new Weaving.Woven(Events.Scenario())));
        SaysNothing();

        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.NotEqual(old.Operation, Weaves().Operation);
    }

    [Fact]
    public void A_sandbox_that_fails_thrice_loses_the_dream_and_never_judges_it()
    {
        var judge = Guards();
        foreach (var pause in new[] { 1, 4 })
        {
            _scenario.Tell(new GuardianProtocol.Judged(judge.Operation, Verdict.NotJudged("tests", "no sandbox", true, TimeSpan.Zero)));
            _guardian.ExpectMsg<WorkbenchProtocol.Cancel>();
            SaysNothing(); // and has set its timer
            Clock.Advance(TimeSpan.FromSeconds(pause));
            Phase("guarding");
            judge = _guardian.ExpectMsg<GuardianProtocol.Judge>();
        }

        _scenario.Tell(new GuardianProtocol.Judged(judge.Operation, Verdict.NotJudged("tests", "no sandbox", true, TimeSpan.Zero)));
        var lost = _session.ExpectMsg<RecordLost>();
        Assert.Equal((LossReason.Infrastructure, "no sandbox"), (lost.Reason, lost.Detail));
    }

    [Fact]
    public void A_model_that_fails_thrice_loses_the_dream_by_name_and_what_it_cost_is_counted()
    {
        var weave = Weaves();
        foreach (var pause in new[] { 1, 4 })
        {
            _scenario.Tell(new WorkbenchProtocol.WorkFailed(weave.Operation, "HTTP 500") { IsBrain = true, Use = [new BrainUse("weaver", "m", 1, 10, 5)] });
            _coder.ExpectMsg<WorkbenchProtocol.Cancel>();
            SaysNothing(); // and has set its timer
            Clock.Advance(TimeSpan.FromSeconds(pause));
            weave = Weaves();
        }

        _scenario.Tell(new WorkbenchProtocol.WorkFailed(weave.Operation, "HTTP 500") { IsBrain = true });
        var lost = _session.ExpectMsg<RecordLost>();
        Assert.Equal((LossReason.LanguageModel, "HTTP 500"), (lost.Reason, lost.Detail));
        Assert.Equal([new BrainUse("weaver", "m", 2, 20, 10)], lost.Effort!.Use);
    }

    [Fact]
    public void A_judge_that_fails_is_a_model_that_fails()
    {
        var judge = Guards();
        foreach (var pause in new[] { 1, 4, 0 })
        {
            _scenario.Tell(new GuardianProtocol.Judged(judge.Operation, Verdict.NotJudged(JudgeRule.Stage, "silent", true, TimeSpan.Zero)));
            _guardian.ExpectMsg<WorkbenchProtocol.Cancel>();
            if (pause == 0) break;
            SaysNothing(); // and has set its timer
            Clock.Advance(TimeSpan.FromSeconds(pause));
            Phase("guarding");
            judge = _guardian.ExpectMsg<GuardianProtocol.Judge>();
        }

        Assert.Equal(LossReason.LanguageModel, _session.ExpectMsg<RecordLost>().Reason);
    }

    [Fact]
    public void Silence_is_cancelled_at_the_deadline_and_tried_again()
    {
        var silent = Weaves();
        Clock.Advance(ScenarioActor.PhaseDeadline);
        Assert.Equal(silent.Operation, _coder.ExpectMsg<WorkbenchProtocol.Cancel>().Operation);
        SaysNothing(); // and has set its timer
        Clock.Advance(TimeSpan.FromSeconds(1));
        Weaves();
    }

    [Theory]
    [InlineData("weaving")]
    [InlineData("coding")]
    [InlineData("guarding")]
    public void A_wake_up_cancels_the_operation_of_any_phase_and_gives_the_scenario_back(string phase)
    {
        var (operation, bench) = phase switch
        {
            "weaving" => (Weaves().Operation, _coder),
            "coding" => (Codes().Operation, _coder),
            _ => (Guards().Operation, _guardian),
        };

        Watch(_scenario);
        Sys.EventStream.Publish(new EnergyProtocol.WakeUp(InterruptReason.UserActivity, TestActor));

        Assert.Equal(operation, bench.ExpectMsg<WorkbenchProtocol.Cancel>().Operation);
        Assert.Equal(Id, _session.ExpectMsg<ScenarioProtocol.GivenBack>().Scenario);
        ExpectTerminated(_scenario);
    }

    [Fact]
    public void Whoever_missed_the_wake_up_gives_itself_back_when_its_operation_is_not_done_for_it()
    {
        _scenario.Tell(new WorkbenchProtocol.WorkCancelled(Weaves().Operation));
        _session.ExpectMsg<ScenarioProtocol.GivenBack>();
    }

    [Fact]
    public void Stopping_it_cancels_its_operation()
    {
        var weave = Weaves();
        Watch(_scenario);
        Sys.Stop(_scenario);
        ExpectTerminated(_scenario);
        Assert.Equal(weave.Operation, _coder.ExpectMsg<WorkbenchProtocol.Cancel>().Operation);
    }
}

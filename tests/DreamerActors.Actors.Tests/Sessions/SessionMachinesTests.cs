using Akka.Actor;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Machines;
using DreamerActors.Actors.Sessions;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Sessions;

/// <summary>Where what is dreamt, and what the end of a child means.</summary>
public sealed class SessionMachinesTests : TestKit
{
    private static readonly Address Here = new("akka.tcp", "dreamers", "here", 1);
    private static readonly ScenarioId First = new("s001");

    private readonly SessionMachines _machines = new(Here);

    private static SessionState Running(bool canaries = false) => SessionState.Initial.Apply(new SessionStarted(
        Events.Session, DateTimeOffset.UnixEpoch, new SessionOrder(2, Difficulty.Simple, true, "recall", "manual", Canaries: canaries),
        [new PlannedScenario(First, Events.Fragment(), Difficulty.Simple), new PlannedScenario(new ScenarioId("s002"), Events.Fragment(), Difficulty.Simple)]));

    private void Spare(int slots, bool isWaking = false) =>
        _machines.Take(TestActor, new MachineProtocol.Spare(Events.Session, slots, isWaking, InterruptReason.Load, "others use 90 % of the memory"));

    private IActorRef Begin(ScenarioId id, bool isCanary = false)
    {
        var actor = CreateTestProbe().Ref;
        _machines.Began(id, Here, actor, isCanary);
        return actor;
    }

    [Fact]
    public void Nothing_begins_before_a_machine_has_said_what_it_may_and_no_more_than_that()
    {
        Assert.Equal([Here], _machines.Look([Here]));
        Assert.Empty(_machines.Next(Running()));
        Spare(1);
        Assert.Empty(_machines.Look([Here]));
        Assert.Equal([(Here, First, false)], _machines.Next(Running()));
        Begin(First);
        Assert.Empty(_machines.Next(Running()));
    }

    [Fact]
    public void A_guardian_is_tried_before_its_machine_dreams()
    {
        _machines.Look([Here]);
        Spare(2);
        var (_, id, isCanary) = Assert.Single(_machines.Next(Running(canaries: true)));
        Assert.True(isCanary);
        var canaries = Begin(id, isCanary: true);
        Assert.Empty(_machines.Next(Running(canaries: true)));
        _machines.Tried(canaries);
        _machines.Ended(new Terminated(canaries, true, false));
        var tried = Running(canaries: true).Apply(new CanariesJudged(Events.Session, DateTimeOffset.UnixEpoch, [new CanaryResult("cheat", VerdictOutcome.Fail, VerdictOutcome.Fail, null)]));
        Assert.Equal(2, _machines.Next(tried).Count(each => !each.IsCanary));
    }

    [Fact]
    public void What_a_machine_gives_back_or_takes_with_it_is_pending_again_until_too_many_died_of_it()
    {
        _machines.Look([Here]);
        Spare(1);
        var failed = Begin(First);
        Assert.Equal(ChildEnd.Failed, _machines.Ended(new Terminated(failed, true, false))!.Value.End);

        var returned = Begin(First);
        _machines.GivenBack(First);
        Assert.Equal(ChildEnd.Peaceful, _machines.Ended(new Terminated(returned, true, false))!.Value.End);
        // Whoever gives back takes nothing more until it says so.
        Assert.Empty(_machines.Next(Running()));
        Assert.Equal([Here], _machines.Look([Here]));

        Assert.Equal(ChildEnd.Peaceful, _machines.Ended(new Terminated(Begin(First), true, true))!.Value.End);
        Assert.Equal(ChildEnd.Peaceful, _machines.Ended(new Terminated(Begin(First), false, false))!.Value.End);
        Assert.Equal(ChildEnd.KillsMachines, _machines.Ended(new Terminated(Begin(First), true, true))!.Value.End);
    }

    [Fact]
    public void It_must_stop_when_all_have_said_no_and_the_last_wake_up_is_the_reason()
    {
        Assert.Null(_machines.ReasonToStop(Events.Session));
        _machines.Look([Here]);
        Assert.Null(_machines.ReasonToStop(Events.Session));
        Spare(0, isWaking: true);
        Assert.Null(_machines.ReasonToStop(Events.Session));
        Spare(0);
        Assert.Contains("90 %", _machines.ReasonToStop(Events.Session)!.Detail, StringComparison.Ordinal);

        var woke = new MachineProtocol.Woke(Events.Session, InterruptReason.UserActivity, TimeSpan.FromMilliseconds(70), Interrupted: true);
        var running = Begin(First);
        _machines.Take(TestActor, woke);
        _machines.Take(TestActor, woke with { Reason = InterruptReason.Asked, Interrupted = false });
        Assert.Null(_machines.ReasonToStop(Events.Session));
        _machines.Ended(new Terminated(running, true, true));
        Assert.Equal(woke, _machines.ReasonToStop(Events.Session));
    }
}

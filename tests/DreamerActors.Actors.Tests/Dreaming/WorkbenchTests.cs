using Akka.Actor;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Energy;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Tests.Dreaming;

/// <summary>A brain that ignores its cancellation does not keep a place for ever, and cannot take them all.</summary>
public sealed class WorkbenchTests() : TestKit("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"")
{
    private readonly DeafBrain _brain = new();

    private Akka.TestKit.TestScheduler Clock => (Akka.TestKit.TestScheduler)Sys.Scheduler;

    private static CoderProtocol.Weave Weave(OperationId id) => new(id, new PlannedScenario(new ScenarioId("s1"), Events.Fragment(), Difficulty.Simple));

    [Fact]
    public void Its_place_is_given_to_the_next_after_a_while_and_it_is_counted()
    {
        var coder = Sys.ActorOf(CoderActor.Props(_brain, 1));
        var (deaf, next) = (OperationId.Next(), OperationId.Next());
        coder.Tell(Weave(deaf));
        AwaitCondition(() => _brain.Asked == 1);
        coder.Tell(Weave(next));
        coder.Tell(new WorkbenchProtocol.Cancel(deaf));
        Settle(coder);
        Assert.Equal(1, _brain.Asked);

        Clock.Advance(Workbench.Patience);
        Assert.Equal(deaf, ExpectMsg<WorkbenchProtocol.WorkCancelled>().Operation);
        AwaitCondition(() => _brain.Asked == 2);

        coder.Tell(Weave(OperationId.Next()));
        Assert.Contains("ignore their cancellation", ExpectMsg<WorkbenchProtocol.WorkFailed>().Reason, StringComparison.Ordinal);

        _brain.End();
        Assert.Equal(next, ExpectMsg<CoderProtocol.WeavingDone>().Operation);
        AwaitAssert(() =>
        {
            coder.Tell(Weave(OperationId.Next()));
            ExpectMsg<CoderProtocol.WeavingDone>();
        });
    }

    [Fact]
    public void After_the_watchdog_it_is_abandoned_and_the_next_wake_up_is_told()
    {
        var coder = Sys.ActorOf(CoderActor.Props(_brain, 1));
        coder.Tell(Weave(OperationId.Next()));
        AwaitCondition(() => _brain.Asked == 1);
        Settle(coder);
        Sys.EventStream.Publish(new EnergyProtocol.WakeUp(InterruptReason.Asked, TestActor));
        Settle(coder);
        ExpectNoMsg(0);

        Sys.EventStream.Publish(new EnergyProtocol.WokenUp(InterruptReason.Asked, null, true, TimeSpan.Zero, 0, null));
        ExpectMsg<WorkbenchProtocol.WorkCancelled>();
        Sys.EventStream.Publish(new EnergyProtocol.WakeUp(InterruptReason.Asked, TestActor));
        Assert.Equal(new EnergyProtocol.Quiet(HadWork: false, Abandoned: 1), ExpectMsg<EnergyProtocol.Quiet>());
        _brain.End();
    }

    [Fact]
    public void A_cancelled_operation_that_obeys_is_quiet_at_once()
    {
        _brain.Obeys = true;
        var coder = Sys.ActorOf(CoderActor.Props(_brain, 1));
        coder.Tell(Weave(OperationId.Next()));
        AwaitCondition(() => _brain.Asked == 1);
        Settle(coder);
        Sys.EventStream.Publish(new EnergyProtocol.WakeUp(InterruptReason.Asked, TestActor));
        ExpectMsg<WorkbenchProtocol.WorkCancelled>();
        Assert.Equal(new EnergyProtocol.Quiet(HadWork: true), ExpectMsg<EnergyProtocol.Quiet>());
    }

    [Fact]
    public void What_waits_when_it_wakes_is_cancelled_and_never_begins()
    {
        _brain.Obeys = true;
        var coder = Sys.ActorOf(CoderActor.Props(_brain, 1));
        var (running, waiting) = (OperationId.Next(), OperationId.Next());
        coder.Tell(Weave(running));
        AwaitCondition(() => _brain.Asked == 1);
        coder.Tell(Weave(waiting));
        Settle(coder);
        Sys.EventStream.Publish(new EnergyProtocol.WakeUp(InterruptReason.Asked, TestActor));
        Assert.Equal(waiting, ExpectMsg<WorkbenchProtocol.WorkCancelled>().Operation);
        Assert.Equal(running, ExpectMsg<WorkbenchProtocol.WorkCancelled>().Operation);
        Assert.Equal(new EnergyProtocol.Quiet(HadWork: true), ExpectMsg<EnergyProtocol.Quiet>());
        Assert.Equal(1, _brain.Asked);
    }

    private void Settle(IActorRef actor)
    {
        var probe = CreateTestProbe();
        actor.Tell(new Identify(1), probe);
        probe.ExpectMsg<ActorIdentity>();
    }

    private sealed class DeafBrain : IBrain
    {
        private readonly TaskCompletionSource<Weaving> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile int _asked;

        public string Name => "deaf";

        public int Asked => _asked;

        public bool Obeys { get; set; }

        public void End() => _end.SetResult(new Weaving.Refused("enough"));

        public Task<Weaving> WeaveAsync(PlannedScenario planned, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _asked);
            return Obeys ? _end.Task.WaitAsync(cancellation) : _end.Task;
        }

        public Task<Coding> CodeAsync(CodingTask task, CancellationToken cancellation) => throw new NotSupportedException();
    }
}

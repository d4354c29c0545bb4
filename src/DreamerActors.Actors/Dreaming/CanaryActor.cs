using Akka.Actor;
using Akka.Event;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Machines;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Dreaming;

/// <summary>Has the guardian of its machine judge every canary once and tells the session what it said.</summary>
/// <remarks>
/// A child of its session, on this machine or another. The session stops it when the results are durable; when the machine wakes it gives itself back and stops by itself. It never restarts.
/// It repeats nothing: a canary that could not be judged is reported as such, and dreams that cannot be judged either are lost by themselves.
/// </remarks>
internal sealed class CanaryActor : ReceiveActor, IWithTimers
{
    private readonly Dictionary<OperationId, Canary> _asked = [];
    private readonly List<CanaryResult> _results = [];
    private readonly CanaryAssignment _assignment;
    private readonly Equipment _machine = Equipment.Of(Context.System);

    public CanaryActor(CanaryAssignment assignment)
    {
        _assignment = assignment;
        Receive<MachineProtocol.Entered>(_ => Begin());
        Receive<MachineProtocol.Closed>(_ => GiveBack());
        Receive<GuardianProtocol.Judged>(m => Conclude(m.Operation, m.Verdict.Outcome, m.Verdict.Reasons.FirstOrDefault()));
        Receive<WorkbenchProtocol.WorkFailed>(m => Conclude(m.Operation, VerdictOutcome.Error, m.Reason));
        Receive<DeadlineOver>(_ =>
        {
            foreach (var operation in _asked.Keys.ToList())
                Conclude(operation, VerdictOutcome.Error, $"no answer within {ScenarioActor.PhaseDeadline.TotalMinutes:0} minutes");
        });
        Receive<WorkbenchProtocol.WorkCancelled>(_ => GiveBack());
        Receive<EnergyProtocol.WakeUp>(_ => GiveBack());
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(CanaryAssignment assignment) => Akka.Actor.Props.Create(() => new CanaryActor(assignment));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<EnergyProtocol.WakeUp>(Self);
        _machine.Machine.Tell(new MachineProtocol.Enter(_assignment.Session));
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        foreach (var operation in _asked.Keys) _machine.Guardian.Tell(new WorkbenchProtocol.Cancel(operation));
    }

    private void Begin()
    {
        Timers.StartSingleTimer(nameof(DeadlineOver), DeadlineOver.Instance, ScenarioActor.PhaseDeadline);
        foreach (var canary in Canary.All)
        {
            var operation = OperationId.Next();
            _asked[operation] = canary;
            _machine.Guardian.Tell(new GuardianProtocol.Judge(operation, new Submission(canary.Code, canary.TestCode, _assignment.Strict)));
        }
    }

    private void GiveBack()
    {
        Context.Parent.Tell(new ScenarioProtocol.GivenBack(_assignment.Id));
        Context.Stop(Self);
    }

    private void Conclude(OperationId operation, VerdictOutcome outcome, string? reason)
    {
        if (!_asked.Remove(operation, out var canary)) return;
        _results.Add(new CanaryResult(canary.Name, canary.Expected, outcome, reason));
        if (_asked.Count == 0) Context.Parent.Tell(new RecordCanaries(_machine.Time.GetUtcNow(), [.. _results.OrderBy(result => result.Name, StringComparer.Ordinal)]));
    }

    private sealed record DeadlineOver
    {
        public static DeadlineOver Instance { get; } = new();
    }
}

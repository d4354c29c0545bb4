using Akka.Actor;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Dreaming;

/// <summary>Has the guardian judge every canary once and tells the session what it said.</summary>
/// <remarks>
/// A child of its session, which stops it when the results are durable or the machine wakes; it never restarts. It repeats nothing: a canary that
/// could not be judged is reported as such, and dreams that cannot be judged either are lost by themselves.
/// </remarks>
internal sealed class CanaryActor : ReceiveActor, IWithTimers
{
    private readonly Dictionary<OperationId, Canary> _asked = [];
    private readonly List<CanaryResult> _results = [];
    private readonly IActorRef _guardian;
    private readonly bool _strict;

    public CanaryActor(bool strict, IActorRef guardian, TimeProvider time)
    {
        (_strict, _guardian) = (strict, guardian);
        Receive<GuardianProtocol.Judged>(m => Conclude(m.Operation, m.Verdict.Outcome, m.Verdict.Reasons.FirstOrDefault(), time));
        Receive<WorkbenchProtocol.WorkFailed>(m => Conclude(m.Operation, VerdictOutcome.Error, m.Reason, time));
        Receive<DeadlineOver>(_ =>
        {
            foreach (var operation in _asked.Keys.ToList())
                Conclude(operation, VerdictOutcome.Error, $"no answer within {ScenarioActor.PhaseDeadline.TotalMinutes:0} minutes", time);
        });
        Receive<WorkbenchProtocol.WorkCancelled>(_ => { }); // the machine wakes: the session stops this actor
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(bool strict, IActorRef guardian, TimeProvider time) => Akka.Actor.Props.Create(() => new CanaryActor(strict, guardian, time));

    protected override void PreStart()
    {
        Timers.StartSingleTimer(nameof(DeadlineOver), DeadlineOver.Instance, ScenarioActor.PhaseDeadline);
        foreach (var canary in Canary.All)
        {
            var operation = OperationId.Next();
            _asked[operation] = canary;
            _guardian.Tell(new GuardianProtocol.Judge(operation, new Submission(canary.Code, canary.TestCode, _strict)));
        }
    }

    protected override void PostStop()
    {
        foreach (var operation in _asked.Keys) _guardian.Tell(new WorkbenchProtocol.Cancel(operation));
    }

    private void Conclude(OperationId operation, VerdictOutcome outcome, string? reason, TimeProvider time)
    {
        if (!_asked.Remove(operation, out var canary)) return;
        _results.Add(new CanaryResult(canary.Name, canary.Expected, outcome, reason));
        if (_asked.Count == 0) Context.Parent.Tell(new RecordCanaries(time.GetUtcNow(), [.. _results.OrderBy(result => result.Name, StringComparer.Ordinal)]));
    }

    private sealed record DeadlineOver
    {
        public static DeadlineOver Instance { get; } = new();
    }
}

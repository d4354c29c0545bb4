using Akka.Actor;
using Akka.Event;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Machines;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Dreaming;

/// <summary>One scenario: weaves, codes and has it guarded by its own machine, and tells its session how it ended.</summary>
/// <remarks>
/// A child of its session, on this machine or another. The session stops it when its end is durable, and the session's end stops it, too; when the machine wakes it gives itself back and stops by itself. It never restarts. It is the one authority
/// over deadlines. An infrastructure failure repeats the phase, twice at most and later each time, and is then a loss, never a verdict
/// (invariant I2). A refusal that is the coder's fault is repaired, a bounded number of times. Stopping it cancels its operation; what it had woven is in the journal already.
/// </remarks>
internal sealed class ScenarioActor : ReceiveActor, IWithTimers
{
    /// <summary>How often a phase is repeated after an infrastructure failure.</summary>
    public const int MaxRetries = 2;

    /// <summary>How long one operation may take, waiting for its turn included.</summary>
    public static readonly TimeSpan PhaseDeadline = TimeSpan.FromMinutes(10);

    private readonly ScenarioAssignment _assignment;
    private readonly Equipment _machine = Equipment.Of(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private (OperationId Id, IActorRef Bench)? _operation;
    private Action _phase = () => { };
    private Scenario? _scenario;
    private string? _code;
    private Repair? _repair;
    private Effort _effort = Effort.None;
    private int _retries;

    public ScenarioActor(ScenarioAssignment assignment)
    {
        (_assignment, _scenario) = (assignment, assignment.Woven);
        Receive<MachineProtocol.Entered>(_ => Enter(_scenario is null ? Weave : Code));
        Receive<MachineProtocol.Closed>(_ => GiveBack());
        Receive<CoderProtocol.WeavingDone>(m => IsCurrent(m.Operation), m => OnWeaving(m.Weaving));
        Receive<CoderProtocol.CodingDone>(m => IsCurrent(m.Operation), m => OnCoding(m.Coding));
        Receive<GuardianProtocol.Judged>(m => IsCurrent(m.Operation), m => OnVerdict(m.Verdict));
        Receive<WorkbenchProtocol.WorkFailed>(m => IsCurrent(m.Operation), m =>
        {
            _effort = _effort.And(m.Use);
            Retry(m.Reason, m.IsBrain);
        });
        Receive<DeadlineOver>(m => IsCurrent(m.Operation), _ =>
        {
            Cancel();
            Retry($"no answer within {PhaseDeadline.TotalMinutes:0} minutes", isBrain: false);
        });
        Receive<RetryNow>(_ => _phase());
        Receive<WorkbenchProtocol.WorkCancelled>(m => IsCurrent(m.Operation), _ => GiveBack()); // it came too late to hear of the wake-up
        Receive<EnergyProtocol.WakeUp>(_ => GiveBack());
        Receive<object>(_ => { }); // an answer to an operation that is over
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private ScenarioId Id => _assignment.Planned.Id;

    private DateTimeOffset Now => _machine.Time.GetUtcNow();

    public static Props Props(ScenarioAssignment assignment) => Akka.Actor.Props.Create(() => new ScenarioActor(assignment));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<EnergyProtocol.WakeUp>(Self);
        _machine.Machine.Tell(new MachineProtocol.Enter(_assignment.Session));
    }

    protected override void PostStop()
    {
        Context.System.EventStream.Unsubscribe(Self);
        Cancel();
    }

    private void Enter(Action phase)
    {
        (_phase, _retries) = (phase, 0);
        phase();
    }

    private void Weave() => Ask(Phases.Weaving, _machine.Coder, id => new CoderProtocol.Weave(id, _assignment.Planned));

    private void Code()
    {
        var fragment = _assignment.Planned.Fragment;
        var task = new CodingTask(
            _scenario!.TaskPrompt, _scenario.TestCases, _scenario.Libraries, _scenario.Difficulty,
            fragment with { Remembered = fragment.Remembered is { } remembered ? remembered with { TestCode = "" } : null })
        {
            Repair = _repair,
        };
        Ask(Phases.Coding, _machine.Coder, id => new CoderProtocol.Code(id, task));
    }

    private void Guard() => Ask(
        Phases.Guarding, _machine.Guardian, id => new GuardianProtocol.Judge(id, new Submission(_code!, _scenario!.TestCode, _assignment.Strict, _scenario.TaskPrompt, Novelty: _assignment.Strict)));

    private void Ask(string phase, IActorRef bench, Func<OperationId, object> request)
    {
        var id = OperationId.Next();
        _operation = (id, bench);
        Timers.StartSingleTimer(nameof(DeadlineOver), new DeadlineOver(id), PhaseDeadline);
        Context.Parent.Tell(new ScenarioProtocol.PhaseEntered(Id, phase));
        bench.Tell(request(id));
    }

    private void OnWeaving(Weaving weaving)
    {
        switch (weaving)
        {
            // The id comes from the plan, whatever a brain answers.
            case Weaving.Woven woven:
                _scenario = woven.Scenario with { Id = Id };
                Context.Parent.Tell(new RecordWoven(Now, _scenario, woven.Use));
                Enter(Code);
                break;
            case Weaving.Refused refused:
                _effort = _effort.And(refused.Use);
                End(new RecordRejected(Now, Id, null, Verdict.NothingToJudge("weave", refused.Reason, _assignment.Strict), _effort.OrNull()));
                break;
        }
    }

    private void OnCoding(Coding coding)
    {
        _effort = _effort.And(coding.Use);
        switch (coding)
        {
            case Coding.Written written:
                _code = written.Code;
                Enter(Guard);
                break;
            case Coding.Refused refused:
                _code = null;
                Reject(Verdict.NothingToJudge("code", refused.Reason, _assignment.Strict));
                break;
        }
    }

    private void OnVerdict(Verdict verdict)
    {
        _effort = _effort.And(verdict.Use ?? []);
        switch (verdict.Outcome)
        {
            case VerdictOutcome.Pass:
                End(new RecordKept(Now, Id, _code!, verdict, _effort.OrNull()));
                break;
            case VerdictOutcome.Fail:
                Reject(verdict);
                break;
            default:
                Retry(verdict.Reasons.FirstOrDefault() ?? "the guardian could not judge", isBrain: verdict.Stage == JudgeRule.Stage);
                break;
        }
    }

    private void Reject(Verdict verdict)
    {
        _repair = RepairRule.Next(_code, verdict, _effort.Earlier.Count, _machine.Repairs);
        if (_repair is null)
        {
            End(new RecordRejected(Now, Id, _code, verdict, _effort.OrNull()));
            return;
        }

        _effort = _effort.And(new Attempt(_code, verdict));
        Enter(Code);
    }

    private void Retry(string reason, bool isBrain)
    {
        Sleep();
        if (_retries == MaxRetries)
        {
            End(new RecordLost(Now, Id, isBrain ? LossReason.LanguageModel : LossReason.Infrastructure, reason, _effort.OrNull()));
            return;
        }

        var pause = TimeSpan.FromSeconds(1 << (2 * _retries));
        _retries++;
        _log.Warning("Scenario {0} is tried again in {1} s: {2}", Id, pause.TotalSeconds, reason);
        Timers.StartSingleTimer(nameof(RetryNow), RetryNow.Instance, pause);
    }

    private void End(SessionCommand command)
    {
        Sleep();
        Context.Parent.Tell(command);
    }

    private void GiveBack()
    {
        Context.Parent.Tell(new ScenarioProtocol.GivenBack(Id));
        Context.Stop(Self);
    }

    // Nothing is asked and no answer counts until the session stops this actor, or a retry is due.
    private void Sleep()
    {
        Cancel();
        Timers.CancelAll();
    }

    private void Cancel()
    {
        if (_operation is { } operation) operation.Bench.Tell(new WorkbenchProtocol.Cancel(operation.Id));
        _operation = null;
    }

    private bool IsCurrent(OperationId operation) => _operation?.Id == operation;

    private sealed record DeadlineOver(OperationId Operation);

    private sealed record RetryNow
    {
        public static RetryNow Instance { get; } = new();
    }
}

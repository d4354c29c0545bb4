using Akka.Actor;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Machines;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Sessions;

/// <content>What happens between a session's beginning and its end: its children, and the machines on which they are.</content>
internal sealed partial class DreamSessionActor
{
    private readonly HashSet<IActorRef> _woken = [];
    private MachineProtocol.Woke? _stop;

    private void Effect(ISessionEvent happened)
    {
        switch (happened)
        {
            case SessionStarted or SessionResumed:
                (_dreaming, _stop) = (true, null);
                Timers.StartPeriodicTimer(nameof(LookAround), LookAround.Instance, TimeSpan.Zero, Interval);
                break;
            case DreamCompleted e:
                End(e.Scenario.Id, "kept", null);
                break;
            case DreamRejected e:
                End(e.ScenarioId, "rejected", e.Verdict.Reasons.FirstOrDefault());
                break;
            case DreamLost e:
                End(e.Scenario, "lost", e.Detail);
                break;
            case CanariesJudged:
                foreach (var canaries in _machines.TriedCanaries) Context.Stop(canaries);
                break;
            case SessionQuarantined e:
                StopDreaming(() => _voice.End(_state, completed: false, e.Reason));
                break;
            case SessionCompleted or SessionInterrupted:
                StopDreaming(() => _voice.End(_state, happened is SessionCompleted, null, happened as SessionInterrupted));
                break;
        }
    }

    private void StopDreaming(Action farewell)
    {
        _dreaming = false;
        Timers.Cancel(nameof(LookAround));
        StopChildren();
        _tenure.Afterwards(farewell);
    }

    private void StopChildren()
    {
        foreach (var child in _machines.Children) Context.Stop(child);
    }

    private void OnLookAround()
    {
        foreach (var machine in _machines.Look(_around.Machines())) _voice.Follow(machine, _state);
        Settle();
    }

    private void OnSpare(MachineProtocol.Spare spare)
    {
        _machines.Take(Sender, spare);
        Settle();
    }

    private void OnWoke(MachineProtocol.Woke woke)
    {
        _machines.Take(Sender, woke);
        _woken.Add(Sender);
        if (woke.EndsSession && _dreaming)
        {
            _stop = woke;
            StopChildren();
        }

        Settle();
    }

    private void OnCanaries(RecordCanaries command)
    {
        _machines.Tried(Sender);
        Handle(command, ActorRefs.Nobody);
    }

    /// <summary>Begins what can begin, and interrupts the session when nothing goes on anywhere.</summary>
    private void Settle()
    {
        if (!_dreaming) return;
        foreach (var (machine, id, isCanary) in _stop is null ? _machines.Next(_state) : []) Begin(machine, id, isCanary);
        if ((_stop is null ? _machines.ReasonToStop(_session) : _machines.IsQuiet ? _stop : null) is { } over)
        {
            Handle(new InterruptSession(Now, over.Reason, over.StoppedIn, over.Detail, over.Killed, over.Problem), ActorRefs.Nobody);
            return;
        }

        if (_stop is not null) return;
        foreach (var machine in _woken.Where(_machines.GoesOnWithout).ToList())
        {
            _woken.Remove(machine);
            machine.Tell(new MachineProtocol.GoesOn(_session));
        }
    }

    private void Begin(Address machine, ScenarioId id, bool isCanary)
    {
        var strict = _state.Order!.Strict;
        var props = isCanary
            ? _around.Canaries(new CanaryAssignment(_session, id, strict))
            : _around.Scenario(new ScenarioAssignment(_session, _state.Plan.First(planned => planned.Id == id), _state.Woven.GetValueOrDefault(id), strict));
        var isHere = machine == ((ExtendedActorSystem)Context.System).Provider.DefaultAddress;
        var actor = Context.ActorOf(isHere ? props : props.WithDeploy(new Deploy(new RemoteScope(machine))), id.Value);
        _machines.Began(id, machine, Context.Watch(actor), isCanary);
    }

    private void End(ScenarioId scenario, string phase, string? detail)
    {
        _voice.Progress(_state, scenario, phase, detail);
        if (_machines.Find(scenario) is { } child) Context.Stop(child);
    }

    private void OnTerminated(Terminated terminated)
    {
        if (_machines.Ended(terminated) is not { } ended) return;
        if (_dreaming && _stop is null && SessionMachines.RecordOf(ended, _state, Now) is { } record) Handle(record, ActorRefs.Nobody);
        else Settle();
    }
}

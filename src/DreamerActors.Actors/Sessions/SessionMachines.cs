using Akka.Actor;
using DreamerActors.Actors.Machines;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Sessions;

/// <summary>What a session knows of its machines: who is there, how many scenarios each may dream, and what is dreamt where. It decides where the next goes.</summary>
/// <param name="self">The session's own machine.</param>
internal sealed class SessionMachines(Address self)
{
    /// <summary>So many machines may die under a scenario; then it is taken for the cause.</summary>
    public const int MostDeaths = 3;

    private readonly Dictionary<Address, Machine> _machines = [];
    private readonly Dictionary<ScenarioId, Child> _children = [];
    private readonly Dictionary<ScenarioId, int> _deaths = [];
    private MachineProtocol.Woke? _lastWake;
    private int _canaries;

    /// <summary>Whether nothing is dreamt or tried anywhere.</summary>
    public bool IsQuiet => _children.Count == 0;

    /// <summary>Every child.</summary>
    public IEnumerable<IActorRef> Children => _children.Values.Select(child => child.Actor);

    /// <summary>Takes in who is there now.</summary>
    /// <returns>Who has not said yet what it may dream.</returns>
    public IReadOnlyList<Address> Look(IReadOnlyCollection<Address> present)
    {
        if (present.Count == 0) return []; // its own machine is on its way out, or not yet in
        foreach (var gone in _machines.Keys.Except(present).ToList()) _machines.Remove(gone);
        foreach (var there in present) _machines.TryAdd(there, new Machine());
        return [.. _machines.Where(each => each.Value.Slots is null).Select(each => each.Key)];
    }

    /// <summary>A machine says what it may dream.</summary>
    public void Take(IActorRef machine, MachineProtocol.Spare spare)
    {
        if (_machines.GetValueOrDefault(Of(machine)) is not { } known) return;
        (known.Slots, known.Reason, known.Detail) = (spare.IsWaking ? null : spare.Slots, spare.Reason, spare.Detail);
    }

    /// <summary>A machine woke.</summary>
    public void Take(IActorRef machine, MachineProtocol.Woke woke)
    {
        if (woke.Interrupted || _lastWake is null) _lastWake = woke;
        if (_machines.GetValueOrDefault(Of(machine)) is { } known) known.Slots = 0;
    }

    /// <summary>Where what can begin now begins: a machine's canaries before its first scenario, the emptiest machine first.</summary>
    /// <param name="state">The session.</param>
    public IReadOnlyList<(Address Machine, ScenarioId Id, bool IsCanary)> Next(SessionState state)
    {
        var next = new List<(Address, ScenarioId, bool)>();
        var waiting = new Queue<ScenarioId>(state.Pending.Select(planned => planned.Id).Where(id => !_children.ContainsKey(id)));
        var free = _machines.ToDictionary(each => each.Key, each => (each.Value.Slots ?? 0) - _children.Values.Count(child => child.Machine == each.Key));
        var tries = state.Order!.Canaries && (waiting.Count > 0 || (state.AwaitsCanaries && IsQuiet));
        foreach (var (address, machine) in _machines.Where(each => tries && each.Value.Slots > 0))
        {
            if (machine.IsTried && !(state.AwaitsCanaries && IsQuiet)) continue;
            if (_children.Values.Any(child => child.IsCanary && child.Machine == address)) continue;
            next.Add((address, new ScenarioId($"canaries-{++_canaries}"), true));
            if (waiting.Count == 0) return next; // the last ones need no more than one machine
        }

        while (waiting.Count > 0 && Emptiest() is { } place)
        {
            free[place]--;
            next.Add((place, waiting.Dequeue(), false));
        }

        return next;

        Address? Emptiest() => free.Where(each => each.Value > 0 && (!state.Order.Canaries || _machines[each.Key].IsTried)).OrderByDescending(each => each.Value).Select(each => each.Key).FirstOrDefault();
    }

    /// <summary>A child began.</summary>
    public void Began(ScenarioId id, Address machine, IActorRef actor, bool isCanary) => _children[id] = new Child(actor, machine, isCanary);

    /// <summary>The child of this name; null when there is none.</summary>
    public IActorRef? Find(ScenarioId id) => _children.GetValueOrDefault(id)?.Actor;

    /// <summary>A child is given back by its machine, which takes no more until it says so.</summary>
    public void GivenBack(ScenarioId id)
    {
        if (_children.GetValueOrDefault(id) is not { } child) return;
        child.IsGivenBack = true;
        if (_machines.GetValueOrDefault(child.Machine) is { Slots: > 0 } machine) machine.Slots = null;
    }

    /// <summary>The guardian of a machine was tried.</summary>
    public void Tried(IActorRef canaries)
    {
        if (_children.Values.FirstOrDefault(child => child.Actor.Equals(canaries)) is not { } child) return;
        child.IsDone = true;
        if (_machines.GetValueOrDefault(child.Machine) is { } machine) machine.IsTried = true;
    }

    /// <summary>Canaries whose result is known.</summary>
    public IEnumerable<IActorRef> TriedCanaries => _children.Values.Where(child => child.IsCanary && child.IsDone).Select(child => child.Actor);

    /// <summary>A child is gone.</summary>
    /// <returns>Who it was and why; null when it is not known.</returns>
    public (ScenarioId Id, bool IsCanary, ChildEnd End)? Ended(Terminated terminated)
    {
        if (_children.FirstOrDefault(each => each.Value.Actor.Equals(terminated.ActorRef)) is not { Value: { } child } found) return null;
        _children.Remove(found.Key);
        // A machine that came back under its old address does not know the child that it is asked for.
        var machineDied = terminated.AddressTerminated || !terminated.ExistenceConfirmed;
        var end = child.IsGivenBack || child.IsDone ? ChildEnd.Peaceful : machineDied ? Died(found.Key) : ChildEnd.Failed;
        if (child.IsCanary && end == ChildEnd.Failed && _machines.GetValueOrDefault(child.Machine) is { } machine) machine.IsTried = true;
        return (found.Key, child.IsCanary, end);
    }

    /// <summary>What the end of a child means for the session; null when it means nothing.</summary>
    public static SessionCommand? RecordOf((ScenarioId Id, bool IsCanary, ChildEnd End) ended, SessionState state, DateTimeOffset now) => ended switch
    {
        { End: ChildEnd.Peaceful } => null,
        { IsCanary: true } => new RecordCanaries(now, [.. Canary.All.Select(each => new CanaryResult(each.Name, each.Expected, VerdictOutcome.Error, "the canaries' actor failed"))]),
        _ when state.Ended.ContainsKey(ended.Id) => null,
        { End: ChildEnd.KillsMachines } => new RecordLost(now, ended.Id, LossReason.Node, $"{MostDeaths} machines died while they dreamt it"),
        _ => new RecordLost(now, ended.Id, LossReason.Infrastructure, "the scenario's actor failed"),
    };

    /// <summary>Why the session must stop; null while it need not, or it is not yet known whether it must.</summary>
    public MachineProtocol.Woke? ReasonToStop(SessionId session)
    {
        if (!IsQuiet || _machines.Count == 0 || _machines.Values.Any(machine => machine.Slots != 0)) return null;
        if (_lastWake is not null) return _lastWake;
        return _machines.GetValueOrDefault(self) is { Detail: { } detail } own
            ? new MachineProtocol.Woke(session, own.Reason, TimeSpan.Zero, $"no machine may dream; the one of the session: {detail}")
            : new MachineProtocol.Woke(session, InterruptReason.Shutdown, TimeSpan.Zero, "no machine is left that may dream");
    }

    /// <summary>Whether everything that this machine dreamt has ended, and something goes on elsewhere.</summary>
    public bool GoesOnWithout(IActorRef machine) =>
        _children.Values.All(child => child.Machine != Of(machine)) && (!IsQuiet || _machines.Values.Any(each => each.Slots > 0));

    private ChildEnd Died(ScenarioId id)
    {
        _deaths[id] = _deaths.GetValueOrDefault(id) + 1;
        return _deaths[id] < MostDeaths ? ChildEnd.Peaceful : ChildEnd.KillsMachines;
    }

    private Address Of(IActorRef actor) => actor.Path.Address.HasLocalScope ? self : actor.Path.Address;

    private sealed class Machine
    {
        /// <summary>Null while it is not known.</summary>
        public int? Slots { get; set; }

        public InterruptReason Reason { get; set; }

        public string? Detail { get; set; }

        public bool IsTried { get; set; }
    }

    private sealed class Child(IActorRef actor, Address machine, bool isCanary)
    {
        public IActorRef Actor { get; } = actor;

        public Address Machine { get; } = machine;

        public bool IsCanary { get; } = isCanary;

        public bool IsGivenBack { get; set; }

        public bool IsDone { get; set; }
    }
}

/// <summary>What the end of a session's child means.</summary>
internal enum ChildEnd
{
    /// <summary>It had ended, was given back, or went down with its machine: what has not ended is dreamt again.</summary>
    Peaceful,

    /// <summary>It failed by itself.</summary>
    Failed,

    /// <summary>Too many machines died under it.</summary>
    KillsMachines,
}

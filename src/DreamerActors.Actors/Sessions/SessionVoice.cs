using Akka.Actor;
using DreamerActors.Actors.Machines;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Sessions;

/// <summary>What a session tells its machines, of which each publishes it.</summary>
/// <param name="session">The session.</param>
/// <param name="machines">Those that can be reached now.</param>
/// <param name="context">Its actor's.</param>
internal sealed class SessionVoice(SessionId session, Func<IReadOnlyCollection<Address>> machines, IActorContext context)
{
    /// <summary>Tells one machine that it wants to know what may be dreamt there.</summary>
    public void Follow(Address machine, SessionState state) => ClusterMachines.At(context, machine).Tell(new MachineProtocol.Follow(session, state.Order!.Trigger == Triggers.Nightly));

    /// <summary>A scenario changed its phase.</summary>
    public void Progress(SessionState state, ScenarioId scenario, string phase, string? detail)
    {
        var title = state.Woven.TryGetValue(scenario, out var woven) ? woven.Title : state.Plan.First(planned => planned.Id == scenario).Fragment.Name;
        Tell(new SessionProtocol.SessionProgressed(session, scenario.Value, title, phase, detail, state.Ended.Count, state.Plan.Count));
    }

    /// <summary>The session stopped.</summary>
    public void End(SessionState state, bool completed, string? error, SessionInterrupted? interruption = null) => Tell(new SessionProtocol.SessionEnded(
        session, completed, state.Report, state.Titles, state.Rejections, state.Losses, error, interruption));

    /// <summary>Tells all of them.</summary>
    public void Tell(object message)
    {
        foreach (var machine in machines()) ClusterMachines.At(context, machine).Tell(message);
    }
}

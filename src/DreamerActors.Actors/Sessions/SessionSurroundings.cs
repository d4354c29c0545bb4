using Akka.Actor;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Sessions;

/// <summary>What a session needs from outside.</summary>
/// <param name="Scenario">The actor of a scenario.</param>
/// <param name="Canaries">The actor that tries a guardian.</param>
/// <param name="Machines">The machines that can be reached now.</param>
/// <param name="Lease">The right to run.</param>
/// <param name="Time">The clock.</param>
internal sealed record SessionSurroundings(
    Func<ScenarioAssignment, Props> Scenario, Func<CanaryAssignment, Props> Canaries, Func<IReadOnlyCollection<Address>> Machines, ISessionLease Lease, TimeProvider Time);

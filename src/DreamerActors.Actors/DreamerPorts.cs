using System.Data.Common;
using DreamerActors.Actors.Energy;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors;

/// <summary>What the actors need from outside.</summary>
/// <param name="Brain">Weaves and codes.</param>
/// <param name="Guardian">Judges.</param>
/// <param name="Energy">Load, activity, limits, and what has sandboxes ready and ends them all on a wake-up.</param>
/// <param name="Knowledge">The graph.</param>
/// <param name="Reader">The read model.</param>
/// <param name="Projections">What is derived from the journal.</param>
/// <param name="Lease">The right to run a session, among machines that share a journal.</param>
/// <param name="Rules">What may start by itself.</param>
/// <param name="Runner">Runs the sessions of the schedule.</param>
/// <param name="Calendar">Knows when nights are.</param>
/// <param name="Time">The clock.</param>
/// <param name="Concurrency">Scenarios at once, 1 … 64.</param>
/// <param name="Repairs">How often a coder may repair a refused attempt, 0 … 3.</param>
/// <param name="Journal">Connections to the journal; closed with the ActorSystem.</param>
internal sealed record DreamerPorts(
    IBrain Brain,
    IGuardian Guardian,
    EnergyPorts Energy,
    IKnowledgeStore Knowledge,
    IJournalReader Reader,
    IReadOnlyList<IProjection> Projections,
    ISessionLease Lease,
    ScheduleRules Rules,
    ISessionRunner Runner,
    INightCalendar Calendar,
    TimeProvider Time,
    int Concurrency,
    int Repairs,
    DbDataSource Journal);

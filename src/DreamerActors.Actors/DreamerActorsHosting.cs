using Akka.Actor;
using GuardianActor = DreamerActors.Actors.Dreaming.GuardianActor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Persistence.Query;
using Akka.Streams;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Journal;
using DreamerActors.Actors.Knowledge;
using DreamerActors.Actors.Scheduling;
using DreamerActors.Actors.Sessions;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors;

/// <summary>Starts every actor of the dreamer: the one list of them.</summary>
internal static class DreamerActorsHosting
{
    public static AkkaConfigurationBuilder WithDreamerActors(this AkkaConfigurationBuilder akka, DreamerPorts ports)
    {
        akka.WithActors((system, registry) =>
        {
            registry.Register<CoderActor>(system.ActorOf(CoderActor.Props(ports.Brain, ports.Concurrency), "coder"));
            registry.Register<GuardianActor>(system.ActorOf(GuardianActor.Props(ports.Guardian, ports.Concurrency), "guardian"));
            registry.Register<KnowledgeActor>(system.ActorOf(KnowledgeActor.Props(ports.Knowledge, ports.Reader), "knowledge"));
            var journal = PersistenceQuery.Get(system).ReadJournalFor<IReadJournal>(ports.QueryPlugin);
            var feed = new QueryEventFeed((ICurrentEventsByTagQuery)journal, system.Materializer());
            registry.Register<JournalActor>(system.ActorOf(JournalActor.Props(ports.Projections, feed), "journal"));
        });
        akka.WithShardRegion<DreamSessionActor>(
            SessionRouting.TypeName,
            (_, registry, _) =>
            {
                var (coder, guardian) = (registry.Get<CoderActor>(), registry.Get<GuardianActor>());
                return id => DreamSessionActor.Props(
                    new SessionId(id), assignment => ScenarioActor.Props(assignment, coder, guardian, ports.Repairs, ports.Time),
                    strict => CanaryActor.Props(strict, guardian, ports.Time), ports.Concurrency, ports.Time);
            },
            new SessionRouting(),
            new ShardOptions { Role = ports.SessionRole, StateStoreMode = Akka.Cluster.Sharding.StateStoreMode.DData, RememberEntities = false, HandOffStopMessage = SessionProtocol.Leave.Instance });
        return akka.WithActors((system, registry) =>
        {
            var keeper = system.ActorOf(
                SessionKeeper.Props(registry.Get<DreamSessionActor>(), registry.Get<KnowledgeActor>(), ports.Energy.Sandboxes, ports.Lease), "session-keeper");
            registry.Register<SessionKeeper>(keeper);
            IActorRef[] participants = [keeper, registry.Get<CoderActor>(), registry.Get<GuardianActor>()];
            var energy = system.ActorOf(EnergyActor.Props(participants, ports.Energy), "energy");
            registry.Register<EnergyActor>(energy);
            registry.Register<SchedulerActor>(system.ActorOf(SchedulerActor.Props(ports.Rules, energy, ports.Runner, ports.Reader, ports.Calendar, ports.Time), "scheduler"));
        });
    }
}

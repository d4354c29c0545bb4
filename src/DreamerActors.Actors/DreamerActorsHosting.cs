using Akka.Actor;
using GuardianActor = DreamerActors.Actors.Dreaming.GuardianActor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Journal;
using DreamerActors.Actors.Knowledge;
using DreamerActors.Actors.Machines;
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
            registry.Register<MachineActor>(system.ActorOf(MachineActor.Props(ports.Concurrency, ports.Energy.Sandboxes), MachineProtocol.Name));
            new Equipment(registry.Get<CoderActor>(), registry.Get<GuardianActor>(), registry.Get<MachineActor>(), ports.Repairs, ports.Time).Install(system);
            var feed = new JournalFeed(ports.Journal, system.Serialization);
            system.RegisterOnTermination(ports.Journal.Dispose);
            registry.Register<JournalActor>(system.ActorOf(JournalActor.Props(ports.Projections, feed), "journal"));
        });
        akka.WithShardRegion<DreamSessionActor>(
            SessionRouting.TypeName,
            (system, _, _) =>
            {
                var around = new SessionSurroundings(ScenarioActor.Props, CanaryActor.Props, () => ClusterMachines.Reachable(Cluster.Get(system)), ports.Lease, ports.Time);
                return id => DreamSessionActor.Props(new SessionId(id), around);
            },
            new SessionRouting(),
            new ShardOptions
            {
                Role = ClusterMachines.Role, StateStoreMode = StateStoreMode.DData, RememberEntities = true, RememberEntitiesStore = RememberEntitiesStore.DData,
                HandOffStopMessage = SessionProtocol.Leave.Instance,
            });
        akka.WithActors((system, registry) =>
        {
            var keeper = system.ActorOf(SessionKeeper.Props(registry.Get<DreamSessionActor>(), registry.Get<KnowledgeActor>(), registry.Get<MachineActor>()), "session-keeper");
            registry.Register<SessionKeeper>(keeper);
            IActorRef[] participants = [keeper, registry.Get<CoderActor>(), registry.Get<GuardianActor>()];
            var energy = system.ActorOf(EnergyActor.Props(participants, ports.Energy), "energy");
            registry.Register<EnergyActor>(energy);
            registry.Register<SchedulerActor>(system.ActorOf(SchedulerActor.Props(ports.Rules, energy, ports.Runner, registry.Get<JournalActor>(), ports.Reader, ports.Calendar, ports.Time), "scheduler"));
        });
        // An actor subscribes when it starts, and that is not yet done when its reference is there: a session that began sooner would not be woken.
        return akka.AddStartup(async (_, registry) =>
        {
            foreach (var actor in await Task.WhenAll(
                registry.GetAsync<CoderActor>(), registry.GetAsync<GuardianActor>(), registry.GetAsync<MachineActor>(), registry.GetAsync<SessionKeeper>(), registry.GetAsync<EnergyActor>(), registry.GetAsync<SchedulerActor>()))
                await actor.Ask<ActorIdentity>(new Identify(null));
        });
    }
}

using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Hosting;
using DreamerActors.Actors;
using DreamerActors.Actors.Energy;
using DreamerActors.Adapters.Energy.Activity;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Clustering;
using DreamerActors.Hosting.Energy;
using DreamerActors.Hosting.Journal;
using DreamerActors.Hosting.Scheduling;
using DreamerActors.Hosting.Settings;
using DreamerActors.Hosting.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Hosting.Dreaming;

/// <summary>Puts the dreamer into a .NET host.</summary>
public static class DreamerHosting
{
    /// <summary>The dreamer with an ActorSystem of its own; afterwards <see cref="IDreamEngine"/> can be injected.</summary>
    /// <exception cref="SettingsException">A setting is not accepted.</exception>
    public static IServiceCollection AddDreamer(this IServiceCollection services, IConfiguration configuration) =>
        services.AddDreamer(SettingsReader.Read(configuration, Directory.GetCurrentDirectory()));

    /// <summary>The dreamer with an ActorSystem of its own and these settings.</summary>
    public static IServiceCollection AddDreamer(this IServiceCollection services, DreamerSettings settings) =>
        services
            .AddDreamerEngine(settings)
            .AddAkka("DreamerActors", (akka, provider) => akka
                .ConfigureLoggers(loggers => { loggers.ClearLoggers(); loggers.AddLoggerFactory(); })
                .WithStrictSerialization()
                .WithDreamer(provider));

    /// <summary>Everything but the ActorSystem, for a host that has one: call <see cref="WithDreamer"/> in its <c>AddAkka</c>.</summary>
    public static IServiceCollection AddDreamerEngine(this IServiceCollection services, DreamerSettings settings) =>
        services
            .AddDreamerAdapters(settings)
            .AddSingleton<EngineLock>()
            .AddHostedService(provider => provider.GetRequiredService<EngineLock>())
            .AddHostedService<JournalPreparation>()
            .AddSingleton<IEnergyManager, EnergyManager>()
            .AddSingleton<Readiness>()
            .AddHostedService<WakeOnShutdown>()
            .AddHostedService<LessonDelivery>()
            .AddSingleton<IDreamEngine, DreamEngine>()
            .AddSingleton<LiveSessions>()
            .AddSingleton<Instruments>()
            .AddSingleton<IDreamScheduler, DreamScheduler>();

    /// <summary>Adds the dreamer's actors, its journal and a cluster of one to an ActorSystem.</summary>
    public static AkkaConfigurationBuilder WithDreamer(this AkkaConfigurationBuilder akka, IServiceProvider provider)
    {
        var settings = provider.GetRequiredService<DreamerSettings>();
        var ports = new DreamerPorts(
            provider.GetRequiredService<IBrain>(), provider.GetRequiredService<IGuardian>(), Energy(provider, settings),
            provider.GetRequiredService<IKnowledgeStore>(), provider.GetRequiredService<IJournalReader>(), [.. provider.GetServices<IProjection>()],
            provider.GetRequiredService<ISessionLease>(), Rules(settings), new EngineSessionRunner(provider.GetRequiredService<IDreamEngine>), provider.GetRequiredService<INightCalendar>(),
            provider.GetRequiredService<TimeProvider>(), settings.Concurrency, settings.Brain == "recall" ? 0 : settings.RepairRounds, JournalPreparation.Connections(settings));
        if (settings.PostgresJournal is null)
            akka.AddSetup(PatientConnections.For(JournalPreparation.SqliteConnection(settings)));
        return akka
            // After what the host has set, and before the defaults that remoting and clustering append: whoever comes first is heard.
            .AddHocon(Embedded("dreamer.conf"), HoconAddMode.Append)
            .AddHocon(Embedded(settings.PostgresJournal is null ? "persistence.sqlite.conf" : "persistence.postgresql.conf"), HoconAddMode.Append)
            .AddHocon(ConnectionString(settings.PostgresJournal ?? JournalPreparation.SqliteConnection(settings)), HoconAddMode.Prepend)
            .WithMachines(settings, Embedded)
            .WithActors((system, _) => Measuring.Start(system, provider.GetRequiredService<Instruments>(), provider.GetRequiredService<TimeProvider>()))
            .WithDreamerActors(ports)
            .AddStartup((system, registry) =>
            {
                CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "drain", async () =>
                {
                    await Draining.DrainAsync(registry, CancellationToken.None);
                    return Done.Instance;
                });
                Machines.Join(Cluster.Get(system), settings);
                provider.GetRequiredService<LiveSessions>().Follow(system);
            });
    }

    private static ScheduleRules Rules(DreamerSettings settings) => new()
    {
        Enabled = settings.EnableDreaming,
        IdleAfter = TimeSpan.FromMinutes(settings.IdleThresholdMinutes),
        MaxScenarios = settings.MaxScenarios,
        DailyIdleScenarios = settings.IdleDailyScenarios,
    };

    private static EnergyPorts Energy(IServiceProvider provider, DreamerSettings settings)
    {
        var sources = provider.GetRequiredService<ActivitySources>();
        return new EnergyPorts(
            provider.GetRequiredService<ISandboxKeeper>(), provider.GetRequiredService<ILoadSensor>(), () => sources.All,
            provider.GetRequiredService<EnergyLimits>(), TimeSpan.FromSeconds(settings.SampleSeconds), provider.GetRequiredService<TimeProvider>(), Alarm.Set);
    }

    private static string ConnectionString(string connection)
    {
        var quoted = System.Text.Json.JsonSerializer.Serialize(connection);
        return $"akka.persistence.journal.sql.connection-string = {quoted}";
    }

    private static string Embedded(string file)
    {
        using var stream = typeof(DreamerHosting).Assembly.GetManifestResourceStream("hocon/" + file)
            ?? throw new InvalidOperationException($"hocon/{file} is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

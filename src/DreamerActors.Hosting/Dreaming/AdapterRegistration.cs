using DreamerActors.Adapters.Brains;
using DreamerActors.Adapters.Datasets;
using DreamerActors.Adapters.Energy;
using DreamerActors.Adapters.Energy.Activity;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Knowledge;
using DreamerActors.Adapters.Lessons;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Adapters.Scheduling;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace DreamerActors.Hosting.Dreaming;

/// <summary>Registers what the actors need from outside. Whatever the host registered before stays.</summary>
public static class AdapterRegistration
{
    // A host that writes its lessons just now is given this long before its file counts as broken.
    private static readonly TimeSpan WritingTime = TimeSpan.FromSeconds(2);

    /// <summary>Sandbox, guardian, brain, knowledge, journal: enough for everything that does not dream.</summary>
    public static IServiceCollection AddDreamerAdapters(this IServiceCollection services, DreamerSettings settings)
    {
        services.AddSingleton(settings);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => ASandbox(settings, provider));
        services.TryAddSingleton<ISandboxedReader>(provider => provider.GetRequiredService<Sandbox>());
        services.TryAddSingleton<ISandboxKeeper>(provider => settings.Brain == "llamasharp"
            ? new JoinedKeepers([provider.GetRequiredService<LlamaWorker>(), provider.GetRequiredService<Sandbox>()])
            : provider.GetRequiredService<Sandbox>());
        services.AddSingleton<IOwnWork>(provider => provider.GetRequiredService<Sandbox>());
        services.TryAddSingleton(new GuardingDemands(settings.ValidationStrict, settings.MutantThreshold, settings.DeterminismRuns));
        services.AddEnergy(settings);
        services.TryAddSingleton(provider => new KeptDreams(() => provider.GetRequiredService<ReadModel>()));
        services.TryAddSingleton<IKeptDreams>(provider => provider.GetRequiredService<KeptDreams>());
        services.TryAddSingleton<IBenchmarks>(_ => new Benchmarks(settings.Decontamination));
        // A host that brings a brain of its own brings its judge, if it has one.
        if (settings.Brain is "openai" or "llamasharp")
            services.TryAddSingleton<IJudge, LanguageJudge>();
        services.TryAddSingleton<IGuardian, Guardian>();
        services.TryAddSingleton<BulkValidation>();
        services.TryAddSingleton(provider => new LlamaWorker(WorkerOf(settings), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LlamaWorker>>()));
        services.TryAddSingleton(provider => settings.Brain == "llamasharp"
            // The worker computes one answer at a time: a second question would wait there while its time-outs run.
            ? new ModelEndpoint(settings.Models with { Model = Path.GetFileNameWithoutExtension(settings.ModelPath)!, Endpoint = new Uri("http://llama/v1"), Concurrency = 1 },
                provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<LlamaWorker>())
            : new ModelEndpoint(settings.Models, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IBrain>(provider => settings.Brain == "recall" ? new RecallBrain() : ActivatorUtilities.CreateInstance<ImaginingBrain>(provider, settings.Brain));
        services.TryAddSingleton<IScenarioWeaver>(provider => new ScenarioWeaver(provider.GetRequiredService<IBrain>(), async (libraries, cancellation) => settings.ScenarioComplexity
            ?? AdaptiveDifficulty.Choose(libraries, await provider.GetRequiredService<IJournalReader>().OutcomesAsync(settings.Brain, AdaptiveDifficulty.OutcomesRead, cancellation)).Difficulty));
        services.TryAddSingleton<IKnowledgeStore>(provider => new KnowledgeStore(
            provider.GetRequiredService<ISandboxedReader>(), settings.MemoryRoot, settings.DataDirectory, StandardLibrary.Folder(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(_ => new ReadModel(settings.DataDirectory));
        services.TryAddSingleton<IJournalReader, JournalReader>();
        services.TryAddSingleton<IDreamSearch, DreamFinder>();
        services.TryAddSingleton(provider => new DreamArchive(provider.GetRequiredService<ReadModel>()));
        services.TryAddSingleton<IDreamArchive>(provider => provider.GetRequiredService<DreamArchive>());
        services.TryAddSingleton(provider => new DreamEvents(provider.GetRequiredService<ReadModel>()));
        services.TryAddSingleton<DreamReplay>();
        services.TryAddSingleton(provider => new DatasetCurator(
            provider.GetRequiredService<IDreamArchive>(), settings.MemoryRoot, provider.GetRequiredService<IBenchmarks>(),
            [.. settings.Decontamination.Select(file => Path.GetFileName(file))],
            new KilledMutants(provider.GetRequiredService<Sandbox>(), provider.GetRequiredService<IGuardian>(), settings.Concurrency), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ISessionLease>(provider => settings.PostgresJournal is { } connection
            ? ActivatorUtilities.CreateInstance<PostgresLease>(provider, connection)
            : new SoleLease());
        services.TryAddSingleton<INightCalendar, CronNightCalendar>();
        services.AddLessons(settings);
        services.TryAddSingleton(provider => new LessonIndex(provider.GetRequiredService<ReadModel>()));
        services.TryAddSingleton<IPastLessons>(provider => provider.GetRequiredService<LessonIndex>());
        services.AddSingleton<IProjection>(provider => provider.GetRequiredService<ReadModel>());
        services.AddSingleton<IProjection>(provider => provider.GetRequiredService<KeptDreams>());
        services.AddSingleton<IProjection>(provider => provider.GetRequiredService<DreamArchive>());
        services.AddSingleton<IProjection>(provider => provider.GetRequiredService<DreamEvents>());
        services.AddSingleton<IProjection>(provider => new DreamFiles(settings.OutputDirectory, provider.GetRequiredService<ReadModel>()));
        services.AddSingleton<IProjection>(provider => provider.GetRequiredService<LessonsProjection>());
        services.AddSingleton<IProjection>(provider => provider.GetRequiredService<LessonIndex>());
        return services;
    }

    private static void AddLessons(this IServiceCollection services, DreamerSettings settings)
    {
        services.TryAddSingleton(provider => new HostLessonsFile(Path.Combine(settings.MemoryRoot, "lessons.json"), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton(provider => new LessonsOutbox(settings.DataDirectory, provider.GetRequiredService<HostLessonsFile>(), WritingTime));
        services.TryAddSingleton(provider => new LessonsProjection(provider.GetRequiredService<LessonsOutbox>(), provider.GetRequiredService<ReadModel>(), settings.WritesLessonsFile));
        services.TryAddSingleton(provider => new LessonsStore(
            provider.GetRequiredService<LessonsOutbox>(), provider.GetRequiredService<HostLessonsFile>(), provider.GetRequiredService<TimeProvider>(), settings.WritesLessonsFile));
    }

    private static Sandbox ASandbox(DreamerSettings settings, IServiceProvider provider)
    {
        var log = provider.GetService<ILoggerFactory>()?.CreateLogger<Sandbox>();
        var engine = Environment.GetEnvironmentVariable("DOCKER_HOST") is { Length: > 0 } host ? new Uri(host) : DockerOptions.DefaultEngine;
        return Sandbox.Of(
            settings.Sandbox,
            new BubblewrapOptions(settings.ProcessPriority, Python: settings.SandboxPython),
            new DockerOptions(settings.SandboxImage, settings.DockerNamespace, settings.ProcessPriority, engine),
            settings.Limits, settings.Concurrency, provider.GetRequiredService<TimeProvider>(),
            told: choice => log?.LogInformation("{Choice}", choice));
    }

    private static LlamaWorkerOptions WorkerOf(DreamerSettings settings) => new(
        settings.LlamaWorker ?? Path.Combine(AppContext.BaseDirectory, "dreamer-llama.dll"),
        settings.ModelPath ?? "", settings.ModelContext, Math.Max(1, Environment.ProcessorCount / 2), settings.ProcessPriority);

    private static void AddEnergy(this IServiceCollection services, DreamerSettings settings)
    {
        services.TryAddSingleton(new EnergyLimits(
            settings.CpuThreshold, settings.MemoryThreshold, settings.TemperatureThreshold, settings.OnBattery,
            TimeSpan.FromMinutes(settings.IdleThresholdMinutes), TimeSpan.FromMinutes(settings.CooldownMinutes)) { Unattended = settings.Unattended });
        if (settings.Brain == "openai")
            services.AddSingleton<IOwnWork>(new LocalModelServer(settings.Models.Endpoint));
        services.TryAddSingleton<ILoadSensor>(provider => new MachineLoad(provider.GetRequiredService<TimeProvider>(), provider.GetServices<IOwnWork>()));
        services.TryAddSingleton(provider => new HostActivity(provider.GetRequiredService<TimeProvider>(), startCounts: !settings.Unattended));
        services.TryAddSingleton(provider =>
        {
            var sources = new ActivitySources();
            foreach (var source in ActivitySources.OfThisSystem(provider.GetRequiredService<TimeProvider>(), settings.HostEndpoint, attended: !settings.Unattended)) sources.Add(source);
            foreach (var source in provider.GetServices<IActivitySource>()) sources.Add(source);
            sources.Add(provider.GetRequiredService<HostActivity>());
            return sources;
        });
    }

    /// <summary>Everything that a wake-up ends, at the same time.</summary>
    private sealed class JoinedKeepers(IReadOnlyList<ISandboxKeeper> keepers) : ISandboxKeeper
    {
        public void BeginSession(string session)
        {
            foreach (var keeper in keepers)
                keeper.BeginSession(session);
        }

        public Task LetGoAsync() => Task.WhenAll(keepers.Select(keeper => keeper.LetGoAsync()));

        public Task EndSessionAsync() => Task.WhenAll(keepers.Select(keeper => keeper.EndSessionAsync()));

        // Each may block its caller, and none shall wait for another: all but the last get threads of their own.
        public async Task<int> EndAllAsync(CancellationToken cancellation)
        {
            var others = keepers.SkipLast(1).Select(keeper => OnItsOwn(() => keeper.EndAllAsync(cancellation))).ToList();
            var counts = await Task.WhenAll([keepers[^1].EndAllAsync(cancellation), .. others]);
            return counts.Sum();
        }

        private static Task<int> OnItsOwn(Func<Task<int>> ending) =>
            Task.Factory.StartNew(ending, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }
}

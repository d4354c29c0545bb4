using DreamerActors.Adapters.Brains;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Hosting.Clustering;

namespace DreamerActors.Hosting.Settings;

/// <summary>Every setting of the dreamer, validated. Keys, defaults and ranges stand in README.md.</summary>
public sealed record DreamerSettings
{
    /// <summary><c>ENABLE_DREAMING</c>: may dreaming start by itself.</summary>
    public bool EnableDreaming { get; init; }

    /// <summary><c>DREAMING_IDLE_THRESHOLD_MINUTES</c>, 1 … 1440.</summary>
    public int IdleThresholdMinutes { get; init; } = 30;

    /// <summary><c>DREAMING_NIGHT_HOURS</c>, <c>start-end</c>, hours 0 … 23; may wrap midnight.</summary>
    public NightHours NightHours { get; init; } = new(2, 6);

    /// <summary><c>DREAMING_IDLE_DAILY_SCENARIOS</c>, 0 … 10 000.</summary>
    public int IdleDailyScenarios { get; init; } = 30;

    /// <summary><c>DREAMING_MAX_SCENARIOS</c>, 1 … 10 000.</summary>
    public int MaxScenarios { get; init; } = 10;

    /// <summary><c>DREAMING_CPU_THRESHOLD</c>, 0 … 1 (exclusive of 0).</summary>
    public double CpuThreshold { get; init; } = 0.7;

    /// <summary><c>DREAMING_MEMORY_THRESHOLD</c>, 0 … 1 (exclusive of 0).</summary>
    public double MemoryThreshold { get; init; } = 0.8;

    /// <summary><c>DREAMING_TEMPERATURE_THRESHOLD</c>, 30 … 120 °C.</summary>
    public int TemperatureThreshold { get; init; } = 85;

    /// <summary><c>DREAMING_ON_BATTERY</c>: may it dream on battery.</summary>
    public bool OnBattery { get; init; }

    /// <summary><c>DREAMING_COOLDOWN_MINUTES</c>, 0 … 1440: nothing starts by itself so soon after a wake-up.</summary>
    public int CooldownMinutes { get; init; } = 10;

    /// <summary><c>DREAMING_UNATTENDED</c>: nobody sits at this machine, so nobody is looked for, and not knowing of a user is no obstacle.</summary>
    public bool Unattended { get; init; }

    /// <summary><c>DREAMING_HOST_ENDPOINT</c>: where the host's assistant answers; null when nothing is asked there.</summary>
    public Uri? HostEndpoint { get; init; }

    /// <summary><c>DREAMING_SAMPLE_SECONDS</c>, 1 … 60: how often the machine is looked at.</summary>
    public int SampleSeconds { get; init; } = 2;

    /// <summary><c>DREAMING_SCENARIO_COMPLEXITY</c>: <c>simple</c>, <c>medium</c>, <c>complex</c>, or null for <c>adaptive</c>.</summary>
    public Difficulty? ScenarioComplexity { get; init; } = Difficulty.Medium;

    /// <summary><c>DREAMING_VALIDATION_STRICT</c>.</summary>
    public bool ValidationStrict { get; init; } = true;

    /// <summary><c>DREAMING_GUARDIAN_MUTANT_THRESHOLD</c>, 0 … 1: share of mutants that tests must notice in strict mode.</summary>
    public double MutantThreshold { get; init; } = 0.5;

    /// <summary><c>DREAMING_GUARDIAN_RUNS</c>, 1 … 10: repeated runs in strict mode.</summary>
    public int DeterminismRuns { get; init; } = 3;

    /// <summary><c>DREAMING_SANDBOX_…</c>: the bounds of one run of untrusted code.</summary>
    public SandboxLimits Limits { get; init; } = SandboxLimits.Default;

    /// <summary><c>DREAMING_DECONTAMINATION</c>, absolute: benchmark files whose words must not come up in dreams.</summary>
    public IReadOnlyList<string> Decontamination { get; init; } = [];

    /// <summary><c>DREAMING_OUTPUT_DIR</c>, absolute.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary><c>DREAMING_DOCKER_NAMESPACE</c>: prefix of container names.</summary>
    public string DockerNamespace { get; init; } = "venom-dream-worker";

    /// <summary><c>DREAMING_PROCESS_PRIORITY</c>: nice value of workers, 0 … 19.</summary>
    public int ProcessPriority { get; init; } = 19;

    /// <summary><c>DREAMING_BRAIN</c>: <c>recall</c>, <c>openai</c> or <c>llamasharp</c>.</summary>
    public string Brain { get; init; } = "recall";

    /// <summary><c>DREAMING_LLM_…</c> and a model per role: for brains that ask language models.</summary>
    public LanguageModelOptions Models { get; init; } = new();

    /// <summary><c>DREAMING_MODEL_PATH</c>, absolute: the GGUF file of <c>llamasharp</c>; null when none is set.</summary>
    public string? ModelPath { get; init; }

    /// <summary><c>DREAMING_MODEL_CONTEXT</c>: tokens of question and answer together, 512 … 1 048 576.</summary>
    public int ModelContext { get; init; } = 8_192;

    /// <summary><c>DREAMER_LLAMA_WORKER</c>, absolute: the program that computes a model file; null for the one beside this program.</summary>
    public string? LlamaWorker { get; init; }

    /// <summary><c>DREAMING_REPAIR_ROUNDS</c>: how often a coder may repair a refused attempt, 0 … 3. A brain that remembers has nothing to repair.</summary>
    public int RepairRounds { get; init; } = 1;

    /// <summary><c>DREAMING_SANDBOX</c>: <c>auto</c>, <c>docker</c> or <c>bubblewrap</c>.</summary>
    public string Sandbox { get; init; } = "auto";

    /// <summary><c>DREAMING_SANDBOX_IMAGE</c>: what Docker's containers are made from.</summary>
    public string SandboxImage { get; init; } = "dreamer-sandbox:latest";

    /// <summary><c>DREAMING_SANDBOX_PYTHON</c>, absolute: the interpreter of the bubblewrap sandbox.</summary>
    public string SandboxPython { get; init; } = "/usr/bin/python3";

    /// <summary><c>DREAMING_LESSON_DELIVERY</c>: whether lessons go into the host's file; else a module inside the host fetches them.</summary>
    public bool WritesLessonsFile { get; init; } = true;

    /// <summary><c>DREAMING_MEMORY_ROOT</c>, absolute: the host's graph files (read) and lessons.json.</summary>
    public required string MemoryRoot { get; init; }

    /// <summary><c>DREAMER_DATA</c>, absolute: journal, read model, our own graph.</summary>
    public required string DataDirectory { get; init; }

    /// <summary><c>DREAMER_JOURNAL</c>: the connection string of a PostgreSQL database that holds the journal; null for SQLite in <see cref="DataDirectory"/>.</summary>
    public string? PostgresJournal { get; init; }

    /// <summary><c>DREAMER_HTTP</c>: where the host answers its API.</summary>
    public string HttpAddress { get; init; } = "http://127.0.0.1:8015";

    /// <summary><c>DREAMER_HTTP_RATE</c>: requests a second from one address, 1 … 100000; ten times as many at once.</summary>
    public int HttpRate { get; init; } = 100;

    /// <summary><c>DREAMER_MANAGEMENT</c>: where the host answers about its cluster; null for nowhere.</summary>
    public string? ManagementAddress { get; init; } = "http://127.0.0.1:8558";

    /// <summary><c>DREAMER_MANAGEMENT_WRITES</c>: whether the cluster may be changed there.</summary>
    public bool ManagementWrites { get; init; }

    /// <summary><c>DREAMER_CLUSTER</c>: where other machines of a cluster reach this one; null when it is alone.</summary>
    public ClusterPlace? ClusterPlace { get; init; }

    /// <summary><c>DREAMER_SEEDS</c>: whom to join.</summary>
    public IReadOnlyList<ClusterPlace> Seeds { get; init; } = [];

    /// <summary><c>DREAMER_CLUSTER_TLS</c>, absolute: where this machine's certificates are; null when none are set.</summary>
    public string? ClusterTls { get; init; }

    /// <summary><c>DREAMER_CLUSTER_TLS=off</c>: machines need no certificates, and that is meant.</summary>
    public bool ClusterTlsOff { get; init; }

    /// <summary><c>DREAMER_API_TOKEN</c>; null when none is set.</summary>
    public string? ApiToken { get; init; }

    /// <summary><c>DREAMING_CONCURRENCY</c>: scenarios at once, 1 … 64.</summary>
    public int Concurrency { get; init; } = Math.Max(1, Environment.ProcessorCount);
}

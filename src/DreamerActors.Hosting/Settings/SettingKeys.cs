using System.Globalization;
using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Hosting.Clustering;

namespace DreamerActors.Hosting.Settings;

/// <summary>One configuration key: what it is called, what it takes and what it sets.</summary>
/// <param name="Name">Its name in the environment, the env file and appsettings.json; case does not matter.</param>
/// <param name="Default">The default, as a user would write it.</param>
/// <param name="Accepts">The accepted values, in words.</param>
/// <param name="Meaning">What it changes, in one line.</param>
internal sealed record SettingKey(string Name, string Default, string Accepts, string Meaning)
{
    /// <summary>Sets the value, given as text with the directory that relative paths start from; null when it is not accepted.</summary>
    public required Func<DreamerSettings, string, string, DreamerSettings?> Apply { get; init; }

    /// <summary>The host's own key that counts when this one is not set, or null.</summary>
    public string? Fallback { get; init; }

    /// <summary>Whether no message may show its value.</summary>
    public bool IsSecret { get; init; }
}

/// <summary>Every configuration key. The reader, the help text and README's table are all held to this list.</summary>
internal static class SettingKeys
{
    private const string YesOrNo = "true, false, 1, 0, yes, no, on, off, t, f, y or n";

    /// <summary>All keys, in the order in which users read them.</summary>
    public static IReadOnlyList<SettingKey> All { get; } =
    [
        Bool("ENABLE_DREAMING", "false", "may dreaming start by itself; a `dream` that a person types always runs",
            (s, v) => s with { EnableDreaming = v }),
        Whole("DREAMING_IDLE_THRESHOLD_MINUTES", "30", 1, 1440, "minutes without the user before dreaming starts",
            (s, v) => s with { IdleThresholdMinutes = v }),
        Text("DREAMING_NIGHT_HOURS", "2-6", "start-end, two different hours from 0 to 23, e.g. 2-6 or 22-4", "the night; it may wrap midnight",
            (s, v) => NightHours.Parse(v) is { } night ? s with { NightHours = night } : null),
        Whole("DREAMING_IDLE_DAILY_SCENARIOS", "30", 0, 10_000, "scenarios that idle times may start within 24 hours, at most; 0 is none",
            (s, v) => s with { IdleDailyScenarios = v }),
        Whole("DREAMING_MAX_SCENARIOS", "10", 1, 10_000, "scenarios of one session, at most",
            (s, v) => s with { MaxScenarios = v }),
        Share("DREAMING_CPU_THRESHOLD", "0.7", "processor load of others above which the dreamer wakes",
            (s, v) => s with { CpuThreshold = v }),
        Share("DREAMING_MEMORY_THRESHOLD", "0.8", "memory in use above which the dreamer wakes",
            (s, v) => s with { MemoryThreshold = v }),
        Whole("DREAMING_TEMPERATURE_THRESHOLD", "85", 30, 120, "processor temperature in °C above which the dreamer wakes",
            (s, v) => s with { TemperatureThreshold = v }),
        Bool("DREAMING_ON_BATTERY", "false", "may it dream while a battery feeds the machine",
            (s, v) => s with { OnBattery = v }),
        Whole("DREAMING_COOLDOWN_MINUTES", "10", 0, 1440, "minutes after a wake-up in which nothing starts by itself",
            (s, v) => s with { CooldownMinutes = v }),
        Whole("DREAMING_SAMPLE_SECONDS", "2", 1, 60, "how often load and user are looked at; while it dreams, four times a second",
            (s, v) => s with { SampleSeconds = v }),
        Bool("DREAMING_UNATTENDED", "false", "nobody sits at this machine (a container, a server): its terminals and logins are not looked at; load, and what is told of a user, still stop it",
            (s, v) => s with { Unattended = v }),
        Text("DREAMING_HOST_ENDPOINT", "", "an http or https address, or nothing", "where the assistant answers, e.g. http://127.0.0.1:8000; while it works, its user is there",
            (s, v) => v.Length == 0 ? s with { HostEndpoint = null }
                : Uri.TryCreate(v.TrimEnd('/') + "/", UriKind.Absolute, out var at) && at.Scheme is "http" or "https" ? s with { HostEndpoint = at } : null),
        Text("DREAMING_SCENARIO_COMPLEXITY", "medium", "simple, medium, complex or adaptive", "how hard scenarios shall be; `adaptive` follows what succeeded, library by library",
            (s, v) => Complexity(v) is var (ok, wished) && ok ? s with { ScenarioComplexity = wished } : null),
        Bool("DREAMING_VALIDATION_STRICT", "true", "all stages of the guardian, or only parse, static rules and tests",
            (s, v) => s with { ValidationStrict = v }),
        Number("DREAMING_GUARDIAN_MUTANT_THRESHOLD", "0.5", 0, 1, "strict: share of small mutants of a solution that its tests must notice",
            (s, v) => s with { MutantThreshold = v }),
        Whole("DREAMING_GUARDIAN_RUNS", "3", 1, 10, "strict: repeated runs under other hash seeds, clocks and test orders",
            (s, v) => s with { DeterminismRuns = v }),
        Whole("DREAMING_SANDBOX_WALL_SECONDS", "10", 1, 30, "real time of one run of the tests; a strict judgement takes at most ten times that",
            (s, v) => s with { Limits = s.Limits with { Wall = TimeSpan.FromSeconds(v) } }),
        Whole("DREAMING_SANDBOX_CPU_SECONDS", "10", 1, 30, "processor time of one process in the sandbox",
            (s, v) => s with { Limits = s.Limits with { Cpu = TimeSpan.FromSeconds(v) } }),
        Whole("DREAMING_SANDBOX_MEMORY_MB", "512", 64, 65_536, "address space of one process in the sandbox",
            (s, v) => s with { Limits = s.Limits with { MemoryBytes = (long)v << 20 } }),
        Whole("DREAMING_SANDBOX_OUTPUT_KB", "64", 1, 16_384, "what one process in the sandbox may print",
            (s, v) => s with { Limits = s.Limits with { OutputBytes = v << 10 } }),
        new("DREAMING_DECONTAMINATION", "none", "none, or .jsonl and .txt files that exist, separated by `;`", "strict: benchmarks; a dream that shares 8 words in a row with one is refused")
        {
            Apply = (settings, text, from) => Is(text, "none") ? settings with { Decontamination = [] } : Files(text, from) is { } files ? settings with { Decontamination = files } : null,
        },
        Directory("DREAMING_OUTPUT_DIR", "./data/synthetic_training", null, "where kept dreams are written",
            (s, v) => s with { OutputDirectory = v }),
        Text("DREAMING_DOCKER_NAMESPACE", "venom-dream-worker", "1 to 48 lower-case letters, digits, `-`, `_` or `.`, a letter or digit first", "first part of container names",
            (s, v) => IsContainerName(v) ? s with { DockerNamespace = v } : null),
        Whole("DREAMING_PROCESS_PRIORITY", "19", 0, 19, "nice value of sandboxes (19 = gives way to everything)",
            (s, v) => s with { ProcessPriority = v }),
        Text("DREAMING_BRAIN", "recall", "recall, openai or llamasharp", "what weaves and codes: documented functions, language models of an OpenAI-compatible endpoint, or a model file",
            (s, v) => Is(v, "recall") || Is(v, "openai") || Is(v, "llamasharp") ? s with { Brain = v.ToLowerInvariant() } : null),
        .. LanguageModelKeys.All,
        Text("DREAMING_SANDBOX", "auto", "auto, docker or bubblewrap", "where untrusted code runs; auto: docker if its engine answers and has the image, else bubblewrap",
            (s, v) => Is(v, "auto") || Is(v, "docker") || Is(v, "bubblewrap") ? s with { Sandbox = v.ToLowerInvariant() } : null),
        Text("DREAMING_SANDBOX_IMAGE", "dreamer-sandbox:latest", "a Docker image, e.g. registry/name:tag", "what Docker's containers are made from; `deploy/sandbox/build` builds it",
            (s, v) => IsImage(v) ? s with { SandboxImage = v } : null),
        new("DREAMING_SANDBOX_PYTHON", "/usr/bin/python3", "the path of a Python 3 interpreter that everybody may read", "what runs untrusted code in bubblewrap; Docker takes its image's")
        {
            Apply = (settings, text, from) => text.Length > 0 && File.Exists(Path.Combine(from, text)) ? settings with { SandboxPython = Path.GetFullPath(text, from) } : null,
        },
        Whole("DREAMING_CONCURRENCY", "the number of processors", 1, 64, "scenarios dreamt at the same time",
            (s, v) => s with { Concurrency = v }),
        Directory("DREAMING_MEMORY_ROOT", "./data/memory", "MEMORY_ROOT", "the host's memory: its graphs are read there, lessons.json is kept there",
            (s, v) => s with { MemoryRoot = v }),
        Text("DREAMING_LESSON_DELIVERY", "file", "file or module", "how lessons reach the host: into its file, or fetched by the module of deploy/venom inside it",
            (s, v) => Is(v, "file") ? s with { WritesLessonsFile = true } : Is(v, "module") ? s with { WritesLessonsFile = false } : null),
        Directory("DREAMER_DATA", "./data/dreamer", null, "journal, read model and our own knowledge graph",
            (s, v) => s with { DataDirectory = v }),
        Text("DREAMER_JOURNAL", "sqlite", "sqlite, or a PostgreSQL connection string, e.g. Host=db;Database=dreamer;Username=dreamer;Password=…", "where the journal is: a file in `DREAMER_DATA`, or a PostgreSQL database, which several machines can share",
            (s, v) => Is(v, "sqlite") ? s with { PostgresJournal = null } : PostgresConnection.Complete(v) is { } connection ? s with { PostgresJournal = connection } : null) with { IsSecret = true },
        Text("DREAMER_HTTP", "http://127.0.0.1:8015", "http://ADDRESS:PORT, ADDRESS an IP address or localhost", "where `run` answers the API; an address that other machines can reach needs DREAMER_API_TOKEN",
            (s, v) => IsHttpAddress(v) ? s with { HttpAddress = v.TrimEnd('/') } : null),
        Whole("DREAMER_HTTP_RATE", "100", 1, 100_000, "requests a second that one address may make, and ten times as many at once; what stops the dreamer is always heard",
            (s, v) => s with { HttpRate = v }),
        Text("DREAMER_MANAGEMENT", "http://127.0.0.1:8558", "http://ADDRESS:PORT as above, or none", "where `run` answers about its cluster, as Akka.Management does; an address that other machines can reach needs DREAMER_API_TOKEN",
            (s, v) => Is(v, "none") ? s with { ManagementAddress = null } : IsHttpAddress(v) ? s with { ManagementAddress = v.TrimEnd('/') } : null),
        Bool("DREAMER_MANAGEMENT_WRITES", "false", "may machines be told there to join, to leave and to go down; else it only answers",
            (s, v) => s with { ManagementWrites = v }),
        Text("DREAMER_API_TOKEN", "", "16 to 256 visible ASCII characters, or nothing", "who asks the API must bring it; nothing: everybody on this machine may ask",
            (s, v) => v.Length == 0 ? s with { ApiToken = null } : IsToken(v) ? s with { ApiToken = v } : null) with { IsSecret = true },
        .. ClusterKeys.All,
    ];

    internal static SettingKey Text(string name, string normal, string accepts, string meaning, Func<DreamerSettings, string, DreamerSettings?> set) =>
        new(name, normal, accepts, meaning) { Apply = (settings, text, _) => set(settings, text) };

    private static SettingKey Bool(string name, string normal, string meaning, Func<DreamerSettings, bool, DreamerSettings> set) =>
        Text(name, normal, YesOrNo, meaning, (settings, text) => text.ToLowerInvariant() switch
        {
            "true" or "1" or "yes" or "on" or "t" or "y" => set(settings, true),
            "false" or "0" or "no" or "off" or "f" or "n" => set(settings, false),
            _ => null,
        });

    internal static SettingKey Whole(string name, string normal, int low, int high, string meaning, Func<DreamerSettings, int, DreamerSettings> set) =>
        Text(name, normal, string.Create(CultureInfo.InvariantCulture, $"a whole number from {low} to {high}"), meaning, (settings, text) =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high ? set(settings, value) : null);

    private static SettingKey Share(string name, string normal, string meaning, Func<DreamerSettings, double, DreamerSettings> set) =>
        Text(name, normal, "a number above 0 and up to 1", meaning, (settings, text) =>
            double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value is > 0 and <= 1
                ? set(settings, value)
                : null);

    private static SettingKey Number(string name, string normal, double low, double high, string meaning, Func<DreamerSettings, double, DreamerSettings> set) =>
        Text(name, normal, string.Create(CultureInfo.InvariantCulture, $"a number from {low} to {high}"), meaning, (settings, text) =>
            double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high
                ? set(settings, value)
                : null);

    private static SettingKey Directory(string name, string normal, string? fallback, string meaning, Func<DreamerSettings, string, DreamerSettings> set) =>
        new(name, normal, "the path of a directory; a relative one starts at the working directory", meaning)
        {
            Fallback = fallback,
            Apply = (settings, text, from) =>
                text.Length == 0 || text.Contains('\0', StringComparison.Ordinal) || File.Exists(Path.Combine(from, text)) ? null : set(settings, Path.GetFullPath(text, from)),
        };

    private static List<string>? Files(string text, string from)
    {
        var files = text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(file => Path.Combine(from, file)).ToList();
        return files.Count > 0 && files.All(file => Path.GetExtension(file) is ".jsonl" or ".txt" && File.Exists(file)) ? files : null;
    }

    internal static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static bool IsHttpAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttp && address.PathAndQuery == "/"
        && address.Fragment.Length == 0 && address.UserInfo.Length == 0 && (address.Host == "localhost" || address.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6);

    private static bool IsToken(string text) => text.Length is >= 16 and <= 256 && text.All(c => c is > ' ' and <= '~');

    private static bool IsContainerName(string text) =>
        text.Length is > 0 and <= 48 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.');

    private static bool IsImage(string text) =>
        text.Length is > 0 and <= 255 && char.IsAsciiLetterOrDigit(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or '@');

    private static (bool Known, Difficulty? Wished) Complexity(string text) => text.ToLowerInvariant() switch
    {
        "simple" => (true, Difficulty.Simple),
        "medium" => (true, Difficulty.Medium),
        "complex" => (true, Difficulty.Complex),
        "adaptive" => (true, null),
        _ => (false, null),
    };
}

using DreamerActors.Domain.Scenarios;
using DreamerActors.Hosting.Settings;
using Microsoft.Extensions.Configuration;

namespace DreamerActors.Hosting.Tests.Settings;

public sealed class SettingsTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("dreamer-settings-");

    public void Dispose() => _home.Delete(recursive: true);

    private DreamerSettings Read(params (string Key, string Value)[] values) => SettingsReader.Read(Configuration(values), _home.FullName);

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] values) =>
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(v => KeyValuePair.Create(v.Key, (string?)v.Value))).Build();

    [Fact]
    public void Without_configuration_the_defaults_of_the_table_count()
    {
        var settings = Read();
        var spelledOut = Read([.. SettingKeys.All.Where(k => k.Name != "DREAMING_CONCURRENCY").Select(k => (k.Name, k.Default))]);
        Assert.Equal(settings, spelledOut);
        Assert.Equal(Path.Combine(_home.FullName, "data/synthetic_training"), settings.OutputDirectory);
        Assert.Equal(Path.Combine(_home.FullName, "data/memory"), settings.MemoryRoot);
        Assert.Equal(Path.Combine(_home.FullName, "data/dreamer"), settings.DataDirectory);
    }

    [Fact]
    public void A_journal_is_a_file_or_a_connection_whose_password_no_message_shows()
    {
        Assert.Contains("Password=p", Read(("DREAMER_JOURNAL", "Host=db;Database=dreams;Username=u;Password=p")).PostgresJournal, StringComparison.Ordinal);
        foreach (var wrong in new[] { "Host=db;Password=hidden", "postgres://u:hidden@db/dreams", "Host=db;Database=dreams;Hidden=hidden" })
        {
            var refused = Assert.Throws<SettingsException>(() => Read(("DREAMER_JOURNAL", wrong)));
            Assert.StartsWith("DREAMER_JOURNAL=*** is not accepted: sqlite, or a PostgreSQL connection string", Assert.Single(refused.Problems), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("127.0.0.1:4053", "", "DREAMER_JOURNAL")]
    [InlineData("node-a:4053", "Host=db;Database=d", "DREAMER_CLUSTER_TLS")]
    [InlineData("192.168.1.7:4053", "Host=db;Database=d", "DREAMER_CLUSTER_TLS")]
    [InlineData("", "Host=db;Database=d", "DREAMER_SEEDS")]
    public void A_cluster_needs_a_shared_journal_and_beyond_loopback_certificates_or_a_word_that_none_are_wanted(string place, string journal, string named)
    {
        (string, string)[] values = [("DREAMER_CLUSTER", place), ("DREAMER_SEEDS", "node-a:4053"), ("DREAMER_JOURNAL", journal.Length == 0 ? "sqlite" : journal)];
        Assert.Contains(named, Assert.Single(Assert.Throws<SettingsException>(() => Read(values)).Problems), StringComparison.Ordinal);
        if (named == "DREAMER_CLUSTER_TLS")
            Assert.True(Read([.. values, ("DREAMER_CLUSTER_TLS", "off")]).ClusterTlsOff);
    }

    [Theory]
    [InlineData("ENABLE_DREAMING", "maybe", "true, false")]
    [InlineData("DREAMING_IDLE_THRESHOLD_MINUTES", "0", "1 to 1440")]
    [InlineData("DREAMING_IDLE_THRESHOLD_MINUTES", "", "1 to 1440")]
    [InlineData("DREAMING_NIGHT_HOURS", "2-24", "0 to 23")]
    [InlineData("DREAMING_NIGHT_HOURS", "3-3", "two different hours")]
    [InlineData("DREAMING_NIGHT_HOURS", "night", "0 to 23")]
    [InlineData("DREAMING_IDLE_DAILY_SCENARIOS", "-1", "0 to 10000")]
    [InlineData("DREAMING_MAX_SCENARIOS", "-5", "1 to 10000")]
    [InlineData("DREAMING_MAX_SCENARIOS", "5.5", "1 to 10000")]
    [InlineData("DREAMING_CPU_THRESHOLD", "70", "above 0 and up to 1")]
    [InlineData("DREAMING_CPU_THRESHOLD", "NaN", "above 0 and up to 1")]
    [InlineData("DREAMING_MEMORY_THRESHOLD", "0,8", "above 0 and up to 1")]
    [InlineData("DREAMING_SCENARIO_COMPLEXITY", "hard", "simple, medium, complex or adaptive")]
    [InlineData("DREAMING_VALIDATION_STRICT", "2", "true, false")]
    [InlineData("DREAMING_GUARDIAN_MUTANT_THRESHOLD", "1.1", "from 0 to 1")]
    [InlineData("DREAMING_GUARDIAN_RUNS", "0", "1 to 10")]
    [InlineData("DREAMING_SANDBOX_WALL_SECONDS", "31", "1 to 30")]
    [InlineData("DREAMING_SANDBOX_CPU_SECONDS", "0", "1 to 30")]
    [InlineData("DREAMING_SANDBOX_MEMORY_MB", "63", "64 to 65536")]
    [InlineData("DREAMING_SANDBOX_OUTPUT_KB", "1 MB", "1 to 16384")]
    [InlineData("DREAMER_HTTP_RATE", "0", "1 to 100000")]
    [InlineData("DREAMING_OUTPUT_DIR", "", "path of a directory")]
    [InlineData("DREAMING_DOCKER_NAMESPACE", "../x", "lower-case letters")]
    [InlineData("DREAMING_PROCESS_PRIORITY", "20", "0 to 19")]
    [InlineData("DREAMING_BRAIN", "gpt", "recall")]
    [InlineData("DREAMING_LLM_ENDPOINT", "localhost:8080", "http or https")]
    [InlineData("DREAMING_LLM_ENDPOINT", "http://me:secret@host/v1", "without user name")]
    [InlineData("DREAMING_LLM_LANGUAGE", "de", "en or pl")]
    [InlineData("DREAMING_LLM_CONCURRENCY", "0", "1 to 64")]
    [InlineData("DREAMING_LLM_MAX_TOKENS", "10", "256 to 131072")]
    [InlineData("DREAMING_LLM_SILENCE_SECONDS", "0", "1 to 540")]
    [InlineData("DREAMING_REPAIR_ROUNDS", "4", "0 to 3")]
    [InlineData("DREAMER_MANAGEMENT", "https://127.0.0.1:8558", "http://ADDRESS:PORT")]
    [InlineData("DREAMER_CLUSTER", "node-a", "HOST:PORT")]
    [InlineData("DREAMER_SEEDS", "node-a:4053,node-b:0", "HOST:PORT")]
    [InlineData("DREAMER_CLUSTER_TLS", "nowhere", "ca.pem")]
    [InlineData("DREAMING_MODEL_PATH", "/nowhere/model.gguf", "readable GGUF file")]
    [InlineData("DREAMING_MODEL_PATH", "/bin/sh", "readable GGUF file")]
    [InlineData("DREAMING_MODEL_CONTEXT", "100", "512 to 1048576")]
    [InlineData("DREAMING_SANDBOX", "none", "auto, docker or bubblewrap")]
    [InlineData("DREAMING_SANDBOX_IMAGE", "-rm", "a Docker image")]
    [InlineData("DREAMING_CONCURRENCY", "65", "1 to 64")]
    public void A_wrong_value_is_refused_with_its_key_value_and_accepted_range(string key, string value, string range)
    {
        var refused = Assert.Throws<SettingsException>(() => Read((key, value)));
        var problem = Assert.Single(refused.Problems);
        Assert.StartsWith($"{key}={(value.Length == 0 ? "(empty)" : value)} ", problem, StringComparison.Ordinal);
        Assert.Contains(range, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void All_wrong_keys_are_named_at_once_on_one_line_each()
    {
        var refused = Assert.Throws<SettingsException>(() => Read(("DREAMING_MAX_SCENARIOS", "a\nb\u001b[31m"), ("DREAMING_BRAIN", new string('x', 5000))));
        Assert.Equal(2, refused.Problems.Count);
        Assert.All(refused.Problems, problem => Assert.True(problem.Length < 250 && !problem.Any(char.IsControl)));
    }

    [Theory]
    [InlineData("true"), InlineData("T"), InlineData("1"), InlineData("YES"), InlineData("y"), InlineData("On")]
    public void Every_form_of_yes_is_understood(string value) => Assert.True(Read(("ENABLE_DREAMING", value)).EnableDreaming);

    [Theory]
    [InlineData("false"), InlineData("F"), InlineData("0"), InlineData("NO"), InlineData("n"), InlineData("oFF")]
    public void Every_form_of_no_is_understood(string value) => Assert.False(Read(("DREAMING_VALIDATION_STRICT", value)).ValidationStrict);

    [Fact]
    public void A_night_may_wrap_midnight_and_a_complexity_may_be_adaptive()
    {
        var settings = Read(("dreaming_night_hours", "22-4"), ("DREAMING_SCENARIO_COMPLEXITY", "Adaptive"));
        Assert.Equal("22-4", settings.NightHours.ToString());
        Assert.Null(settings.ScenarioComplexity);
        Assert.Equal(Difficulty.Complex, Read(("DREAMING_SCENARIO_COMPLEXITY", "complex")).ScenarioComplexity);
    }

    [Fact]
    public void The_hosts_memory_root_counts_unless_our_own_is_set()
    {
        Assert.Equal("/venom", Read(("MEMORY_ROOT", "/venom")).MemoryRoot);
        Assert.Equal("/ours", Read(("MEMORY_ROOT", "/venom"), ("DREAMING_MEMORY_ROOT", "/ours")).MemoryRoot);
        Assert.Contains("MEMORY_ROOT=", Assert.Throws<SettingsException>(() => Read(("MEMORY_ROOT", " "))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hosts_language_model_counts_unless_our_own_is_set()
    {
        var host = new[] { ("LLM_LOCAL_ENDPOINT", "http://127.0.0.1:1/v1"), ("LLM_LOCAL_API_KEY", "key"), ("LLM_MODEL_NAME", "theirs") };
        var models = Read([.. host, ("DREAMING_BRAIN", "OpenAI")]).Models;
        Assert.Equal(("http://127.0.0.1:1/v1", "key", "theirs"), (models.Endpoint.ToString(), models.ApiKey.Reveal(), models.Model));
        Assert.Equal(("ours", "w"), (Read([.. host, ("DREAMING_LLM_MODEL", "ours"), ("DREAMING_WEAVER_MODEL", "w")]).Models is var own ? (own.Model, own.WeaverModel) : default));
    }

    [Fact]
    public void A_brain_that_asks_a_model_needs_one_and_a_key_is_never_shown()
    {
        Assert.Contains("DREAMING_LLM_MODEL=", Assert.Throws<SettingsException>(() => Read(("DREAMING_BRAIN", "openai"))).Message, StringComparison.Ordinal);
        Assert.Contains("DREAMING_MODEL_PATH=", Assert.Throws<SettingsException>(() => Read(("DREAMING_BRAIN", "llamasharp"))).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", Assert.Throws<SettingsException>(() => Read(("DREAMING_LLM_API_KEY", "hidden key"))).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", Read(("DREAMING_LLM_API_KEY", "hidden")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_key_brings_a_warning_that_names_the_nearest_known_one()
    {
        var warning = Assert.Single(SettingsReader.Warnings(Configuration(("DREAMING_MAX_SCENARIO", "3"), ("PATH", "/bin"), ("DREAMER_DATA", "x"))));
        Assert.Contains("DREAMING_MAX_SCENARIO ", warning, StringComparison.Ordinal);
        Assert.Contains("DREAMING_MAX_SCENARIOS", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void An_env_file_may_use_export_quotes_and_comments_and_any_case()
    {
        var values = EnvFile.Parse("""
            # a comment
            export DREAMING_MAX_SCENARIOS=7   # seven
            dreaming_brain = 'recall'
            DREAMING_OUTPUT_DIR="out # not a comment"  # a comment
            LINES="one
            two"
            EMPTY=
            ONLY_COMMENT= # nothing
            HASH=a#b
            not an assignment
            DREAMING_CPU_THRESHOLD=0.1
            DREAMING_CPU_THRESHOLD=0.2
            """);
        Assert.Equal("7", values["dreaming_max_scenarios"]);
        Assert.Equal("recall", values["DREAMING_BRAIN"]);
        Assert.Equal("out # not a comment", values["DREAMING_OUTPUT_DIR"]);
        Assert.Equal("one\ntwo", values["LINES"]);
        Assert.Equal("", values["EMPTY"]);
        Assert.Equal("", values["ONLY_COMMENT"]);
        Assert.Equal("a#b", values["HASH"]);
        Assert.Equal("0.2", values["DREAMING_CPU_THRESHOLD"]);
        Assert.Equal(8, values.Count);
    }

    [Fact]
    public void An_env_file_in_the_working_directory_is_read_and_a_later_source_wins()
    {
        File.WriteAllText(Path.Combine(_home.FullName, ".env"), "DREAMING_MAX_SCENARIOS=7\nDREAMING_CONCURRENCY=3\n");
        var configuration = new ConfigurationBuilder()
            .AddDreamerEnvFile(_home.FullName)
            .AddInMemoryCollection([KeyValuePair.Create<string, string?>("DREAMING_MAX_SCENARIOS", "9")])
            .Build();
        var settings = SettingsReader.Read(configuration, _home.FullName);
        Assert.Equal((9, 3), (settings.MaxScenarios, settings.Concurrency));
    }
}

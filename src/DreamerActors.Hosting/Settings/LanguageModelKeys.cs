using DreamerActors.Adapters.Brains;
using DreamerActors.Domain.Brains;

namespace DreamerActors.Hosting.Settings;

/// <summary>The keys of the brains that ask language models. Where the host has a key for the same thing, that one counts when ours is not set.</summary>
internal static class LanguageModelKeys
{
    private const string ModelName = "a model's name of at most 200 characters";

    /// <summary>All of them, in the order in which users read them.</summary>
    public static IReadOnlyList<SettingKey> All { get; } =
    [
        SettingKeys.Text("DREAMING_LLM_ENDPOINT", "http://localhost:11434/v1", "an http or https address without user name, query or fragment", "the OpenAI-compatible endpoint",
            (s, v) => v.Length == 0 ? s : Address(v) is { } endpoint ? Set(s, m => m with { Endpoint = endpoint }) : null) with { Fallback = "LLM_LOCAL_ENDPOINT" },
        SettingKeys.Text("DREAMING_LLM_API_KEY", "", "printable ASCII characters without spaces, at most 1000", "its key, if it wants one; never logged or shown",
            (s, v) => v.Length <= 1000 && v.All(c => c is > ' ' and < (char)127) ? Set(s, m => m with { ApiKey = new Secret(v) }) : null)
            with { Fallback = "LLM_LOCAL_API_KEY", IsSecret = true },
        SettingKeys.Text("DREAMING_LLM_MODEL", "", ModelName, "the model of every role without one of its own",
            (s, v) => IsName(v) ? Set(s, m => m with { Model = v }) : null) with { Fallback = "LLM_MODEL_NAME" },
        SettingKeys.Text("DREAMING_WEAVER_MODEL", "", ModelName, "the model that weaves scenarios, if not `DREAMING_LLM_MODEL`",
            (s, v) => IsName(v) ? Set(s, m => m with { WeaverModel = v.Length == 0 ? null : v }) : null),
        SettingKeys.Text("DREAMING_CODER_MODEL", "", ModelName, "the model that writes solutions, if not `DREAMING_LLM_MODEL`",
            (s, v) => IsName(v) ? Set(s, m => m with { CoderModel = v.Length == 0 ? null : v }) : null),
        SettingKeys.Text("DREAMING_GUARDIAN_MODEL", "", ModelName, "the model that reviews what was proven, if not `DREAMING_LLM_MODEL`; better not the one that wrote it",
            (s, v) => IsName(v) ? Set(s, m => m with { JudgeModel = v.Length == 0 ? null : v }) : null),
        FilePath("DREAMING_MODEL_PATH", "the path of a readable GGUF file", "the model file of `llamasharp`", IsModel, (s, v) => s with { ModelPath = v }),
        SettingKeys.Whole("DREAMING_MODEL_CONTEXT", "8192", 512, 1_048_576, "its context: tokens of question and answer together",
            (s, v) => s with { ModelContext = v }),
        FilePath("DREAMER_LLAMA_WORKER", "the path of dreamer-llama.dll", "the program that computes it; `./dreamer` builds and finds it by itself", _ => true, (s, v) => s with { LlamaWorker = v }),
        SettingKeys.Text("DREAMING_LLM_LANGUAGE", "en", "en or pl", "the language in which models are spoken to",
            (s, v) => SettingKeys.Is(v, "en") ? Set(s, m => m with { Language = PromptLanguage.English })
                : SettingKeys.Is(v, "pl") ? Set(s, m => m with { Language = PromptLanguage.Polish }) : null),
        SettingKeys.Whole("DREAMING_LLM_CONCURRENCY", "2", 1, 64, "requests to the endpoint at the same time",
            (s, v) => Set(s, m => m with { Concurrency = v })),
        SettingKeys.Whole("DREAMING_LLM_MAX_TOKENS", "4096", 256, 131_072, "tokens of one answer at most, thinking included",
            (s, v) => Set(s, m => m with { MostTokens = v })),
        SettingKeys.Whole("DREAMING_LLM_SILENCE_SECONDS", "120", 1, 540, "how long an endpoint may be silent, before an answer and inside it",
            (s, v) => Set(s, m => m with { Silence = TimeSpan.FromSeconds(v) })),
        SettingKeys.Whole("DREAMING_LLM_TIMEOUT_SECONDS", "300", 1, 540, "how long one whole answer may take",
            (s, v) => Set(s, m => m with { Whole = TimeSpan.FromSeconds(v) })),
        SettingKeys.Whole("DREAMING_REPAIR_ROUNDS", "1", 0, 3, "how often a model may repair a refused solution; it is told why, never shown the tests",
            (s, v) => s with { RepairRounds = v }),
    ];

    /// <summary>What the settings lack together; empty when nothing.</summary>
    public static IEnumerable<string> Missing(DreamerSettings settings)
    {
        var models = settings.Models;
        if (settings.Brain == "openai" && models.Model.Length == 0 && (models.WeaverModel is null || models.CoderModel is null || models.JudgeModel is null))
            yield return $"DREAMING_LLM_MODEL=(empty) is not accepted: a model's name, because DREAMING_BRAIN=openai needs one";
        if (settings is { Brain: "llamasharp", ModelPath: null })
            yield return "DREAMING_MODEL_PATH=(empty) is not accepted: the path of a readable GGUF file, because DREAMING_BRAIN=llamasharp needs one";
    }

    private static SettingKey FilePath(string name, string accepts, string meaning, Func<string, bool> isGood, Func<DreamerSettings, string, DreamerSettings> set) =>
        new(name, "", accepts, meaning)
        {
            Apply = (settings, text, from) => text.Length == 0 ? settings
                : !text.Contains('\0', StringComparison.Ordinal) && Path.GetFullPath(text, from) is var path && isGood(path) ? set(settings, path) : null,
        };

    /// <summary>A file that can be read and begins like a GGUF file.</summary>
    private static bool IsModel(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> head = stackalloc byte[4];
            return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head.SequenceEqual("GGUF"u8);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static DreamerSettings Set(DreamerSettings settings, Func<LanguageModelOptions, LanguageModelOptions> change) => settings with { Models = change(settings.Models) };

    private static bool IsName(string text) => text.Length <= 200 && !text.Any(char.IsControl);

    private static Uri? Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            && address.UserInfo.Length == 0 && address.Query.Length == 0 && address.Fragment.Length == 0 ? address : null;
}

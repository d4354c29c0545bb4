using DreamerActors.Domain.Brains;

namespace DreamerActors.Adapters.Brains;

/// <summary>A value that no log, message or record may show.</summary>
public readonly record struct Secret
{
    private readonly string? _value;

    /// <param name="value">The value; empty when there is none.</param>
    public Secret(string value) => _value = value.Length == 0 ? null : value;

    /// <summary>The value itself, for the one who sends it.</summary>
    public string Reveal() => _value ?? "";

    /// <summary>The text with the value blacked out, whoever put it there.</summary>
    public string Hide(string text) => _value is null ? text : text.Replace(_value, "***", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => "***";
}

/// <summary>Where the models are and how long they may take.</summary>
public sealed record LanguageModelOptions
{
    /// <summary>The OpenAI-compatible endpoint, e.g. <c>http://127.0.0.1:8080/v1</c>.</summary>
    public Uri Endpoint { get; init; } = new("http://localhost:11434/v1");

    /// <summary>Its key; empty when it wants none.</summary>
    public Secret ApiKey { get; init; }

    /// <summary>The model of every role that has none of its own.</summary>
    public string Model { get; init; } = "";

    /// <summary>The model that weaves; null for <see cref="Model"/>.</summary>
    public string? WeaverModel { get; init; }

    /// <summary>The model that codes; null for <see cref="Model"/>.</summary>
    public string? CoderModel { get; init; }

    /// <summary>The model that reviews; null for <see cref="Model"/>. One that did not write what it reviews is advised.</summary>
    public string? JudgeModel { get; init; }

    /// <summary>The language in which models are spoken to.</summary>
    public PromptLanguage Language { get; init; } = PromptLanguage.English;

    /// <summary>Requests at once, 1 … 64.</summary>
    public int Concurrency { get; init; } = 2;

    /// <summary>The longest silence: before the first token, and between two.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The longest time that one answer may take.</summary>
    public TimeSpan Whole { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Tokens of one answer at most, thinking included.</summary>
    public int MostTokens { get; init; } = 4_096;

    /// <summary>Characters of one answer at most; what comes after them is not read.</summary>
    public int LongestReply { get; init; } = 256 * 1024;

    /// <summary>Bytes of one HTTP response at most.</summary>
    public long LargestResponse { get; init; } = 32 << 20;

    /// <summary>How often a request is repeated after a failure that may pass.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>The pause before the first repetition; later ones are longer, and all of them vary.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(1);
}

using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace DreamerActors.LlamaWorker;

/// <summary>How the worker is.</summary>
internal sealed record Health(string Status);

/// <summary>A message of the conversation; its content is a text, or parts of which only texts count.</summary>
internal sealed partial record ChatMessage(string Role, JsonElement? Content)
{
    /// <summary>The text, without the model's control tokens: whoever is quoted in a question shall not end its turn.</summary>
    public string Text() => ControlToken().Replace(Whole(), "<| $1|>");

    [GeneratedRegex(@"<\|(\w+)\|>")]
    private static partial Regex ControlToken();

    private string Whole() => Content switch
    {
        { ValueKind: JsonValueKind.String } text => text.GetString() ?? "",
        { ValueKind: JsonValueKind.Array } parts => string.Concat(parts.EnumerateArray()
            .Where(part => part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
            .Select(part => part.GetProperty("text").GetString())),
        _ => "",
    };
}

/// <summary>What is asked of <c>/v1/chat/completions</c>; what we do not know is ignored.</summary>
internal sealed record ChatRequest(
    IReadOnlyList<ChatMessage> Messages, string? Model = null, bool Stream = false, float? Temperature = null, float? TopP = null, uint? Seed = null,
    int? MaxTokens = null, int? MaxCompletionTokens = null, ResponseFormat? ResponseFormat = null)
{
    private const int DefaultTokens = 1_024;

    public int Tokens => Math.Max(1, MaxCompletionTokens ?? MaxTokens ?? DefaultTokens);

    /// <summary>Whether the answer has to be a JSON object.</summary>
    public bool WantsJson => ResponseFormat?.Type is "json_schema" or "json_object";
}

internal sealed record ResponseFormat(string Type);

internal sealed record ErrorBody(ErrorDetail Error);

internal sealed record ErrorDetail(string Message, string Type, string? Code = null);

internal sealed record Usage(int PromptTokens, int CompletionTokens, int TotalTokens);

internal sealed record Delta(string? Role = null, string? Content = null);

internal sealed record Choice(int Index, Delta? Delta, Delta? Message, string? FinishReason);

/// <summary>A whole completion or a chunk of one.</summary>
internal sealed record Completion(string Id, string Object, long Created, string Model, IReadOnlyList<Choice> Choices, Usage? Usage = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(ChatRequest))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(Completion))]
internal sealed partial class WorkerJson : JsonSerializerContext;

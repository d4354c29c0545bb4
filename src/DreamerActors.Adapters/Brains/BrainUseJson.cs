using System.Text.Json.Nodes;
using DreamerActors.Domain.Brains;

namespace DreamerActors.Adapters.Brains;

/// <summary>What language models cost, as files and reports show it.</summary>
public static class BrainUseJson
{
    /// <summary>One object per role and model.</summary>
    public static JsonArray Write(IEnumerable<BrainUse> uses) => new([.. uses.Select(use => (JsonNode)new JsonObject
    {
        ["role"] = use.Role,
        ["model"] = use.Model,
        ["requests"] = use.Requests,
        ["prompt_tokens"] = use.PromptTokens,
        ["completion_tokens"] = use.CompletionTokens,
    })]);
}

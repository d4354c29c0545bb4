using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Adapters.Brains;

/// <summary>The JSON schema of a weaver's answer, for endpoints that constrain what a model can say.</summary>
internal static class ScenarioSchema
{
    private const int LongestPlan = 3_000;

    /// <summary>The schema for one difficulty. The plan comes first: a model that may only write JSON thinks there.</summary>
    public static JsonElement For(Difficulty difficulty)
    {
        var properties = new JsonObject
        {
            ["plan"] = Text(LongestPlan),
            ["title"] = Text(ScenarioAnswer.LongestTitle),
            ["description"] = Text(ScenarioAnswer.LongestDescription),
            ["task_prompt"] = Text(ScenarioAnswer.LongestPrompt),
            ["test_cases"] = Texts(ScenarioAnswer.MostCases, ScenarioAnswer.LongestCase),
            ["test_code"] = Text(ScenarioAnswer.LongestTests),
            ["difficulty"] = new JsonObject { ["type"] = "string", ["enum"] = new JsonArray(difficulty.ToString().ToLowerInvariant()) },
            ["libraries"] = Texts(ScenarioAnswer.MostLibraries, 60),
        };
        return JsonSerializer.SerializeToElement(new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray([.. properties.Select(property => (JsonNode)JsonValue.Create(property.Key))]),
            ["additionalProperties"] = false,
            ["properties"] = properties,
        });
    }

    private static JsonObject Text(int longest) => new() { ["type"] = "string", ["maxLength"] = longest };

    private static JsonObject Texts(int most, int longest) => new() { ["type"] = "array", ["minItems"] = 1, ["maxItems"] = most, ["items"] = Text(longest) };
}

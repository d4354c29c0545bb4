using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Guarding;

/// <summary>The verdict as the JSON that <c>validate</c> prints and dream files carry (keys in snake case).</summary>
public static class VerdictJson
{
    /// <summary>The verdict as an object; <paramref name="id"/> is left out when null.</summary>
    public static JsonObject Write(Verdict verdict, string? id = null)
    {
        var json = new JsonObject();
        if (id is not null)
            json["id"] = id;
        json["verdict"] = verdict.Outcome.ToString().ToLowerInvariant();
        json["stage"] = verdict.Stage;
        json["kind"] = verdict.Kind?.Name();
        json["reasons"] = new JsonArray([.. verdict.Reasons.Select(reason => JsonValue.Create(reason))]);
        json["tests"] = new JsonObject { ["passed"] = verdict.Tests.Passed, ["failed"] = verdict.Tests.Failed };
        json["strict"] = verdict.Strict;
        json["evidence"] = JsonObject.Create(verdict.Evidence);
        json["duration_ms"] = (long)verdict.Duration.TotalMilliseconds;
        return json;
    }
}

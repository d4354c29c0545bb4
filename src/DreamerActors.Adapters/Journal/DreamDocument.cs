using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Brains;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Adapters.Journal;

/// <summary>A kept dream as its two files: derived from its event alone, byte for byte the same every time.</summary>
internal static class DreamDocument
{
    private const int MostReplays = 10;

    // The default encoder escapes everything beyond ASCII, as the host's known reader needs (it opens the file without naming an encoding).
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>The Python file: the host's four comment lines, then the code.</summary>
    public static string Python(DreamCompleted dream)
    {
        var scenario = dream.Scenario;
        return $"""
            # Dream: {Comment(scenario.Title)}
            # Description: {Comment(scenario.Description)}
            # Libraries: {Comment(string.Join(", ", scenario.Libraries))}
            # Difficulty: {scenario.Difficulty.ToString().ToLowerInvariant()}

            """.ReplaceLineEndings("\n") + "\n" + dream.Code.TrimEnd('\n') + "\n";
    }

    /// <summary>The JSON file: the seed's fields, then ours.</summary>
    public static string Json(DreamCompleted dream)
    {
        var scenario = dream.Scenario;
        var document = new JsonObject
        {
            ["dream_id"] = dream.Dream.Value,
            ["session_id"] = dream.Session.Value,
            ["scenario"] = new JsonObject
            {
                ["title"] = scenario.Title,
                ["description"] = scenario.Description,
                ["difficulty"] = scenario.Difficulty.ToString().ToLowerInvariant(),
                ["libraries"] = Texts(scenario.Libraries),
                ["test_cases"] = Texts(scenario.TestCases),
                ["task_prompt"] = scenario.TaskPrompt,
            },
            ["code_file"] = $"dream_{dream.Dream}.py",
            ["timestamp"] = dream.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["synthetic"] = true,
            ["test_code"] = scenario.TestCode,
            ["verdict"] = VerdictJson.Write(dream.Verdict),
            ["provenance"] = new JsonObject
            {
                ["entity_id"] = scenario.Provenance.EntityId,
                ["source"] = scenario.Provenance.Source,
                ["package"] = scenario.Provenance.Package,
                ["version"] = scenario.Provenance.Version,
                ["licence"] = scenario.Provenance.Licence,
            },
            ["brain"] = dream.Brain,
            ["approval"] = Name(Approval.Pending),
        };
        if (dream.Verdict.Certificate is { } certificate)
            document["certificate"] = CertificateJson.Write(certificate);
        if (dream.Effort is { } effort)
        {
            document["attempts"] = new JsonArray([.. effort.Earlier.Select(attempt => (JsonNode)new JsonObject
            {
                ["code"] = attempt.Code, ["verdict"] = VerdictJson.Write(attempt.Verdict),
            })]);
            document["use"] = BrainUseJson.Write(effort.Use);
        }

        return document.ToJsonString(Indented);
    }

    /// <summary>The same document after a remark.</summary>
    private static string With(string json, Remark remark)
    {
        var document = JsonNode.Parse(json)!.AsObject();
        document["approval"] = Name(remark.Approval);
        document.Remove("remark");
        if (remark is { Actor: { } actor, At: { } at })
            document["remark"] = new JsonObject { ["actor"] = actor, ["comment"] = remark.Comment, ["at"] = at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) };
        return document.ToJsonString(Indented);
    }

    /// <summary>How an event that comes after a dream was kept changes its document; null when it is about none.</summary>
    public static (DreamId Dream, Func<string, string> Change)? Follow(ISessionEvent happened) =>
        Remark.Of(happened) is var (remarked, remark) ? (remarked, json => With(json, remark))
        : happened is DreamReplayed replayed ? (replayed.Result.Dream, json => With(json, replayed))
        : null;

    /// <summary>The same document with what came of proving the dream again: of each place the last time, of all the newest few.</summary>
    private static string With(string json, DreamReplayed replayed)
    {
        var (document, result) = (JsonNode.Parse(json)!.AsObject(), replayed.Result);
        var earlier = (document["replays"] as JsonArray ?? []).Where(each => each!["image"]?.ToString() != result.Image).Select(each => each!.DeepClone());
        var entry = new JsonObject
        {
            ["at"] = replayed.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), ["proven"] = result.Proven, ["sandbox"] = result.Sandbox, ["image"] = result.Image,
            ["python"] = result.Python, ["stage"] = result.Stage, ["kind"] = result.Kind, ["reason"] = result.Reason,
        };
        document["replays"] = new JsonArray([.. earlier.Append(entry).TakeLast(MostReplays)]);
        return document.ToJsonString(Indented);
    }

    /// <summary>An approval as files spell it.</summary>
    public static string Name(Approval approval) => approval.ToString().ToLowerInvariant();

    /// <summary>
    /// One comment line: a line break or control character in a title must not end the comment and become code,
    /// nor may it declare the file's encoding (PEP 263), which would make other text of the rest.
    /// </summary>
    private static string Comment(string text)
    {
        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(500))
            line.Append(Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029 ? " " : rune.ToString());
        return line.ToString().TrimEnd().Replace("coding:", "coding :", StringComparison.Ordinal).Replace("coding=", "coding =", StringComparison.Ordinal);
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);
}

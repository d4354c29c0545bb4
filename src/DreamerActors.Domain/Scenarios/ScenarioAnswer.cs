using System.Text;
using System.Text.Json;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Knowledge;

namespace DreamerActors.Domain.Scenarios;

/// <summary>What a weaver's reply amounts to: a scenario, or everything that is wrong with it in words that the weaver understands.</summary>
/// <param name="Scenario">The scenario; null when there are errors.</param>
/// <param name="Errors">One sentence per wrong field.</param>
public sealed record ScenarioReading(Scenario? Scenario, IReadOnlyList<string> Errors);

/// <summary>Reads a weaver's reply field by field. A model's answer is hostile input: nothing is taken over that was not checked.</summary>
public static class ScenarioAnswer
{
    /// <summary>The fields of the answer, in order.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["title", "description", "task_prompt", "test_cases", "test_code", "difficulty", "libraries"];

    /// <summary>Bounds of the fields; the schema that constrains an endpoint carries the same ones.</summary>
    public const int LongestTitle = 200, LongestDescription = 4_000, LongestPrompt = 8_000, LongestCase = 500, MostCases = 20, LongestTests = 32_000, MostLibraries = 8;

    /// <summary>Reads a reply.</summary>
    /// <param name="reply">Everything the model said.</param>
    /// <param name="isTruncated">Whether it was cut off.</param>
    /// <param name="planned">What was asked for: its difficulty binds, whatever the model answers.</param>
    /// <param name="required">Libraries that the scenario has to be about.</param>
    public static ScenarioReading Read(string reply, bool isTruncated, PlannedScenario planned, IReadOnlyList<string> required)
    {
        if (JsonAnswer.Find(reply, Fields) is not { } json)
            return new ScenarioReading(null, [isTruncated ? "the answer was cut off before the JSON object ended; answer shorter" : "there is no complete JSON object in the answer"]);
        var fields = new FieldReader(json);
        var title = OneLine(fields.Text("title", 1, LongestTitle));
        var description = fields.Text("description", 1, LongestDescription);
        var task = fields.Text("task_prompt", 20, LongestPrompt);
        var cases = fields.Texts("test_cases", 1, MostCases, LongestCase);
        var tests = fields.Text("test_code", 20, LongestTests);
        var wanted = planned.Difficulty.ToString().ToLowerInvariant();
        if (!string.Equals(fields.Text("difficulty", 1, 20), wanted, StringComparison.OrdinalIgnoreCase))
            fields.Refuse("difficulty", $"must be \"{wanted}\"");
        var libraries = fields.Texts("libraries", 1, MostLibraries, 60).Distinct().ToList();
        if (libraries.FirstOrDefault(name => !IsModule(name)) is { } strange)
            fields.Refuse("libraries", $"\"{FieldReader.Shown(strange)}\" is not the name of a Python module");
        else if (libraries.Count > 0 && required.Except(libraries.Select(TopLevel), StringComparer.Ordinal).ToList() is { Count: > 0 } missing)
            fields.Refuse("libraries", $"\"{string.Join("\", \"", missing)}\" is missing; the task has to use it");
        return fields.Errors.Count > 0
            ? new ScenarioReading(null, fields.Errors)
            : new ScenarioReading(
                new Scenario(planned.Id, title, description, task, cases, PythonText(tests), planned.Difficulty, [.. libraries.Select(TopLevel).Distinct()], planned.Fragment.Provenance), []);
    }

    /// <summary>Test code that the model fenced although it stands in a JSON string.</summary>
    private static string PythonText(string tests) =>
        (tests.StartsWith("```", StringComparison.Ordinal) && Fences.Read(tests) is [var only] ? only.Body : tests).Trim('\n') + "\n";

    private static string TopLevel(string module) => module.Split('.')[0];

    private static bool IsModule(string name) =>
        name.Split('.').All(part => part.Length > 0 && (char.IsAsciiLetter(part[0]) || part[0] == '_') && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'));

    private static string OneLine(string text) =>
        string.Join(' ', new string([.. text.Select(c => char.IsControl(c) || char.IsWhiteSpace(c) ? ' ' : c)]).Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Reads fields of one object and collects what is wrong with them.</summary>
    private sealed class FieldReader(JsonElement json)
    {
        private readonly List<string> _errors = [];

        public IReadOnlyList<string> Errors => _errors;

        public void Refuse(string field, string why) => _errors.Add($"\"{field}\": {why}");

        public string Text(string field, int shortest, int longest)
        {
            if (Value(field, JsonValueKind.String, "a text") is not { } value)
                return "";
            var text = Read(value)?.Trim() ?? "";
            if (text.Length < shortest || text.Length > longest)
                Refuse(field, $"must have {shortest} to {longest} characters, it has {text.Length}");
            return text;
        }

        public IReadOnlyList<string> Texts(string field, int fewest, int most, int longest)
        {
            if (Value(field, JsonValueKind.Array, "a list of texts") is not { } value)
                return [];
            var texts = value.EnumerateArray().Take(most + 1).Select(item => item.ValueKind == JsonValueKind.String ? Read(item)?.Trim() : null).ToList();
            if (texts.Count < fewest || texts.Count > most)
                Refuse(field, $"must have {fewest} to {most} entries");
            else if (texts.Any(text => string.IsNullOrEmpty(text) || text.Length > longest))
                Refuse(field, $"every entry must be a text of 1 to {longest} characters");
            else
                return texts!;
            return [];
        }

        public static string Shown(string text) => text.Length > 40 ? text[..40] + "…" : text;

        private JsonElement? Value(string field, JsonValueKind kind, string named)
        {
            if (!json.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
                Refuse(field, "is missing");
            else if (value.ValueKind != kind)
                Refuse(field, $"must be {named}, not {Kind(value.ValueKind)}");
            else
                return value;
            return null;
        }

        /// <summary>The text without NUL; null when it holds half a character, which no file can carry.</summary>
        private static string? Read(JsonElement value)
        {
            try
            {
                return new StringBuilder(value.GetString()).Replace("\0", "").ToString();
            }
            catch (InvalidOperationException)
            {
                return null;
            }
        }

        private static string Kind(JsonValueKind kind) => kind switch
        {
            JsonValueKind.Array => "a list",
            JsonValueKind.Object => "an object",
            JsonValueKind.String => "a text",
            JsonValueKind.Number => "a number",
            _ => "true or false",
        };
    }
}

using System.Text;
using System.Text.Json;

namespace DreamerActors.Domain.Brains;

/// <summary>Finds the JSON object in a reply: bare, fenced in any way, nested, surrounded by prose, with raw line breaks in its strings.</summary>
public static class JsonAnswer
{
    private const int MostCandidates = 32;
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 32 };

    /// <summary>The last outermost object that parses and has one of these properties; null when there is none. Detached from its document.</summary>
    /// <param name="reply">The model's whole reply.</param>
    /// <param name="expected">Names of which at least one must be there: prose may hold other braces.</param>
    public static JsonElement? Find(string reply, IReadOnlyList<string> expected)
    {
        var text = ReplyText.WithoutThinking(reply);
        JsonElement? found = null;
        var tried = 0;
        for (var at = text.IndexOf('{', StringComparison.Ordinal); at >= 0 && tried < MostCandidates; at = at < text.Length ? text.IndexOf('{', at) : -1)
        {
            tried++;
            var length = Balanced(text, at, out var json);
            if (length > 0 && Parse(json, expected) is { } candidate)
            {
                found = candidate;
                at += length;
            }
            else
            {
                at++;
            }
        }

        return found;
    }

    private static JsonElement? Parse(string json, IReadOnlyList<string> expected)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Lenient);
            var root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object && expected.Any(name => root.TryGetProperty(name, out _)) ? root.Clone() : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null; // these braces were not JSON (or spell half a character); the caller looks at the next
        }
    }

    /// <summary>The text from one brace to its partner, control characters inside strings escaped as JSON wants them; 0 when it has no partner.</summary>
    private static int Balanced(string text, int start, out string json)
    {
        var built = new StringBuilder();
        int depth = 0;
        bool inString = false, escaped = false;
        for (var i = start; i < text.Length; i++)
        {
            var letter = text[i];
            if (inString && letter < ' ')
                built.Append(letter switch { '\n' => "\\n", '\t' => "\\t", '\r' => "", _ => " " });
            else
                built.Append(letter);
            if (inString)
            {
                inString = escaped || letter != '"';
                escaped = !escaped && letter == '\\';
                continue;
            }

            inString = letter == '"';
            depth += letter switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth > 0)
                continue;
            json = built.ToString();
            return i - start + 1;
        }

        json = "";
        return 0;
    }
}

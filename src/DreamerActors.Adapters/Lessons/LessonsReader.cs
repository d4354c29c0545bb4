using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Lessons;

namespace DreamerActors.Adapters.Lessons;

/// <summary>One lesson of the host's file.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Timestamp">Local time without offset, as the host writes it.</param>
/// <param name="Situation">What was to be done.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Document">The whole lesson.</param>
public sealed record LessonEntry(string Id, string Timestamp, string Situation, IReadOnlyList<string> Tags, JsonObject Document)
{
    /// <summary>What every lesson says.</summary>
    public Lesson Lesson => new(Situation, Text("action"), Text("result"), Text("feedback"), Tags);

    /// <summary>When it was learnt: the host writes local time without a zone; null when that cannot be read.</summary>
    internal DateTimeOffset? At => DateTimeOffset.TryParse(Timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out var at) ? at : null;

    /// <summary>What it says, case and spaces apart.</summary>
    internal string Signature => string.Join('\n', new[] { Lesson.Situation, Lesson.Action, Lesson.Result, Lesson.Feedback }
        .Select(text => string.Join(' ', text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));

    internal bool HasAny(IReadOnlyCollection<string> tags) => tags.Count == 0 || Tags.Any(tag => tags.Contains(tag, StringComparer.OrdinalIgnoreCase));

    private string Text(string field) => Document[field]?.ToString() ?? "";
}

/// <summary>Reads the host's <c>lessons.json</c>; never writes.</summary>
/// <param name="memoryRoot">The directory that holds it.</param>
public sealed class LessonsReader(string memoryRoot)
{
    private static readonly string[] Told = ["situation", "action", "result", "feedback"];

    /// <summary>Lessons, newest first.</summary>
    /// <param name="tags">Any of these; empty for all.</param>
    /// <param name="search">Text that the lesson contains, in any case; null for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="IOException">The file is not what the host writes; the message names it.</exception>
    public async Task<IReadOnlyList<LessonEntry>> ReadAsync(IReadOnlyCollection<string> tags, string? search, int limit, CancellationToken cancellation)
    {
        var path = Path.Combine(memoryRoot, "lessons.json");
        if (!File.Exists(path))
            return [];
        try
        {
            await using var file = File.OpenRead(path);
            var document = await JsonNode.ParseAsync(file, cancellationToken: cancellation);
            return
            [
                .. (document?["lessons"]?.AsArray() ?? throw new JsonException("there is no \"lessons\"")).OfType<JsonObject>()
                    .Select(Entry)
                    .Where(lesson => lesson.HasAny(tags))
                    .Where(lesson => search is null || Told.Any(field => Text(lesson.Document, field).Contains(search, StringComparison.OrdinalIgnoreCase)))
                    .Reverse()
                    .OrderByDescending(lesson => lesson.Timestamp, StringComparer.Ordinal)
                    .Take(limit),
            ];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new IOException($"{path} cannot be read as lessons: {e.Message}", e);
        }
    }

    internal static LessonEntry Entry(JsonObject lesson) =>
        new(Text(lesson, "lesson_id"), Text(lesson, "timestamp"), Text(lesson, "situation"), [.. (lesson["tags"] as JsonArray ?? []).Select(tag => tag?.ToString() ?? "")], lesson);

    private static string Text(JsonObject lesson, string field) => lesson[field]?.ToString() ?? "";
}

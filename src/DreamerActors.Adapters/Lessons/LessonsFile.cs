using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Lessons;
using DreamerActors.Domain.Sessions;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Adapters.Lessons;

/// <summary>Adds a lesson for every kept dream to the host's <c>lessons.json</c>, with the full code.</summary>
/// <remarks>
/// The host's own lessons stay as they are. A file that cannot be read whole is left alone: the projection fails with one clear error and tries again later.
/// The host keeps its lessons in memory and rewrites the whole file, which loses ours; an outbox beside the offsets adds them again with the next entries.
/// </remarks>
public sealed class LessonsFile(string memoryRoot, ReadModel offsets) : IProjection
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly string[] Required = ["lesson_id", "situation", "action", "result", "feedback"];

    /// <inheritdoc/>
    public string Name => "lessons";

    private string FilePath => Path.Combine(memoryRoot, "lessons.json");

    /// <inheritdoc/>
    public Task<long> LastOffsetAsync(CancellationToken cancellation) => Task.FromResult(offsets.LastOffset(Name));

    /// <inheritdoc/>
    public Task ApplyAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
    {
        using var outbox = offsets.Open();
        var retracted = new HashSet<string>(StringComparer.Ordinal);
        foreach (var happened in entries.Select(entry => entry.Event))
        {
            if (happened is DreamCompleted dream)
                ReadModel.Execute(outbox, null, "INSERT OR IGNORE INTO lessons VALUES ($0, $1)", LessonId(dream.Session, dream.Dream), Document(dream).ToJsonString());
            foreach (var id in happened is SessionQuarantined quarantined ? quarantined.Dreams : [])
            {
                retracted.Add(LessonId(happened.Session, id));
                ReadModel.Execute(outbox, null, "DELETE FROM lessons WHERE id = $0", LessonId(happened.Session, id));
            }
        }
        Deliver(outbox, retracted, entries[^1].Event.At);
        offsets.SetOffset(Name, entries[^1].Offset);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ResetAsync(CancellationToken cancellation)
    {
        offsets.Forget(Name, "lessons");
        return Task.CompletedTask;
    }

    private void Deliver(SqliteConnection outbox, HashSet<string> retracted, DateTimeOffset at)
    {
        var document = Read();
        var lessons = document["lessons"]!.AsArray();
        var removed = lessons.RemoveAll(lesson => retracted.Contains(lesson!["lesson_id"]!.ToString()));
        var known = lessons.Select(lesson => lesson!["lesson_id"]!.ToString()).ToHashSet(StringComparer.Ordinal);
        var missing = Kept(outbox).Where(kept => known.Add(kept.Id)).ToList();
        if (missing.Count == 0 && removed == 0) return;
        foreach (var (_, lesson) in missing)
            lessons.Add(JsonNode.Parse(lesson));
        document["count"] = lessons.Count;
        document["last_updated"] = Local(at);
        AtomicFile.Write(FilePath, document.ToJsonString(Indented));
    }

    private static IEnumerable<(string Id, string Lesson)> Kept(SqliteConnection outbox)
    {
        using var command = ReadModel.Command(outbox, null, "SELECT id, document FROM lessons ORDER BY rowid");
        using var rows = command.ExecuteReader();
        while (rows.Read())
            yield return (rows.GetString(0), rows.GetString(1));
    }

    /// <summary>The whole file; a fresh one when there is none.</summary>
    /// <exception cref="IOException">The file is there but is not a whole lessons file.</exception>
    private JsonObject Read()
    {
        if (!File.Exists(FilePath))
            return new JsonObject { ["lessons"] = new JsonArray() };
        try
        {
            var document = JsonNode.Parse(File.ReadAllText(FilePath)) as JsonObject ?? throw new JsonException("it is not an object");
            var lessons = document["lessons"] as JsonArray ?? throw new JsonException("there is no list \"lessons\"");
            return lessons.All(lesson => lesson is JsonObject && Required.All(key => lesson[key] is JsonValue))
                ? document
                : throw new JsonException("a lesson lacks one of " + string.Join(", ", Required));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new IOException($"{FilePath} is not a readable lessons file ({error.Message}); it is left as it is", error);
        }
    }

    private static JsonObject Document(DreamCompleted dream)
    {
        var (scenario, lesson) = (dream.Scenario, Lesson.Of(dream));
        return new JsonObject
        {
            ["lesson_id"] = LessonId(dream.Session, dream.Dream),
            ["timestamp"] = Local(dream.At),
            ["situation"] = lesson.Situation,
            ["action"] = lesson.Action,
            ["result"] = lesson.Result,
            ["feedback"] = lesson.Feedback,
            ["tags"] = Texts(lesson.Tags),
            ["metadata"] = new JsonObject
            {
                ["dream_id"] = dream.Dream.Value,
                ["session_id"] = dream.Session.Value,
                ["difficulty"] = scenario.Difficulty.ToString().ToLowerInvariant(),
                ["test_cases"] = Texts(scenario.TestCases),
                ["synthetic"] = true,
                ["strict"] = dream.Verdict.Strict,
                ["licence"] = scenario.Provenance.Licence,
            },
        };
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);

    /// <summary>A UUID that follows from the dream, so that a lesson is delivered once however often events are applied.</summary>
    private static string LessonId(SessionId session, DreamId dream) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"lesson/{session}/{dream}")).AsSpan(0, 16)).ToString();

    /// <summary>The host sorts these as text: local time without a zone, six digits.</summary>
    private static string Local(DateTimeOffset at) => at.LocalDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);
}

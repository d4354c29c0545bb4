using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Lessons;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Adapters.Lessons;

/// <summary>A lesson for every kept dream, with the full code; none for a declined one.</summary>
/// <param name="outbox">Where lessons wait for the host.</param>
/// <param name="offsets">How far it has come.</param>
/// <param name="writesFile">Whether lessons go into the host's file; else a module inside the host fetches them.</param>
public sealed class LessonsProjection(LessonsOutbox outbox, ReadModel offsets, bool writesFile = true) : IProjection
{
    /// <inheritdoc/>
    public string Name => "lessons";

    /// <inheritdoc/>
    public Task<long> LastOffsetAsync(CancellationToken cancellation) => Task.FromResult(offsets.LastOffset(Name));

    /// <inheritdoc/>
    public Task ApplyAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
    {
        foreach (var happened in entries.Select(entry => entry.Event))
        {
            if (happened is DreamCompleted dream)
                outbox.Put(LessonId(dream.Session, dream.Dream), Document(dream));
            if (Remark.Of(happened) is var (remarked, remark))
                Follow(LessonId(happened.Session, remarked), remark.Approval);
            foreach (var id in happened is SessionQuarantined quarantined ? quarantined.Dreams : [])
                outbox.Withdraw(LessonId(happened.Session, id));
        }
        if (writesFile)
            outbox.Sync(entries[^1].Event.At);
        offsets.SetOffset(Name, entries[^1].Offset);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ResetAsync(CancellationToken cancellation)
    {
        // What became of lessons is remembered: a rebuilt journal brings back no lesson that the host deleted.
        offsets.Forget(Name);
        return Task.CompletedTask;
    }

    /// <summary>Tells of a dream's lesson, as the host's pages know messages.</summary>
    public static JsonObject Learned(DreamCompleted dream) => DreamEvents.Message("LESSON_LEARNED", Lesson.Of(dream).Feedback, dream.At, new JsonObject
    {
        ["lesson_id"] = LessonId(dream.Session, dream.Dream),
        ["dream_id"] = dream.Dream.Value,
        ["session_id"] = dream.Session.Value,
        ["tags"] = new JsonArray([.. Lesson.Of(dream).Tags.Select(tag => (JsonNode)JsonValue.Create(tag))]),
    });

    private void Follow(string lesson, Approval approval)
    {
        if (approval == Approval.Declined)
            outbox.Withdraw(lesson);
        else
            outbox.Restore(lesson);
    }

    private static JsonObject Document(DreamCompleted dream)
    {
        var (scenario, lesson) = (dream.Scenario, Lesson.Of(dream));
        return LessonDocument.Of(LessonId(dream.Session, dream.Dream), HostLessonsFile.Local(dream.At), lesson, new JsonObject
        {
            ["dream_id"] = dream.Dream.Value,
            ["session_id"] = dream.Session.Value,
            ["difficulty"] = scenario.Difficulty.ToString().ToLowerInvariant(),
            ["test_cases"] = new JsonArray([.. scenario.TestCases.Select(text => (JsonNode)JsonValue.Create(text))]),
            ["synthetic"] = true,
            ["strict"] = dream.Verdict.Strict,
            ["licence"] = scenario.Provenance.Licence,
        });
    }

    /// <summary>A UUID that follows from the dream, so that a lesson is delivered once however often events are applied.</summary>
    private static string LessonId(SessionId session, DreamId dream) =>
        new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"lesson/{session}/{dream}")).AsSpan(0, 16)).ToString();
}

/// <summary>A lesson as the host's file has it.</summary>
internal static class LessonDocument
{
    public static JsonObject Of(string id, string timestamp, Lesson lesson, JsonObject metadata) => new()
    {
        ["lesson_id"] = id,
        ["timestamp"] = timestamp,
        ["situation"] = lesson.Situation,
        ["action"] = lesson.Action,
        ["result"] = lesson.Result,
        ["feedback"] = lesson.Feedback,
        ["tags"] = new JsonArray([.. lesson.Tags.Select(tag => (JsonNode)JsonValue.Create(tag))]),
        ["metadata"] = metadata,
    };
}

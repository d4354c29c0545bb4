using System.Text.Json.Nodes;
using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Lessons;
using DreamerActors.Domain.Lessons;

namespace DreamerActors.Host.Http.Lessons;

/// <summary>What a module inside the host fetches: lessons that it has not confirmed, and events.</summary>
internal static class OutboxApi
{
    private const int MostLessons = 100;

    public static void MapOutbox(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/lessons/outbox", (LessonsOutbox outbox) => new OutboxAnswer("success", [.. outbox.Undelivered(MostLessons).Select(Entry)])).WithName("Outbox").WithSummary("Lessons that the host has not confirmed.").WithTags("lessons");
        routes.MapPost("/api/v1/lessons/outbox", Confirm).WithName("ConfirmOutbox").WithSummary("The host has taken these.").WithTags("lessons");
        routes.MapGet("/api/v1/dreams/events", Events).WithName("Events").WithSummary("What happened since a place.").WithTags("journal");
    }

    private static OutboxConfirmed Confirm(OutboxConfirmation confirmation, LessonsOutbox outbox)
    {
        if (confirmation.LessonIds.Count > MostLessons)
            throw new InvalidInputException("body", "lesson_ids", $"lesson_ids holds at most {MostLessons} ids");
        outbox.Confirm(confirmation.LessonIds);
        return new OutboxConfirmed("success", confirmation.LessonIds.Count);
    }

    private static EventsAnswer Events(long? after, DreamEvents events)
    {
        var happened = events.After(after ?? 0);
        return new EventsAnswer("success", [.. happened.Select(each => each.Body)], happened.Count == 0 ? after ?? 0 : happened[^1].Offset);
    }

    private static OutboxEntry Entry(OwnLesson lesson) => new(lesson.Id, lesson.State == OwnLessonState.Withdrawn, lesson.Document);

    internal sealed record OutboxAnswer(string Status, IReadOnlyList<OutboxEntry> Lessons);

    /// <summary>A lesson to add, or to remove.</summary>
    internal sealed record OutboxEntry(string LessonId, bool Withdrawn, JsonObject Lesson);

    internal sealed record OutboxConfirmation(IReadOnlyList<string> LessonIds);

    internal sealed record OutboxConfirmed(string Status, int Count);

    /// <summary>Events, and the place to ask after next time.</summary>
    internal sealed record EventsAnswer(string Status, IReadOnlyList<JsonObject> Events, long Last);
}

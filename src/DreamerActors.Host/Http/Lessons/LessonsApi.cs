using System.Text.Json.Nodes;
using DreamerActors.Adapters.Lessons;

namespace DreamerActors.Host.Http.Lessons;

/// <summary>What was learnt, in the shapes of the host's own routes; ours are in it also before the host has them.</summary>
internal static class LessonsApi
{
    private const int LessonLimit = 1000;

    public static void MapLessons(this IEndpointRouteBuilder routes)
    {
        var lessons = routes.MapGroup("/api/v1/lessons").WithTags("lessons").WithETag();
        lessons.MapGet("", LessonsAsync).WithName("Lessons").WithSummary("Lessons, newest first; those that say most of the words of `search`, best first.");
        lessons.MapGet("/stats", StatisticsAsync).WithName("LessonStatistics").WithSummary("Counts of lessons and tags.");
    }

    private static Task<LessonsAnswer> LessonsAsync(LessonsStore store, string? tags, string? search, int? limit, CancellationToken cancellation) => ReadAsync(async () =>
    {
        var wanted = tags?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        var most = Limits.Check(limit, LessonLimit);
        var lessons = search is null ? await store.FindAsync(wanted, most, cancellation) : await store.SearchAsync(search, wanted, most, cancellation);
        return new LessonsAnswer("success", lessons.Count, [.. lessons.Select(lesson => lesson.Document)]);
    });

    private static Task<LessonStatisticsAnswer> StatisticsAsync(LessonsStore store, CancellationToken cancellation) =>
        ReadAsync(async () => new LessonStatisticsAnswer("success", (await store.StatisticsAsync(cancellation)).ToJson()));

    private static async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (IOException unreadable)
        {
            // The file is the host's: it may be in the middle of writing it.
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, "LESSONS_UNREADABLE", unreadable.Message);
        }
    }

    internal sealed record LessonsAnswer(string Status, int Count, IReadOnlyList<JsonObject> Lessons);

    internal sealed record LessonStatisticsAnswer(string Status, JsonObject Stats);
}

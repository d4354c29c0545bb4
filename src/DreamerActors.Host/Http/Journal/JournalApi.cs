using System.Text.Json.Nodes;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Settings;

namespace DreamerActors.Host.Http.Journal;

/// <summary>What was dreamt.</summary>
internal static class JournalApi
{
    private const int DreamLimit = 1000;

    public static void MapJournal(this IEndpointRouteBuilder routes)
    {
        var dreams = routes.MapGroup("/api/v1/dreams").WithTags("journal");
        dreams.MapGet("/", DreamsAsync);
        dreams.MapGet("/{id:regex(^[0-9a-f]{{8}}$)}", DreamAsync);
        dreams.MapGet("/{id:regex(^[0-9a-f]{{8}}$)}/code", CodeAsync);
    }

    private static async Task<DreamsAnswer> DreamsAsync(IJournalReader reader, string? status, string? library, int? limit, CancellationToken cancellation)
    {
        if (status is not (null or "kept" or "rejected" or "lost"))
            throw new InvalidInputException("query", "status", "status is one of kept, rejected, lost");
        var dreams = await reader.DreamsAsync(new DreamQuery(Outcome: status, Library: library, Limit: Limits.Check(limit, DreamLimit)), cancellation);
        return new DreamsAnswer("success", [.. dreams.Select(Entry)], dreams.Count);
    }

    private static async Task<DreamAnswer> DreamAsync(string id, IJournalReader reader, CancellationToken cancellation) =>
        await reader.DreamAsync(new DreamId(id), cancellation) is { } document
            ? new DreamAnswer("success", JsonNode.Parse(document)!.AsObject())
            : throw ApiException.NotFound($"there is no kept dream {id}");

    private static async Task<IResult> CodeAsync(string id, IJournalReader reader, DreamerSettings settings, CancellationToken cancellation)
    {
        var file = Path.Combine(settings.OutputDirectory, $"dream_{id}.py");
        return await reader.DreamAsync(new DreamId(id), cancellation) is not null && File.Exists(file)
            ? TypedResults.Text(await File.ReadAllTextAsync(file, cancellation), "text/x-python")
            : throw ApiException.NotFound($"there is no kept dream {id}, or its file is gone: dreamer journal rebuild");
    }

    private static DreamEntry Entry(DreamSummary dream) => new(
        dream.Dream.Value, dream.Session.Value, dream.Title, dream.Outcome, dream.Difficulty, dream.Libraries, dream.At, dream.EntityId, dream.Stage, dream.Kind, dream.Reason, dream.DifficultyReason, dream.Approval);

    internal sealed record DreamsAnswer(string Status, IReadOnlyList<DreamEntry> Dreams, int Count);

    internal sealed record DreamEntry(
        string DreamId, string SessionId, string Title, string Status, string? Difficulty, IReadOnlyList<string> Libraries, DateTimeOffset Timestamp,
        string EntityId, string? Stage, string? Kind, string? Reason, string? DifficultyReason, string? Approval);

    internal sealed record DreamAnswer(string Status, JsonObject Dream);
}

using System.Globalization;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Settings;

namespace DreamerActors.Host.Http.Journal;

/// <summary>What was dreamt.</summary>
internal static class JournalApi
{
    private const int DreamLimit = 1000;
    private static readonly string[] Outcomes = ["kept", "rejected", "lost", "quarantined"];
    private static readonly string[] Difficulties = ["simple", "medium", "complex"];
    private static readonly string[] Approvals = ["pending", "approved", "declined"];

    public static void MapJournal(this IEndpointRouteBuilder routes)
    {
        var dreams = routes.MapGroup("/api/v1/dreams").WithTags("journal").WithETag();
        dreams.MapGet("/", DreamsAsync).WithName("Dreams").WithSummary("Dreams, newest first; `next` is what `behind` goes on after.");
        dreams.MapGet("/journal", NightAsync).WithName("Night").WithSummary("What one night brought; the newest if none is named.");
        dreams.MapGet("/{id:regex(^[0-9a-f]{{8}}$)}", DreamAsync).WithName("Dream").WithSummary("A kept dream, whole.");
        dreams.MapGet("/{id:regex(^[0-9a-f]{{8}}$)}/code", CodeAsync).WithName("DreamCode").WithSummary("A kept dream's program.").Produces<string>(StatusCodes.Status200OK, "text/x-python");
    }

    private static async Task<DreamsAnswer> DreamsAsync([AsParameters] DreamsWish wish, IDreamSearch search, CancellationToken cancellation)
    {
        var page = await search.FindAsync(
            new DreamSearch
            {
                Text = wish.Text, Outcome = OneOf("status", wish.Status, Outcomes), Library = wish.Library, Difficulty = OneOf("difficulty", wish.Difficulty, Difficulties),
                Approval = OneOf("approval", wish.Approval, Approvals), From = wish.From, Until = wish.Until, Behind = wish.Behind is { } behind ? new DreamId(behind) : null, Take = Limits.Check(wish.Limit, DreamLimit),
            }, cancellation);
        return new DreamsAnswer("success", [.. page.Dreams.Select(Entry)], page.Dreams.Count, page.Total, page.Dreams.Count < page.Total ? page.Dreams[^1].Dream.Value : null);
    }

    private static string? OneOf(string name, string? value, string[] words) => value is null || words.Contains(value)
        ? value
        : throw new InvalidInputException("query", name, $"{name} is one of {string.Join(", ", words)}");

    private static async Task<NightAnswer> NightAsync(IDreamSearch search, DateOnly? date, CancellationToken cancellation)
    {
        var nights = (await search.AnalyseAsync(cancellation)).Nights;
        var wanted = date?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? nights.FirstOrDefault()?.Name;
        var night = nights.FirstOrDefault(each => each.Name == wanted) ?? new Tally(wanted ?? "", 0, 0, 0);
        return new NightAnswer("success", wanted, night.Kept, night.Rejected, night.Lost, Math.Round(night.SuccessRate, 4), $"Wyśniłem {night.Kept} rozwiązań");
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

    /// <summary>What a list of dreams shows.</summary>
    /// <param name="Status"><c>kept</c>, <c>rejected</c>, <c>lost</c> or <c>quarantined</c>.</param>
    /// <param name="Library">A library that they use.</param>
    /// <param name="Difficulty"><c>simple</c>, <c>medium</c> or <c>complex</c>.</param>
    /// <param name="Approval"><c>pending</c>, <c>approved</c> or <c>declined</c>.</param>
    /// <param name="Text">Part of title, entity, library or id.</param>
    /// <param name="From">Not before this moment.</param>
    /// <param name="Until">Before this moment.</param>
    /// <param name="Behind">Only what stands behind this dream: the <c>next</c> of the page before.</param>
    /// <param name="Limit">At most so many, 1 to 1000.</param>
    internal sealed record DreamsWish(
        string? Status, string? Library, string? Difficulty, string? Approval, string? Text, DateTimeOffset? From, DateTimeOffset? Until, string? Behind, int? Limit);

    /// <summary>A page of dreams.</summary>
    /// <param name="Status"><c>success</c>.</param>
    /// <param name="Dreams">They.</param>
    /// <param name="Count">How many are here.</param>
    /// <param name="Total">How many there are, from here on.</param>
    /// <param name="Next">What <c>behind</c> goes on after; null on the last page.</param>
    internal sealed record DreamsAnswer(string Status, IReadOnlyList<DreamEntry> Dreams, int Count, int Total, string? Next);

    internal sealed record DreamEntry(
        string DreamId, string SessionId, string Title, string Status, string? Difficulty, IReadOnlyList<string> Libraries, DateTimeOffset Timestamp,
        string EntityId, string? Stage, string? Kind, string? Reason, string? DifficultyReason, string? Approval);

    internal sealed record DreamAnswer(string Status, JsonObject Dream);

    /// <summary>One night; its date is that of the evening it began on, null when nothing was ever dreamt.</summary>
    internal sealed record NightAnswer(string Status, string? Date, int Kept, int Rejected, int Lost, double SuccessRate, string Message);
}

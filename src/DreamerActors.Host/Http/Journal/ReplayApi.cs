using DreamerActors.Adapters.Guarding;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;

namespace DreamerActors.Host.Http.Journal;

/// <summary>A kept dream, proven again.</summary>
internal static class ReplayApi
{
    public static void MapReplay(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/api/v1/dreams/{id:regex(^[0-9a-f]{{8}}$)}/replay", ReplayAsync).WithName("Replay").WithTags("journal").WithSummary("Proves a kept dream again, here and now; a wake-up ends it.");

    private static async Task<ReplayAnswer> ReplayAsync(string id, IDreamEngine engine, CancellationToken cancellation)
    {
        try
        {
            var verdict = await engine.ReplayAsync(new DreamId(id), cancellation) ?? throw ApiException.NotFound($"there is no kept dream {id}");
            return new ReplayAnswer("success", id, verdict.Outcome == VerdictOutcome.Pass ? "proven" : "regression", verdict.Stage, verdict.Kind?.Name(), verdict.Reasons);
        }
        catch (SandboxUnavailableException unjudged)
        {
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, "NOT_JUDGED", $"nothing can be said of the dream now: {unjudged.Message}");
        }
    }

    /// <summary><c>proven</c> or <c>regression</c>; of the latter the stage, the kind and the reasons.</summary>
    internal sealed record ReplayAnswer(string Status, string DreamId, string Result, string? Stage, string? Kind, IReadOnlyList<string> Reasons);
}

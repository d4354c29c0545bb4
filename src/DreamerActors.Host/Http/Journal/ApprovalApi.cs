using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;

namespace DreamerActors.Host.Http.Journal;

/// <summary>What a person says about kept dreams.</summary>
internal static class ApprovalApi
{
    public static void MapApproval(this IEndpointRouteBuilder routes)
    {
        var dream = routes.MapGroup("/api/v1/dreams/{id:regex(^[0-9a-f]{{8}}$)}").WithTags("journal");
        foreach (var (name, approval) in new[] { ("approve", Approval.Approved), ("decline", Approval.Declined), ("reject", Approval.Declined), ("undo", Approval.Pending) })
            dream.MapPost("/" + name, (string id, ApprovalRequest? request, IDreamEngine engine, IDreamArchive archive, CancellationToken cancellation) => SayAsync(id, approval, request, engine, archive, cancellation))
                .WithName(char.ToUpperInvariant(name[0]) + name[1..]).WithSummary("Says so; to say the same again changes nothing.");
    }

    private static async Task<ApprovalAnswer> SayAsync(string id, Approval approval, ApprovalRequest? request, IDreamEngine engine, IDreamArchive archive, CancellationToken cancellation)
    {
        if (request?.Actor is { Length: > DreamApproval.LongestActor })
            throw new InvalidInputException("body", "actor", $"actor is longer than {DreamApproval.LongestActor} characters");
        if (request?.Comment is { Length: > DreamApproval.LongestComment })
            throw new InvalidInputException("body", "comment", $"comment is longer than {DreamApproval.LongestComment} characters");
        var said = new DreamApproval(approval, request?.Actor is { Length: > 0 } actor ? actor : "api", request?.Comment);
        return await engine.ApproveAsync(new DreamId(id), said, cancellation) switch
        {
            null => new ApprovalAnswer("success", id, approval.ToString().ToLowerInvariant()),
            { IsUnknown: true } unknown => throw ApiException.NotFound(unknown.Message),
            _ when await archive.FindAsync(new DreamId(id), cancellation) is { } kept && IsSaid(said, kept.Remark) => new ApprovalAnswer("success", id, approval.ToString().ToLowerInvariant()),
            { } refused => throw new ApiException(StatusCodes.Status409Conflict, "APPROVAL_REFUSED", refused.Message),
        };
    }

    /// <summary>A request that is repeated, because its answer got lost, is answered like the first.</summary>
    private static bool IsSaid(DreamApproval said, Remark remark) =>
        remark.Approval == said.Approval && (said.Approval == Approval.Pending || (remark.Actor == said.Actor && remark.Comment == said.Comment));

    /// <summary>Who says it, and why; both may be left out.</summary>
    internal sealed record ApprovalRequest(string? Actor = null, string? Comment = null);

    internal sealed record ApprovalAnswer(string Status, string DreamId, string Approval);
}

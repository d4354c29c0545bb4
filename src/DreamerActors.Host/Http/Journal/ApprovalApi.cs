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
            dream.MapPost("/" + name, (string id, ApprovalRequest? request, IDreamEngine engine, CancellationToken cancellation) => SayAsync(id, approval, request, engine, cancellation));
    }

    private static async Task<ApprovalAnswer> SayAsync(string id, Approval approval, ApprovalRequest? request, IDreamEngine engine, CancellationToken cancellation)
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
            { } refused => throw new ApiException(StatusCodes.Status409Conflict, "APPROVAL_REFUSED", refused.Message),
        };
    }

    /// <summary>Who says it, and why; both may be left out.</summary>
    internal sealed record ApprovalRequest(string? Actor = null, string? Comment = null);

    internal sealed record ApprovalAnswer(string Status, string DreamId, string Approval);
}

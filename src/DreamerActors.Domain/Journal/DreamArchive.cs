using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Journal;

/// <summary>What a person said about a kept dream.</summary>
/// <param name="Approval">Approved, declined, or nothing yet.</param>
/// <param name="Actor">Who said it; null when nobody did.</param>
/// <param name="Comment">Why; null when nothing was given.</param>
/// <param name="At">When; null when nobody did.</param>
public sealed record Remark(Approval Approval, string? Actor = null, string? Comment = null, DateTimeOffset? At = null)
{
    /// <summary>Nobody has said anything, or it was taken back.</summary>
    public static Remark None { get; } = new(Approval.Pending);

    /// <summary>What an event says about a dream; null when it is not about a remark.</summary>
    public static (DreamId Dream, Remark Remark)? Of(ISessionEvent happened) => happened switch
    {
        DreamApproved e => (e.Dream, new Remark(Approval.Approved, e.Actor, e.Comment, e.At)),
        DreamDeclined e => (e.Dream, new Remark(Approval.Declined, e.Actor, e.Comment, e.At)),
        ApprovalUndone e => (e.Dream, None),
        _ => null,
    };
}

/// <summary>A kept dream with what was said about it.</summary>
public sealed record KeptDream(DreamCompleted Dream, Remark Remark);

/// <summary>Every dream that was judged, whole: for datasets, replay and repair pairs.</summary>
public interface IDreamArchive
{
    /// <summary>Kept dreams, oldest first.</summary>
    Task<IReadOnlyList<KeptDream>> KeptAsync(CancellationToken cancellation);

    /// <summary>One kept dream, or null.</summary>
    Task<KeptDream?> FindAsync(DreamId dream, CancellationToken cancellation);

    /// <summary>One dream that was refused although there was code to judge, or null.</summary>
    Task<DreamRejected?> FindRejectedAsync(DreamId dream, CancellationToken cancellation);

    /// <summary>Dreams that were refused although there was code to judge, oldest first.</summary>
    Task<IReadOnlyList<DreamRejected>> RejectedAsync(CancellationToken cancellation);
}

using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Journal;

/// <summary>An event with its place in the journal.</summary>
/// <param name="Offset">Grows by at least one from event to event; the same for the same event for ever.</param>
/// <param name="Event">What happened.</param>
public sealed record JournalEntry(long Offset, ISessionEvent Event);

/// <summary>Something derived from events: a read model, files, lessons. Applying an entry twice changes nothing.</summary>
public interface IProjection
{
    /// <summary>Its name, also the key of its offset.</summary>
    string Name { get; }

    /// <summary>The offset of the last entry it has applied; 0 when none.</summary>
    Task<long> LastOffsetAsync(CancellationToken cancellation);

    /// <summary>Applies entries in order and remembers the last offset, atomically or idempotently.</summary>
    /// <exception cref="IOException">The disk refused; the caller tries again later, nothing is lost.</exception>
    Task ApplyAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellation);

    /// <summary>Forgets everything derived, so that all entries are applied again. Files that users made are not touched.</summary>
    Task ResetAsync(CancellationToken cancellation);
}

/// <summary>What the read model tells.</summary>
public interface IJournalReader
{
    /// <summary>Sessions, newest first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <param name="behind">Only what stands behind this one in the list; null for all.</param>
    Task<IReadOnlyList<SessionSummary>> SessionsAsync(int limit, CancellationToken cancellation, SessionId? behind = null);

    /// <summary>One session, or null.</summary>
    Task<SessionSummary?> SessionAsync(SessionId session, CancellationToken cancellation);

    /// <summary>Dreams, newest first.</summary>
    Task<IReadOnlyList<DreamSummary>> DreamsAsync(DreamQuery query, CancellationToken cancellation);

    /// <summary>One kept dream's JSON document as it stands in its file, or null.</summary>
    Task<string?> DreamAsync(DreamId dream, CancellationToken cancellation);

    /// <summary>How often, and when last, each entity was dreamt about.</summary>
    Task<IReadOnlyDictionary<string, EntityHistory>> DreamtEntitiesAsync(CancellationToken cancellation);

    /// <summary>How dreams of one brain went, newest first. What was refused for repeating something says nothing of its difficulty and is left out.</summary>
    Task<IReadOnlyList<DreamOutcome>> OutcomesAsync(string brain, int limit, CancellationToken cancellation);

    /// <summary>Counts over all sessions.</summary>
    Task<DreamStatistics> StatisticsAsync(CancellationToken cancellation);

    /// <summary>The newest session that began and neither completed nor was given up, or null.</summary>
    Task<SessionId?> UnfinishedSessionAsync(CancellationToken cancellation);
}

/// <summary>One session in a list.</summary>
public sealed record SessionSummary(
    SessionId Session, string Status, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, int Planned, int Attempted, int Successful, int Lost, string Trigger, string Brain)
{
    /// <summary>Time spent dreaming, pauses between interruption and resumption not counted.</summary>
    public TimeSpan Dreamt { get; init; }

    /// <summary>Why it was interrupted last; null when it never was.</summary>
    public InterruptReason? Interrupted { get; init; }

    /// <summary>That reason in words, when there is more to say.</summary>
    public string? InterruptDetail { get; init; }

    /// <summary>How long its last interruption took, from the wake-up to the last child's end.</summary>
    public TimeSpan? StopLatency { get; init; }
}

/// <summary>Which dreams a list shows.</summary>
/// <param name="Session">Of this session only; null for all.</param>
/// <param name="Outcome"><c>kept</c>, <c>rejected</c> or <c>lost</c>; null for all.</param>
/// <param name="Library">That use this library; null for all.</param>
/// <param name="Limit">At most so many.</param>
public sealed record DreamQuery(SessionId? Session = null, string? Outcome = null, string? Library = null, int Limit = 50);

/// <summary>One dream in a list.</summary>
public sealed record DreamSummary(
    DreamId Dream, SessionId Session, string EntityId, string Title, string Outcome, string? Stage, string? Kind, string? Reason, DateTimeOffset At, string? Difficulty, IReadOnlyList<string> Libraries,
    string? Approval = null)
{
    /// <summary>Why it was so hard, when that was not simply asked for.</summary>
    public string? DifficultyReason { get; init; }
}

/// <summary>What was dreamt about one entity.</summary>
public sealed record EntityHistory(int Times, DateTimeOffset LastAt);

/// <summary>Counts over all sessions.</summary>
public sealed record DreamStatistics(int Sessions, int TotalDreams, int SuccessfulDreams, int LostDreams)
{
    /// <summary>Successful ÷ total, 0 … 1; 0 when nothing was attempted.</summary>
    public double SuccessRate => TotalDreams == 0 ? 0 : (double)SuccessfulDreams / TotalDreams;
}

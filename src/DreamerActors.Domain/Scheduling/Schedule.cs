using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Scheduling;

/// <summary>What can start a session; the names are those in the journal.</summary>
public static class Triggers
{
    /// <summary>A person typed it, or called the engine.</summary>
    public const string Manual = "manual";

    /// <summary>The night.</summary>
    public const string Nightly = "nightly";

    /// <summary>The user's absence.</summary>
    public const string Idle = "idle";

    /// <summary>A request to the API.</summary>
    public const string Api = "api";
}

/// <summary>What may start by itself.</summary>
public sealed record ScheduleRules
{
    /// <summary>Whether anything may: <c>ENABLE_DREAMING</c>.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Nothing starts until it is resumed; what runs goes on.</summary>
    public bool Paused { get; init; }

    /// <summary>Dreams at night; null when that is not scheduled.</summary>
    public NightlyJob? Nightly { get; init; }

    /// <summary>Dreams while the user is away; null when that is not scheduled.</summary>
    public IdleJob? Idle { get; init; }

    /// <summary>How long the user must be away, and the first rest between two sessions of one absence.</summary>
    public required TimeSpan IdleAfter { get; init; }

    /// <summary>Scenarios of one session, at most.</summary>
    public required int MaxScenarios { get; init; }

    /// <summary>Scenarios that absences may start within 24 hours, at most.</summary>
    public required int DailyIdleScenarios { get; init; }
}

/// <summary>Dreams at night.</summary>
/// <param name="Hours">The night.</param>
/// <param name="AddedAt">When it was scheduled.</param>
public sealed record NightlyJob(NightHours Hours, DateTimeOffset AddedAt)
{
    /// <summary>Its id in lists; a host knows it by that.</summary>
    public const string Id = "nightly_dreaming";
}

/// <summary>Dreams while the user is away.</summary>
/// <param name="Interval">How often to look at least.</param>
/// <param name="AddedAt">When it was scheduled.</param>
public sealed record IdleJob(TimeSpan Interval, DateTimeOffset AddedAt)
{
    /// <summary>Its id in lists; a host knows it by that.</summary>
    public const string Id = "idle_dreaming_check";
}

/// <summary>Attempts in a row that brought nothing; each doubles the pause before the next.</summary>
/// <param name="Count">How many.</param>
/// <param name="LastAt">When the last one ended.</param>
/// <param name="IsBusy">The last one found somebody else's session running: nothing stands once that is interrupted.</param>
public sealed record Setbacks(int Count, DateTimeOffset LastAt, bool IsBusy = false)
{
    /// <summary>The pause after the first one.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(5);

    /// <summary>The longest pause.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private const int MostDoublings = 10;

    /// <summary>When the next attempt may begin.</summary>
    public DateTimeOffset Until => LastAt + Shorter(FirstPause * (1 << Math.Min(Count - 1, MostDoublings)), LongestPause);

    /// <summary>What stands after an attempt ended; null when nothing does.</summary>
    public static Setbacks? After(Setbacks? before, RunOutcome outcome, DateTimeOffset at) => outcome switch
    {
        RunOutcome.Completed or RunOutcome.WindowEnd => null,
        // That somebody else dreams is no failure: look again later, no later than that.
        RunOutcome.Busy => new Setbacks(Math.Max(1, before?.Count ?? 0), at, IsBusy: true),
        _ => new Setbacks((before?.Count ?? 0) + 1, at),
    };

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}

/// <summary>A session that the schedule started and that has not ended.</summary>
/// <param name="Trigger">What started it.</param>
/// <param name="Night">The night it has to end with; null when it need not.</param>
/// <param name="Stopped">Whether it was already told to end.</param>
public sealed record ScheduledRun(string Trigger, Night? Night, bool Stopped = false);

/// <summary>Everything a decision depends on besides the rules.</summary>
/// <param name="Now">The time.</param>
/// <param name="Night">The night of this moment, or the next one; null without the nightly job.</param>
/// <param name="Energy">Whether the machine may dream.</param>
/// <param name="Run">What the schedule has running; null when nothing.</param>
/// <param name="Setbacks">Attempts in a row that brought nothing; null when the last one did.</param>
/// <param name="Sessions">Sessions of the last days, newest first.</param>
public sealed record Situation(
    DateTimeOffset Now, Night? Night, EnergyState Energy, ScheduledRun? Run, Setbacks? Setbacks, IReadOnlyList<SessionSummary> Sessions);

/// <summary>What to do now, and why, in one line for a person.</summary>
/// <param name="Why">One line.</param>
public abstract record ScheduleDecision(string Why)
{
    /// <summary>There is nothing to decide.</summary>
    public static Wait Nothing { get; } = new("nothing", "nothing is scheduled");

    /// <summary>Start a session, or go on with the newest unfinished one.</summary>
    /// <param name="Trigger">What starts it.</param>
    /// <param name="Resume">Whether to go on.</param>
    /// <param name="MaxScenarios">Scenarios of a new session, at most.</param>
    /// <param name="Night">The night it has to end with; null when it need not.</param>
    /// <param name="Why">One line.</param>
    public sealed record Start(string Trigger, bool Resume, int MaxScenarios, Night? Night, string Why) : ScheduleDecision(Why);

    /// <summary>Wake what is running.</summary>
    /// <param name="Reason">The reason for the journal.</param>
    /// <param name="Why">One line.</param>
    public sealed record Stop(InterruptReason Reason, string Why) : ScheduleDecision(Why);

    /// <summary>Do nothing.</summary>
    /// <param name="Topic">What it is about, without figures: a log needs no second line about the same.</param>
    /// <param name="Why">One line.</param>
    public sealed record Wait(string Topic, string Why) : ScheduleDecision(Why);
}

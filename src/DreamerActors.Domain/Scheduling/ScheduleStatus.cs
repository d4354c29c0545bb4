namespace DreamerActors.Domain.Scheduling;

/// <summary>One job in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Description">What it does, for a person.</param>
/// <param name="AddedAt">When it was scheduled.</param>
/// <param name="NextRun">When it may start something next; null while paused.</param>
/// <param name="Night">The night of a nightly job; null for others.</param>
/// <param name="Interval">How often an idle job looks; null for others.</param>
public sealed record ScheduledJob(string Id, string Description, DateTimeOffset AddedAt, DateTimeOffset? NextRun, NightHours? Night, TimeSpan? Interval);

/// <summary>What is scheduled, and what was decided last.</summary>
/// <param name="Paused">Whether nothing starts for now.</param>
/// <param name="Jobs">The jobs.</param>
/// <param name="Decision">The last decision, in one line.</param>
public sealed record ScheduleStatus(bool Paused, IReadOnlyList<ScheduledJob> Jobs, string Decision)
{
    /// <summary>The status of rules at a moment.</summary>
    public static ScheduleStatus Of(ScheduleRules rules, ScheduleDecision last, INightCalendar calendar, DateTimeOffset now) => new(
        rules.Paused,
        [
            .. rules.Nightly is { } nightly
                ? [new ScheduledJob(NightlyJob.Id, $"dreams at night ({nightly.Hours})", nightly.AddedAt, rules.Paused ? null : NextNight(calendar, nightly.Hours, now), nightly.Hours, null)]
                : Array.Empty<ScheduledJob>(),
            .. rules.Idle is { } idle
                ? [new ScheduledJob(IdleJob.Id, "dreams while the user is away", idle.AddedAt, rules.Paused ? null : now + idle.Interval, null, idle.Interval)]
                : Array.Empty<ScheduledJob>(),
        ],
        last.Why);

    private static DateTimeOffset NextNight(INightCalendar calendar, NightHours hours, DateTimeOffset now)
    {
        var night = calendar.NightAt(hours, now);
        return night.Contains(now) ? calendar.NightAt(hours, night.End).Start : night.Start;
    }
}

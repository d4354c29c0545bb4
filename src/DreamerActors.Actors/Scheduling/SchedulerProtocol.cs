using DreamerActors.Domain.Scheduling;

namespace DreamerActors.Actors.Scheduling;

/// <summary>What a <see cref="SchedulerActor"/> receives and answers.</summary>
internal static class SchedulerProtocol
{
    /// <summary>Dream at night. A second one replaces the first.</summary>
    public sealed record ScheduleNightly(NightHours Hours);

    /// <summary>Dream while the user is away, looking at least this often. A second one replaces the first.</summary>
    public sealed record ScheduleIdle(TimeSpan Interval);

    /// <summary>Start nothing until <see cref="Resume"/>; what runs goes on.</summary>
    public sealed record Pause
    {
        public static Pause Instance { get; } = new();
    }

    /// <summary>Start again what is due.</summary>
    public sealed record Resume
    {
        public static Resume Instance { get; } = new();
    }

    /// <summary>What is scheduled? Answered by <see cref="ScheduleStatus"/>.</summary>
    public sealed record AskSchedule
    {
        public static AskSchedule Instance { get; } = new();
    }
}

using DreamerActors.Domain.Scheduling;

namespace DreamerActors.Hosting.Scheduling;

/// <summary>When dreaming starts by itself. Nothing is scheduled until it is asked for, and nothing starts unless <c>ENABLE_DREAMING</c> allows it.</summary>
public interface IDreamScheduler
{
    /// <summary>
    /// Dreams at night while nobody needs the machine: one session a night, resumed after interruptions, made up for when its start was missed, and
    /// woken when the night is over. Again, it replaces what was scheduled.
    /// </summary>
    /// <param name="startHour">The hour the night begins, 0 … 23, local time.</param>
    /// <param name="endHour">The hour it ends, another one; it may be on the next day.</param>
    /// <returns>The job's id, <c>nightly_dreaming</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An hour is out of range, or both are the same.</exception>
    string ScheduleNightlyDreaming(int startHour = 2, int endHour = 6);

    /// <summary>
    /// Dreams while the user is away for longer than <c>DREAMING_IDLE_THRESHOLD_MINUTES</c>, with growing rests and within
    /// <c>DREAMING_IDLE_DAILY_SCENARIOS</c>. Again, it replaces what was scheduled.
    /// </summary>
    /// <param name="interval">How often to look at least, one second to one day.</param>
    /// <returns>The job's id, <c>idle_dreaming_check</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The interval is out of range.</exception>
    string ScheduleIdleDreaming(TimeSpan interval);

    /// <summary>Starts nothing until <see cref="Resume"/>. A session that runs goes on: a wake-up ends it.</summary>
    void Pause();

    /// <summary>Starts again what is due.</summary>
    void Resume();

    /// <summary>What is scheduled, and the last decision in one line.</summary>
    Task<ScheduleStatus> GetStatusAsync(CancellationToken cancellation);
}

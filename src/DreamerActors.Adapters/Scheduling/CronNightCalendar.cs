using Cronos;
using DreamerActors.Domain.Scheduling;

namespace DreamerActors.Adapters.Scheduling;

/// <summary>Nights by Cronos, in the zone of this machine. An hour that the clocks skip is the one after it; of an hour that comes twice, the first counts.</summary>
/// <param name="time">The clock with its time zone.</param>
public sealed class CronNightCalendar(TimeProvider time) : INightCalendar
{
    // A night that a moment belongs to began at most so long before it: 23 hours, and one more when the clocks are set back.
    private static readonly TimeSpan LongestNight = TimeSpan.FromHours(24);

    /// <inheritdoc/>
    public Night NightAt(NightHours hours, DateTimeOffset at)
    {
        var (starts, ends) = (Daily(hours.Start), Daily(hours.End));
        for (var start = Next(starts, at - LongestNight); ; start = Next(starts, start, orAt: false))
        {
            var end = Next(ends, start);
            // A night is empty when the clocks skip all of it.
            if (end > at && end > start)
                return new Night(start, end);
        }
    }

    private DateTimeOffset Next(CronExpression hour, DateTimeOffset from, bool orAt = true) =>
        hour.GetNextOccurrence(from, time.LocalTimeZone, inclusive: orAt) ?? throw new InvalidOperationException("the calendar has ended");

    private static CronExpression Daily(int hour) => CronExpression.Parse($"0 {hour} * * *");
}

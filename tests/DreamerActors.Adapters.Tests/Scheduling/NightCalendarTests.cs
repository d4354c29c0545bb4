using CsCheck;
using DreamerActors.Adapters.Scheduling;
using DreamerActors.Domain.Scheduling;
using Microsoft.Extensions.Time.Testing;

namespace DreamerActors.Adapters.Tests.Scheduling;

/// <summary>Nights are what the wall clock says, in three zones, around the days on which the clocks change.</summary>
public sealed class NightCalendarTests
{
    private static readonly TimeZoneInfo[] Zones = [.. new[] { "Europe/Warsaw", "America/New_York", "UTC" }.Select(TimeZoneInfo.FindSystemTimeZoneById)];

    private static readonly DateTimeOffset[] Days =
    [
        .. new[] { "2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-07-01", "2026-12-31" }
            .Select(day => DateTimeOffset.Parse(day + "T00:00Z", System.Globalization.CultureInfo.InvariantCulture)),
    ];

    private static readonly Gen<(TimeZoneInfo Zone, NightHours Hours, DateTimeOffset At)> Moments =
        from zone in Gen.OneOf(Zones)
        from start in Gen.Int[0, 23]
        from length in Gen.Int[1, 23]
        from day in Gen.OneOf(Days)
        from minutes in Gen.Int[-24 * 60, 48 * 60]
        select (zone, new NightHours(start, (start + length) % 24), day.AddMinutes(minutes));

    private static CronNightCalendar In(TimeZoneInfo zone)
    {
        var time = new FakeTimeProvider();
        time.SetLocalTimeZone(zone);
        return new CronNightCalendar(time);
    }

    private static bool IsNightOnTheWall(TimeZoneInfo zone, NightHours hours, DateTimeOffset at)
    {
        var hour = TimeZoneInfo.ConvertTime(at, zone).Hour;
        return hours.Start < hours.End ? hour >= hours.Start && hour < hours.End : hour >= hours.Start || hour < hours.End;
    }

    [Fact]
    public void A_moment_is_in_a_night_exactly_when_the_wall_clock_shows_one_of_its_hours() => Moments.Sample(m =>
        In(m.Zone).NightAt(m.Hours, m.At).Contains(m.At) == IsNightOnTheWall(m.Zone, m.Hours, m.At), iter: 20_000);

    [Fact]
    public void Every_moment_of_a_night_answers_the_same_night_and_its_end_the_next_one() => Moments.Sample(m =>
    {
        var calendar = In(m.Zone);
        var night = calendar.NightAt(m.Hours, m.At);
        var next = calendar.NightAt(m.Hours, night.End);
        return night.Start < night.End && night.End > m.At
            && calendar.NightAt(m.Hours, night.Start) == night
            && calendar.NightAt(m.Hours, night.End.AddTicks(-1)) == night
            && next.Start > night.End.AddTicks(-1);
    }, iter: 5_000);

    [Theory]
    [InlineData("Europe/Warsaw", 2, 6, "2026-03-28T12:00Z", "2026-03-29T01:00Z", "2026-03-29T04:00Z")] // 2:00 does not exist
    [InlineData("Europe/Warsaw", 2, 3, "2026-03-28T12:00Z", "2026-03-30T00:00Z", "2026-03-30T01:00Z")] // none of it exists
    [InlineData("Europe/Warsaw", 2, 6, "2026-10-24T12:00Z", "2026-10-25T00:00Z", "2026-10-25T05:00Z")] // 2:00 comes twice
    [InlineData("America/New_York", 22, 1, "2026-10-31T20:00Z", "2026-11-01T02:00Z", "2026-11-01T05:00Z")] // 1:00 comes twice
    [InlineData("America/New_York", 22, 4, "2026-03-08T05:00Z", "2026-03-08T03:00Z", "2026-03-08T08:00Z")] // wraps midnight, an hour short
    public void Clock_changes_neither_lose_nor_double_a_night(string zone, int start, int end, string at, string begins, string ends)
    {
        static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        var night = In(TimeZoneInfo.FindSystemTimeZoneById(zone)).NightAt(new NightHours(start, end), Utc(at));
        Assert.Equal((Utc(begins), Utc(ends)), (night.Start.ToUniversalTime(), night.End.ToUniversalTime()));
    }
}

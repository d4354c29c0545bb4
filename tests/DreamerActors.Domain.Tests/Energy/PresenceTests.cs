using CsCheck;
using DreamerActors.Domain.Energy;

namespace DreamerActors.Domain.Tests.Energy;

public sealed class PresenceTests
{
    private static readonly DateTimeOffset Clock = new(2026, 1, 2, 3, 0, 0, TimeSpan.Zero);

    private static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    [Fact]
    public void A_source_that_cannot_tell_is_not_an_absent_user() =>
        Assert.Null(Presence.Unseen.Look([new Sighting("mouse", null)], Clock, S(0)).IdleAt(S(99)));

    [Fact]
    public void The_most_recent_sighting_counts_and_is_named()
    {
        var presence = Presence.Unseen.Look(
            [new Sighting("terminal", Clock - S(50)), new Sighting("mouse", Clock - S(20)), new Sighting("login", Clock - S(90))], Clock, S(5));
        Assert.Equal(("mouse", S(30)), (presence.Source, presence.IdleAt(S(15))!.Value));
    }

    [Fact]
    public void A_clock_that_is_set_neither_wakes_nor_lulls()
    {
        var before = Presence.Unseen.Look([new Sighting("terminal", Clock - S(60))], Clock, S(0));
        var forward = before.Look([new Sighting("terminal", Clock - S(60))], Clock.AddYears(1), S(10));
        var back = before.Look([new Sighting("terminal", Clock - S(60))], Clock.AddYears(-1), S(10));
        Assert.Equal((S(70), S(70)), (forward.IdleAt(S(10))!.Value, back.IdleAt(S(10))!.Value));
    }

    [Fact]
    public void After_the_clock_was_set_a_new_sighting_lies_between_the_last_two_looks()
    {
        var before = Presence.Unseen.Look([new Sighting("terminal", Clock)], Clock, S(0));
        var seen = before.Look([new Sighting("terminal", Clock + S(5))], Clock.AddDays(3), S(10));
        Assert.Equal(S(10), seen.IdleAt(S(10)));
        Assert.Equal(S(0), before.Look([new Sighting("terminal", Clock + S(5))], Clock.AddDays(-3), S(10)).IdleAt(S(10)));
    }

    [Fact]
    public void A_terminal_that_closes_is_not_the_user()
    {
        var before = Presence.Unseen.Look([new Sighting("terminal", Clock)], Clock, S(0));
        Assert.Equal(S(60), before.Look([new Sighting("terminal", Clock - S(500))], Clock + S(60), S(60)).IdleAt(S(60)));
    }

    [Fact]
    public void Without_activity_idle_time_grows_as_the_clock_does_and_activity_ends_it() =>
        Gen.Select(Gen.Double[0, 5000], Gen.Double[0.1, 100].Array[1, 30]).Sample((age, steps) =>
        {
            var (now, stamp) = (S(0), Clock - S(age));
            var presence = Presence.Unseen.Look([new Sighting("s", stamp)], Clock, now);
            foreach (var step in steps)
            {
                now += S(step);
                presence = presence.Look([new Sighting("s", stamp)], Clock + now, now);
            }

            Assert.Equal(age + now.TotalSeconds, presence.IdleAt(now)!.Value.TotalSeconds, 0.001);
            Assert.Equal(S(0), presence.Look([new Sighting("s", Clock + now + S(2))], Clock + now + S(2), now + S(2)).IdleAt(now + S(2)));
        });
}

using CsCheck;
using DreamerActors.Domain.Energy;

namespace DreamerActors.Domain.Tests.Energy;

public sealed class EnergyPolicyTests
{
    private static readonly EnergyLimits Limits = new(0.7, 0.8, 85, OnBattery: false, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(10));
    private static readonly LoadReading Calm = new() { Cpu = 0.1, Memory = 0.2 };
    private static readonly DateTimeOffset Clock = new(2026, 1, 2, 3, 0, 0, TimeSpan.Zero);

    private static Presence Away(TimeSpan idle) => Presence.Unseen.Look([new Sighting("terminal", Clock - idle)], Clock, TimeSpan.Zero);

    private static EnergyState Decide(LoadReading reading, Presence presence, EnergyLimits? limits = null)
    {
        // Twice, as far apart as a high processor load needs to be believed.
        var first = EnergyPolicy.Decide(EnergyState.Initial, reading, presence, limits ?? Limits, TimeSpan.Zero);
        return EnergyPolicy.Decide(first, reading, presence, limits ?? Limits, EnergyPolicy.Confirm);
    }

    public static TheoryData<string, LoadReading, double?, EnergyLevel, EnergyCause, string> Table() => new()
    {
        { "away for long", Calm, 31, EnergyLevel.Asleep, EnergyCause.Away, "31 min" },
        { "exactly at the threshold", Calm, 30, EnergyLevel.Asleep, EnergyCause.Away, "30 min" },
        { "away for a while", Calm, 12, EnergyLevel.Drowsy, EnergyCause.Resting, "less than 30 min" },
        { "there", Calm, 0.5, EnergyLevel.Awake, EnergyCause.User, "terminal" },
        { "others compute", Calm with { Cpu = 0.83 }, 99, EnergyLevel.Awake, EnergyCause.Load, "83 % of the processors" },
        { "at the limit is not above it", Calm with { Cpu = 0.7 }, 99, EnergyLevel.Asleep, EnergyCause.Away, "away" },
        { "the dreamer computes", Calm with { OwnCpu = 1, OwnMemory = 1 }, 99, EnergyLevel.Asleep, EnergyCause.Away, "away" },
        { "dreams wait for processors", Calm with { Pressure = new Pressure(1, 1, 1) }, 99, EnergyLevel.Asleep, EnergyCause.Away, "away" },
        { "memory is short", Calm with { Memory = 0.9 }, 99, EnergyLevel.Awake, EnergyCause.Load, "90 % of the memory" },
        { "hot", Calm with { Temperature = 91 }, 99, EnergyLevel.Awake, EnergyCause.Load, "91 °C" },
        { "on battery", Calm with { OnBattery = true }, 99, EnergyLevel.Awake, EnergyCause.Load, "battery" },
        { "on mains", Calm with { OnBattery = false }, 99, EnergyLevel.Asleep, EnergyCause.Away, "away" },
        { "no processor figure is not an idle processor", Calm with { Cpu = null }, 99, EnergyLevel.Drowsy, EnergyCause.Unknown, "processor load is not known" },
        { "no memory figure", Calm with { Memory = null }, 99, EnergyLevel.Drowsy, EnergyCause.Unknown, "memory load is not known" },
        { "nobody looks for the user", Calm, null, EnergyLevel.Drowsy, EnergyCause.Unknown, "nothing tells" },
        { "load is told before the user", Calm with { Cpu = 0.9 }, 0, EnergyLevel.Awake, EnergyCause.Load, "90 %" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void A_reading_gives_a_state_with_its_reason_in_words(
        string what, LoadReading reading, double? idleMinutes, EnergyLevel level, EnergyCause cause, string words)
    {
        var state = Decide(reading, idleMinutes is { } idle ? Away(TimeSpan.FromMinutes(idle)) : Presence.Unseen);

        Assert.True((level, cause) == (state.Level, state.Cause), $"{what}: {state}");
        Assert.Contains(words, state.Reason, StringComparison.Ordinal);
        Assert.Equal(cause == EnergyCause.Load, state.IsOverloaded);
    }

    [Fact]
    public void On_battery_it_dreams_when_it_may() =>
        Assert.Equal(EnergyLevel.Asleep, Decide(Calm with { OnBattery = true }, Away(TimeSpan.FromHours(1)), Limits with { OnBattery = true }).Level);

    [Fact]
    public void Where_nobody_sits_it_dreams_until_somebody_is_seen_or_it_is_needed()
    {
        var unattended = Limits with { Unattended = true };
        Assert.True(Decide(Calm, Presence.Unseen, unattended) is { MayDream: true, Reason: "nobody sits at this machine" });
        Assert.Equal(EnergyCause.User, Decide(Calm, Away(TimeSpan.Zero), unattended).Cause);
        Assert.Equal(EnergyCause.Load, Decide(Calm with { Memory = 0.9 }, Presence.Unseen, unattended).Cause);
    }

    [Fact]
    public void A_blink_of_load_does_not_wake()
    {
        var away = Away(TimeSpan.FromHours(1));
        var state = EnergyPolicy.Decide(EnergyState.Initial, Calm with { Cpu = 1 }, away, Limits, TimeSpan.Zero);
        Assert.Equal(EnergyLevel.Asleep, state.Level);
        state = EnergyPolicy.Decide(state, Calm, away, Limits, TimeSpan.FromSeconds(1));
        state = EnergyPolicy.Decide(state, Calm with { Cpu = 1 }, away, Limits, TimeSpan.FromSeconds(2));
        Assert.Equal(EnergyLevel.Asleep, state.Level);
    }

    [Fact]
    public void A_load_around_the_limit_wakes_also_when_a_look_finds_it_just_below()
    {
        var away = Away(TimeSpan.FromHours(1));
        var state = EnergyState.Initial;
        foreach (var (cpu, at) in new[] { (0.75, 0), (0.66, 250), (0.75, 500) })
            state = EnergyPolicy.Decide(state, Calm with { Cpu = cpu }, away, Limits, TimeSpan.FromMilliseconds(at));
        Assert.True(state.IsOverloaded);
    }

    [Fact]
    public void Just_below_the_limit_a_high_load_stays_high_and_a_low_one_low()
    {
        var away = Away(TimeSpan.FromHours(1));
        var almost = Calm with { Cpu = 0.66 };
        Assert.False(Decide(almost, away).IsOverloaded);

        var high = Decide(Calm with { Cpu = 0.75 }, away);
        Assert.True(EnergyPolicy.Decide(high, almost, away, Limits, TimeSpan.FromSeconds(5)).IsOverloaded);
        Assert.False(EnergyPolicy.Decide(high, Calm with { Cpu = 0.62 }, away, Limits, TimeSpan.FromSeconds(5)).IsOverloaded);
    }

    [Fact]
    public void After_a_wake_up_nothing_begins_by_itself_until_it_has_rested()
    {
        var away = Away(TimeSpan.FromHours(1));
        var woken = EnergyPolicy.Woken(Decide(Calm, away), Limits, TimeSpan.FromMinutes(1));

        var soon = EnergyPolicy.Decide(woken, Calm, away, Limits, TimeSpan.FromMinutes(2));
        Assert.Equal((EnergyLevel.Drowsy, EnergyCause.CoolDown, false, false), (soon.Level, soon.Cause, soon.MayDream, soon.MayDreamAtNight));
        Assert.Contains("9 min", soon.Reason, StringComparison.Ordinal);

        var later = EnergyPolicy.Decide(soon, Calm, away, Limits, TimeSpan.FromMinutes(12));
        Assert.Equal(EnergyLevel.Asleep, later.Level);
    }

    [Fact]
    public void At_night_a_short_absence_is_enough_but_nothing_else_is_forgiven()
    {
        Assert.True(Decide(Calm, Away(TimeSpan.FromMinutes(5))).MayDreamAtNight);
        Assert.False(Decide(Calm, Away(TimeSpan.FromMinutes(5))).MayDream);
        Assert.False(Decide(Calm, Away(TimeSpan.Zero)).MayDreamAtNight);
        Assert.False(Decide(Calm with { Cpu = null }, Away(TimeSpan.FromHours(5))).MayDreamAtNight);
        Assert.False(Decide(Calm with { Memory = 0.95 }, Away(TimeSpan.FromHours(5))).MayDreamAtNight);
    }

    [Fact]
    public void It_is_asleep_only_when_everything_it_needs_is_known_and_low()
    {
        var share = Gen.Double[0, 1].Select(value => (double?)value);
        var maybe = Gen.Frequency((1, Gen.Const((double?)null)), (4, share));
        var looks = Gen.Select(maybe, maybe, Gen.Double[0, 120], Gen.Double[0.1, 60]).Array[1, 40];
        looks.Sample(each =>
        {
            var (state, now) = (EnergyState.Initial, TimeSpan.Zero);
            foreach (var (cpu, memory, idle, seconds) in each)
            {
                now += TimeSpan.FromSeconds(seconds);
                var presence = Presence.Unseen.Look([new Sighting("s", Clock - TimeSpan.FromMinutes(idle))], Clock, now);
                state = EnergyPolicy.Decide(state, new LoadReading { Cpu = cpu, Memory = memory }, presence, Limits, now);
                Assert.NotEmpty(state.Reason);
                if (state.Level != EnergyLevel.Asleep) continue;
                Assert.True(cpu is not null && memory <= Limits.Memory && idle >= 29.9, state.ToString());
            }
        });
    }

    [Fact]
    public void Load_far_from_its_limit_decides_whatever_came_before()
    {
        var any = Gen.Double[0, 1].Array[0, 20];
        any.Sample(before =>
        {
            var (state, now) = (EnergyState.Initial, TimeSpan.Zero);
            foreach (var cpu in before.Append(0.95).Append(0.95))
                state = EnergyPolicy.Decide(state, Calm with { Cpu = cpu }, Away(TimeSpan.FromHours(2)), Limits, now += TimeSpan.FromSeconds(1));
            Assert.True(state.IsOverloaded);
            state = EnergyPolicy.Decide(state, Calm with { Cpu = 0.3 }, Away(TimeSpan.FromHours(2)), Limits, now + TimeSpan.FromSeconds(1));
            Assert.False(state.IsOverloaded);
        });
    }
}

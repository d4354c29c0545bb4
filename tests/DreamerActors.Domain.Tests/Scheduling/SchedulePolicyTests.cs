using CsCheck;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Tests.Scheduling;

public sealed class SchedulePolicyTests
{
    private static readonly DateTimeOffset Two = new(2026, 11, 28, 2, 0, 0, TimeSpan.FromHours(1));
    private static readonly Night Tonight = new(Two, Two.AddHours(4));
    private static readonly TimeSpan HalfHour = TimeSpan.FromMinutes(30);

    private static readonly EnergyState Asleep = new() { Level = EnergyLevel.Asleep, Cause = EnergyCause.Away, Reason = "the user has been away for 8 h", Idle = TimeSpan.FromHours(8) };
    private static readonly EnergyState Awake = new() { Level = EnergyLevel.Awake, Cause = EnergyCause.User, Reason = "the user was active 3 s ago (mouse)", Idle = TimeSpan.FromSeconds(3) };
    private static readonly EnergyState Cooling = new() { Level = EnergyLevel.Drowsy, Cause = EnergyCause.CoolDown, Reason = "it woke a short while ago", Idle = TimeSpan.FromMinutes(9) };
    private static readonly EnergyState Resting = new() { Level = EnergyLevel.Drowsy, Cause = EnergyCause.Resting, Reason = "the user has been away for 5 min", Idle = TimeSpan.FromMinutes(5) };

    private static ScheduleRules Rules(bool night = true, bool idle = true) => new()
    {
        Enabled = true,
        Nightly = night ? new NightlyJob(new NightHours(2, 6), Two) : null,
        Idle = idle ? new IdleJob(TimeSpan.FromMinutes(5), Two) : null,
        IdleAfter = HalfHour,
        MaxScenarios = 10,
        DailyIdleScenarios = 25,
    };

    private static Situation At(DateTimeOffset now, EnergyState? energy = null, params SessionSummary[] sessions) =>
        new(now, Tonight, energy ?? Asleep, null, null, sessions);

    private static SessionSummary Session(string trigger, string status, DateTimeOffset from, int minutes, int planned = 10, int? attempted = null) => new(
        new SessionId("s"), status, from, status == "running" ? null : from.AddMinutes(minutes), planned, attempted ?? planned, 0, 0, trigger, "recall");

    private static ScheduleDecision.Start Starts(ScheduleRules rules, Situation at) => Assert.IsType<ScheduleDecision.Start>(SchedulePolicy.Decide(rules, at));

    private static void Waits(string why, ScheduleRules rules, Situation at) =>
        Assert.Contains(why, Assert.IsType<ScheduleDecision.Wait>(SchedulePolicy.Decide(rules, at)).Why, StringComparison.Ordinal);

    [Fact]
    public void The_night_starts_a_session_and_a_missed_start_is_made_up_for_while_it_lasts()
    {
        Assert.Equal((Triggers.Nightly, Tonight), (Starts(Rules(), At(Two)).Trigger, Starts(Rules(), At(Two)).Night));
        Assert.Equal(Triggers.Nightly, Starts(Rules(), At(Two.AddHours(3.9))).Trigger);
        Waits("the night (2-6) begins at 2026-11-28 02:00 +01:00", Rules(idle: false), At(Two.AddMinutes(-1)));
    }

    [Fact]
    public void At_night_it_is_enough_that_the_user_rests_by_day_he_must_be_away()
    {
        Assert.Equal(Triggers.Nightly, Starts(Rules(), At(Two, Resting)).Trigger);
        Waits("not idle", Rules(night: false), At(Two, Resting));
        Assert.Equal(Triggers.Idle, Starts(Rules(night: false), At(Two)).Trigger);
    }

    [Fact]
    public void Nothing_starts_while_the_machine_is_needed_or_cools_down()
    {
        Waits(Awake.Reason, Rules(), At(Two, Awake));
        Waits(Cooling.Reason, Rules(), At(Two, Cooling));
    }

    [Fact]
    public void One_session_a_night_and_one_that_was_left_goes_first()
    {
        Waits("tonight's session is done", Rules(idle: false), At(Two.AddHours(1), null, Session(Triggers.Nightly, "completed", Two, 20)));
        Assert.False(Starts(Rules(), At(Two, null, Session(Triggers.Nightly, "completed", Two.AddDays(-1), 20))).Resume);
        Assert.True(Starts(Rules(), At(Two.AddHours(1), null, Session(Triggers.Nightly, "interrupted", Two, 20, attempted: 3))).Resume);
        Assert.True(Starts(Rules(), At(Two, null, Session(Triggers.Api, "running", Two.AddHours(-9), 0, attempted: 3))).Resume);
    }

    [Fact]
    public void A_session_of_the_night_is_told_to_end_with_it_once_and_others_go_on()
    {
        var run = new ScheduledRun(Triggers.Nightly, Tonight);
        var stop = Assert.IsType<ScheduleDecision.Stop>(SchedulePolicy.Decide(Rules(), At(Tonight.End) with { Run = run }));
        Assert.Equal(InterruptReason.WindowEnd, stop.Reason);
        Waits("running", Rules(), At(Tonight.End.AddTicks(-1)) with { Run = run });
        Waits("running", Rules(), At(Tonight.End) with { Run = run with { Stopped = true } });
        Waits("running", Rules(), At(Tonight.End) with { Run = new ScheduledRun(Triggers.Idle, null) });
    }

    [Fact]
    public void What_is_off_or_paused_starts_nothing()
    {
        Waits("ENABLE_DREAMING", Rules() with { Enabled = false }, At(Two));
        Waits("paused", Rules() with { Paused = true }, At(Two));
        Waits("nothing is scheduled", Rules(night: false, idle: false), At(Two));
    }

    [Fact]
    public void Absences_start_no_more_in_24_hours_than_is_allowed()
    {
        var noon = Two.AddHours(10);
        var spent = Session(Triggers.Idle, "completed", noon.AddHours(-20), 30, planned: 18);
        Assert.Equal(7, Starts(Rules(night: false), At(noon, null, spent)).MaxScenarios);
        Waits("used up", Rules(night: false), At(noon, null, spent, Session(Triggers.Idle, "completed", noon.AddHours(-21), 30, planned: 7)));
        Assert.Equal(10, Starts(Rules(night: false), At(noon.AddHours(5), null, spent)).MaxScenarios);
        Assert.True(Starts(Rules(night: false), At(noon, null, Session(Triggers.Idle, "interrupted", noon.AddHours(-20), 30, planned: 25, attempted: 6))).Resume);
        var tooMuch = Starts(Rules(night: false), At(noon, null, Session(Triggers.Idle, "interrupted", noon.AddHours(-20), 30, planned: 26, attempted: 6)));
        Assert.Equal((false, 10), (tooMuch.Resume, tooMuch.MaxScenarios));
    }

    [Fact]
    public void Each_session_of_one_absence_doubles_the_rest_before_the_next()
    {
        var noon = Two.AddHours(10);
        var one = Session(Triggers.Idle, "completed", noon.AddMinutes(-10), 10, planned: 2);
        Waits("resting", Rules(night: false), At(noon.AddMinutes(29), null, one));
        Starts(Rules(night: false), At(noon.AddMinutes(30), null, one));
        var two = Session(Triggers.Idle, "completed", noon.AddMinutes(30), 10, planned: 2);
        Waits("resting", Rules(night: false), At(noon.AddMinutes(99), null, two, one));
        Starts(Rules(night: false), At(noon.AddMinutes(100), null, two, one));
        Starts(Rules(night: false), At(noon.AddMinutes(99), Asleep with { Idle = HalfHour }, two, one));
    }

    [Fact]
    public void Where_nobody_was_ever_seen_the_last_day_counts_as_one_absence()
    {
        var unattended = Asleep with { Idle = null };
        var noon = Two.AddHours(10);
        Starts(Rules(night: false), At(noon, unattended));
        Waits("resting", Rules(night: false), At(noon, unattended, Session(Triggers.Idle, "completed", noon.AddMinutes(-10), 10, planned: 2)));
        Starts(Rules(night: false), At(noon, unattended, Session(Triggers.Idle, "completed", noon.AddHours(-2), 10, planned: 2)));
    }

    [Fact]
    public void Attempts_that_bring_nothing_come_at_growing_intervals_up_to_an_hour()
    {
        Setbacks? setbacks = null;
        int[] pauses = [5, 10, 20, 40, 60, 60];
        foreach (var minutes in pauses)
        {
            setbacks = Setbacks.After(setbacks, RunOutcome.Failed, Two);
            Assert.Equal(Two.AddMinutes(minutes), setbacks!.Until);
        }

        Waits("6 attempts in a row brought nothing", Rules(), At(Two.AddMinutes(59)) with { Setbacks = setbacks });
        Starts(Rules(), At(Two.AddMinutes(60)) with { Setbacks = setbacks });
        Assert.Equal(Two.AddMinutes(60), Setbacks.After(setbacks, RunOutcome.Busy, Two)!.Until);
        Assert.Equal(Two.AddMinutes(5), Setbacks.After(null, RunOutcome.Busy, Two)!.Until);
        Assert.Null(Setbacks.After(setbacks, RunOutcome.Completed, Two));
        Assert.Null(Setbacks.After(setbacks, RunOutcome.WindowEnd, Two));
    }

    private static readonly Gen<SessionSummary> Sessions =
        from trigger in Gen.OneOf(Triggers.Nightly, Triggers.Idle, Triggers.Api)
        from status in Gen.OneOf("completed", "interrupted", "running")
        from began in Gen.Int[-48 * 60, 0]
        from planned in Gen.Int[1, 20]
        from attempted in Gen.Int[0, 20]
        select Session(trigger, status, Two.AddMinutes(began), 15, planned, status == "completed" ? planned : Math.Min(attempted, planned));

    private static readonly Gen<(ScheduleRules Rules, Situation At)> Situations =
        from flags in Gen.Bool.Array[4]
        from minutes in Gen.Int[-300, 400]
        from energy in Gen.OneOf(Asleep, Awake, Cooling, Resting)
        from sessions in Sessions.Array[0, 6]
        from setbacks in Gen.Int[0, 4]
        select (Rules(flags[0], flags[1]) with { Enabled = !flags[2] || minutes % 3 > 0, Paused = flags[3] && minutes % 2 > 0 },
            At(Two.AddMinutes(minutes), energy, [.. sessions.OrderByDescending(s => s.StartedAt)]) with { Setbacks = setbacks == 0 ? null : new Setbacks(setbacks, Two.AddMinutes(minutes - 7)) });

    [Fact]
    public void Whatever_happened_before_a_session_starts_only_when_it_may_and_every_decision_is_one_line() => Situations.Sample(it =>
    {
        var (rules, at) = it;
        var decision = SchedulePolicy.Decide(rules, at);
        var spent = at.Sessions.Where(s => s.Trigger == Triggers.Idle && (s.EndedAt ?? at.Now) > at.Now.AddDays(-1)).Sum(s => s.Attempted);
        var left = at.Sessions.FirstOrDefault(s => s.Status != "completed");
        var may = decision is not ScheduleDecision.Start start || (rules.Enabled && !rules.Paused && (at.Setbacks is null || at.Now >= at.Setbacks.Until)
            && (start.Trigger == Triggers.Nightly
                ? rules.Nightly is not null && Tonight.Contains(at.Now) && at.Energy.MayDreamAtNight
                : rules.Idle is not null && at.Energy.MayDream && spent + (start.Resume ? left!.Planned - left.Attempted : start.MaxScenarios) <= rules.DailyIdleScenarios));
        return may && decision is not ScheduleDecision.Stop && decision.Why.Length is > 0 and < 400 && !decision.Why.Contains('\n', StringComparison.Ordinal);
    }, iter: 20_000);
}

using System.Globalization;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Scheduling;

/// <summary>Decides when dreaming starts by itself and when it has to stop.</summary>
public static class SchedulePolicy
{
    private const int MostDoublings = 10;
    private static readonly TimeSpan Day = TimeSpan.FromHours(24);

    /// <summary>The decision for this moment. It depends on nothing else, so a start that was missed is made up for while its night lasts.</summary>
    public static ScheduleDecision Decide(ScheduleRules rules, Situation at)
    {
        if (at.Run is { } run)
            return run is { Stopped: false, Night: { } night } && at.Now >= night.End
                ? new ScheduleDecision.Stop(InterruptReason.WindowEnd, $"the night ended at {Clock(night.End)}")
                : new ScheduleDecision.Wait("running", $"a session started by the schedule ({run.Trigger}) is running");
        if (!rules.Enabled) return new ScheduleDecision.Wait("off", "dreaming by itself is off (ENABLE_DREAMING=false)");
        if (rules.Paused) return new ScheduleDecision.Wait("paused", "the schedule is paused");
        if (at.Setbacks is { } setbacks && at.Now < setbacks.Until)
            return new ScheduleDecision.Wait($"setback {setbacks.Count}", $"{Count(setbacks.Count, "attempt")} in a row brought nothing; the next may begin at {Clock(setbacks.Until)}");

        ScheduleDecision[] decisions = [.. Nightly(rules, at), .. Idle(rules, at)];
        if (decisions.OfType<ScheduleDecision.Start>().FirstOrDefault() is { } start) return start;
        var waits = decisions.Cast<ScheduleDecision.Wait>().ToList();
        return waits.Count == 0
            ? ScheduleDecision.Nothing
            : new ScheduleDecision.Wait(string.Join("; ", waits.Select(wait => wait.Topic)), string.Join("; ", waits.Select(wait => wait.Why)));
    }

    private static IEnumerable<ScheduleDecision> Nightly(ScheduleRules rules, Situation at)
    {
        if (rules.Nightly is not { Hours: { } hours } || at.Night is not { } night) yield break;
        if (!night.Contains(at.Now))
            yield return new ScheduleDecision.Wait("before the night", $"the night ({hours}) begins at {Clock(night.Start)}");
        else if (!at.Energy.MayDreamAtNight)
            yield return new ScheduleDecision.Wait($"night, {at.Energy.Cause}", $"it is night ({hours}), but {at.Energy.Reason}");
        else if (Unfinished(at) is { } left)
            yield return new ScheduleDecision.Start(Triggers.Nightly, true, rules.MaxScenarios, night, $"it is night ({hours}) and {Count(Pending(left), "scenario")} of an earlier session {(Pending(left) == 1 ? "is" : "are")} left; {at.Energy.Reason}");
        else if (at.Sessions.Any(session => session.Trigger == Triggers.Nightly && session.StartedAt >= night.Start))
            yield return new ScheduleDecision.Wait("night is done", "tonight's session is done");
        else
            yield return new ScheduleDecision.Start(Triggers.Nightly, false, rules.MaxScenarios, night, $"it is night ({hours}) and {at.Energy.Reason}");
    }

    private static IEnumerable<ScheduleDecision> Idle(ScheduleRules rules, Situation at)
    {
        if (rules.Idle is null) yield break;
        if (!at.Energy.MayDream || at.Energy.Idle < rules.IdleAfter)
        {
            yield return new ScheduleDecision.Wait($"idle, {at.Energy.Cause}", $"not idle: {at.Energy.Reason}");
            yield break;
        }

        var left = rules.DailyIdleScenarios - SpentBy(at);
        if (left <= 0)
            yield return new ScheduleDecision.Wait("budget", $"the {Count(rules.DailyIdleScenarios, "scenario")} that absences may start a day are used up");
        else if (at.Now < RestedAt(rules, at))
            yield return new ScheduleDecision.Wait("resting", $"resting after the last session of this absence until {Clock(RestedAt(rules, at))}");
        else if (Unfinished(at) is { Trigger: Triggers.Idle } unfinished && Pending(unfinished) <= left)
            yield return new ScheduleDecision.Start(Triggers.Idle, true, 0, null, $"{at.Energy.Reason}, and {Count(Pending(unfinished), "scenario")} of an earlier session {(Pending(unfinished) == 1 ? "is" : "are")} left");
        else
            yield return new ScheduleDecision.Start(Triggers.Idle, false, Math.Min(left, rules.MaxScenarios), null, at.Energy.Reason);
    }

    private static SessionSummary? Unfinished(Situation at) => at.Sessions.FirstOrDefault(session => session.EndedAt is null || session.Status == "interrupted");

    private static int Pending(SessionSummary session) => session.Planned - session.Attempted - session.Lost;

    /// <summary>What absences started within the last 24 hours: a day that needs no calendar.</summary>
    private static int SpentBy(Situation at) =>
        at.Sessions.Where(session => session.Trigger == Triggers.Idle && (session.EndedAt ?? at.Now) > at.Now - Day).Sum(session => session.Attempted + session.Lost);

    /// <summary>Each session of one absence doubles the rest before the next.</summary>
    private static DateTimeOffset RestedAt(ScheduleRules rules, Situation at)
    {
        // Where nobody was ever seen the absence has no beginning.
        var since = at.Now - (at.Energy.Idle ?? Day);
        var ofThisAbsence = at.Sessions.Where(session => session.Status == "completed" && session.EndedAt > since).ToList();
        return ofThisAbsence.Count == 0
            ? DateTimeOffset.MinValue
            : ofThisAbsence.Max(session => session.EndedAt!.Value) + (rules.IdleAfter * (1 << Math.Min(ofThisAbsence.Count - 1, MostDoublings)));
    }

    private static string Clock(DateTimeOffset at) => at.ToString("yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");
}

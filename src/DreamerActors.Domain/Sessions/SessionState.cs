using System.Collections.Immutable;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Domain.Sessions;

/// <summary>Where a session is in its life.</summary>
public enum SessionPhase
{
    /// <summary>It has not begun.</summary>
    New,

    /// <summary>It dreams, or the process that dreamt died without a word.</summary>
    Running,

    /// <summary>It was woken before its end.</summary>
    Interrupted,

    /// <summary>Every scenario has ended.</summary>
    Completed,

    /// <summary>The guardian could not be trusted: nothing of it is kept.</summary>
    Quarantined,
}

/// <summary>How a scenario ended.</summary>
public enum ScenarioEnd
{
    /// <summary>Proven and kept.</summary>
    Kept,

    /// <summary>Judged and refused.</summary>
    Rejected,

    /// <summary>Never judged.</summary>
    Lost,
}

/// <summary>
/// The pure state of a session: <see cref="Decide"/> turns a command into events, <see cref="Apply"/> turns events into state.
/// A scenario ends at most once; one that a wake-up stopped has not ended and is dreamt again after the resumption.
/// </summary>
public sealed record SessionState
{
    /// <summary>A session that has not begun.</summary>
    public static SessionState Initial { get; } = new();

    /// <summary>Where it is in its life.</summary>
    public SessionPhase Phase { get; private init; }

    /// <summary>Its name; the default value before it begins.</summary>
    public SessionId Session { get; private init; }

    /// <summary>What it was asked; null before it begins.</summary>
    public SessionOrder? Order { get; private init; }

    /// <summary>Every scenario it means to dream, in order.</summary>
    public IReadOnlyList<PlannedScenario> Plan { get; private init; } = [];

    /// <summary>The scenarios woven so far.</summary>
    public ImmutableDictionary<ScenarioId, Scenario> Woven { get; private init; } = ImmutableDictionary<ScenarioId, Scenario>.Empty;

    /// <summary>The scenarios that ended, and how.</summary>
    public ImmutableDictionary<ScenarioId, ScenarioEnd> Ended { get; private init; } = ImmutableDictionary<ScenarioId, ScenarioEnd>.Empty;

    /// <summary>What was kept so far is like: a later dream that is like it is no new one.</summary>
    public ImmutableDictionary<DreamId, CodeSignature> Kept { get; private init; } = ImmutableDictionary<DreamId, CodeSignature>.Empty;

    /// <summary>What was said about kept dreams; nothing about those that are not in it.</summary>
    public ImmutableDictionary<DreamId, Approval> Approvals { get; private init; } = ImmutableDictionary<DreamId, Approval>.Empty;

    /// <summary>Rejections so far: name of the kind → count.</summary>
    public ImmutableSortedDictionary<string, int> Rejections { get; private init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Losses so far: name of the reason → count.</summary>
    public ImmutableSortedDictionary<string, int> Losses { get; private init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Whether the guardian must be tried with canaries now: before anything is dreamt, and once more when all has ended.</summary>
    public bool AwaitsCanaries => Phase == SessionPhase.Running && Order!.Canaries && (!Tried || !Pending.Any());

    /// <summary>Time spent dreaming up to the last event; pauses and the time a dead process was away are not in it.</summary>
    public TimeSpan Dreamt { get; private init; }

    private DateTimeOffset LastAt { get; init; }

    private IReadOnlyList<BrainUse> Use { get; init; } = [];

    private bool Tried { get; init; }

    /// <summary>Planned scenarios that have not ended, in order.</summary>
    public IEnumerable<PlannedScenario> Pending => Plan.Where(planned => !Ended.ContainsKey(planned.Id));

    /// <summary>Titles of the woven scenarios, in the order of the plan.</summary>
    public IReadOnlyList<string> Titles => [.. from planned in Plan where Woven.ContainsKey(planned.Id) select Woven[planned.Id].Title];

    /// <summary>The figures up to the last event.</summary>
    public SessionReport Report
    {
        get
        {
            var kept = Ended.Values.Count(end => end == ScenarioEnd.Kept);
            var lost = Ended.Values.Count(end => end == ScenarioEnd.Lost);
            return new SessionReport(Ended.Count - lost, kept, lost, Dreamt, Use.Count == 0 ? null : Use);
        }
    }

    /// <summary>Answers a command. Nothing changes before its events are applied.</summary>
    public Decision Decide(SessionCommand command) => (Phase, command) switch
    {
        (SessionPhase.New, BeginSession begin) => Begin(begin),
        (SessionPhase.New, _) => new Decision.Refuse("the session has not begun"),
        (_, BeginSession) => new Decision.Refuse("the session has already begun"),
        (SessionPhase.Quarantined, _) => new Decision.Refuse("the session is quarantined"),
        (_, SetApproval wished) => Approve(wished),
        (_, RecordReplays replays) => Replay(replays),
        (SessionPhase.Completed, _) => new Decision.Refuse("the session is completed"),
        (_, ResumeSession resume) => AcceptAndComplete(new SessionResumed(Session, resume.At)),
        (SessionPhase.Interrupted, _) => new Decision.Refuse("the session is interrupted"),
        (_, InterruptSession interrupt) =>
            new Decision.Accept([new SessionInterrupted(Session, interrupt.At, interrupt.Reason, interrupt.StopLatency, interrupt.Detail, interrupt.Killed, interrupt.Problem)]),
        (_, RecordCanaries canaries) => Try(canaries),
        (_, RecordWoven woven) => Weave(woven),
        (_, RecordKept kept) => Keep(kept),
        (_, RecordRejected rejected) => Reject(rejected),
        (_, RecordLost lost) => Open(lost.Scenario, out _) is { } refusal
            ? refusal
            : AcceptAndComplete(new DreamLost(Session, lost.At, lost.Scenario, lost.Reason, lost.Detail, lost.Effort)),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "not a session command"),
    };

    /// <summary>The state after an event.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The event is of an unknown kind.</exception>
    public SessionState Apply(ISessionEvent happened)
    {
        var clocked = happened is SessionStarted or SessionResumed || Phase != SessionPhase.Running
            ? this with { LastAt = happened.At }
            : this with { LastAt = happened.At, Dreamt = Dreamt + Elapsed(happened.At) };
        if (UseOf(happened) is { Count: > 0 } use)
            clocked = clocked with { Use = BrainUse.Sum([.. Use, .. use]) };
        return happened switch
        {
            SessionStarted e => clocked with { Phase = SessionPhase.Running, Session = e.Session, Order = e.Order, Plan = e.Plan },
            ScenarioWoven e => clocked with { Woven = Woven.SetItem(e.Scenario.Id, e.Scenario) },
            DreamCompleted e => clocked with { Ended = Ended.SetItem(e.Scenario.Id, ScenarioEnd.Kept), Kept = Kept.SetItem(e.Dream, CodeSignature.Of(e.Code)) },
            DreamRejected e => clocked with
            {
                Ended = Ended.SetItem(e.ScenarioId, ScenarioEnd.Rejected),
                Rejections = Rejections.SetItem(KindOf(e.Verdict), Rejections.GetValueOrDefault(KindOf(e.Verdict)) + 1),
            },
            DreamLost e => clocked with
            {
                Ended = Ended.SetItem(e.Scenario, ScenarioEnd.Lost),
                Losses = Losses.SetItem(e.Reason.Name(), Losses.GetValueOrDefault(e.Reason.Name()) + 1),
            },
            SessionInterrupted => clocked with { Phase = SessionPhase.Interrupted },
            SessionResumed => clocked with { Phase = SessionPhase.Running, Tried = false },
            CanariesJudged => clocked with { Tried = true },
            SessionQuarantined e => clocked with
            {
                Phase = SessionPhase.Quarantined,
                Ended = Ended.SetItems(Ended.Where(end => end.Value == ScenarioEnd.Kept).Select(end => KeyValuePair.Create(end.Key, ScenarioEnd.Rejected))),
                Rejections = e.Dreams.Count == 0 ? Rejections : Rejections.SetItem("QUARANTINED", e.Dreams.Count),
            },
            SessionCompleted => clocked with { Phase = SessionPhase.Completed },
            DreamApproved e => clocked with { Approvals = Approvals.SetItem(e.Dream, Approval.Approved) },
            DreamDeclined e => clocked with { Approvals = Approvals.SetItem(e.Dream, Approval.Declined) },
            ApprovalUndone e => clocked with { Approvals = Approvals.Remove(e.Dream) },
            DreamReplayed => clocked,
            _ => throw new ArgumentOutOfRangeException(nameof(happened), happened, "not a session event"),
        };
    }

    private static Decision Begin(BeginSession begin)
    {
        if (begin.Plan.Count == 0) return new Decision.Refuse("the plan is empty");
        return begin.Plan.DistinctBy(planned => planned.Id).Count() != begin.Plan.Count
            ? new Decision.Refuse("the plan names a scenario twice")
            : new Decision.Accept([new SessionStarted(begin.Session, begin.At, begin.Order, begin.Plan)]);
    }

    private Decision Try(RecordCanaries canaries)
    {
        var judged = new CanariesJudged(Session, canaries.At, canaries.Results);
        if (canaries.Results.FirstOrDefault(result => result.IsMisjudged()) is { } wrong)
            return new Decision.Accept([judged, new SessionQuarantined(Session, canaries.At,
                $"the guardian said {wrong.Outcome.ToString().ToLowerInvariant()} of the canary \"{wrong.Name}\" ({wrong.Reason ?? "no reason"}): the dreams of this session are quarantined",
                [.. Kept.Keys.OrderBy(dream => dream.Value, StringComparer.Ordinal)])]);
        var after = Apply(judged);
        return after.Pending.Any()
            ? new Decision.Accept([judged])
            : new Decision.Accept([judged, new SessionCompleted(Session, canaries.At, after.Report)]);
    }

    private Decision Approve(SetApproval wished)
    {
        if (!Kept.ContainsKey(wished.Dream)) return new Decision.Refuse($"dream {wished.Dream} was not kept");
        if (Approvals.GetValueOrDefault(wished.Dream) == wished.Approval)
            return new Decision.Refuse(wished.Approval == Approval.Pending ? $"nothing was said about dream {wished.Dream}" : $"dream {wished.Dream} is already {wished.Approval.ToString().ToLowerInvariant()}");
        return new Decision.Accept([wished.Approval switch
        {
            Approval.Approved => new DreamApproved(Session, wished.At, wished.Dream, wished.Actor, wished.Comment),
            Approval.Declined => new DreamDeclined(Session, wished.At, wished.Dream, wished.Actor, wished.Comment),
            _ => new ApprovalUndone(Session, wished.At, wished.Dream, wished.Actor, wished.Comment),
        }]);
    }

    private Decision Replay(RecordReplays replays) => replays.Results.FirstOrDefault(result => !Kept.ContainsKey(result.Dream)) is { } stranger
        ? new Decision.Refuse($"dream {stranger.Dream} was not kept")
        : new Decision.Accept([.. replays.Results.Select(result => new DreamReplayed(Session, replays.At, result))]);

    private Decision Weave(RecordWoven woven)
    {
        if (Open(woven.Scenario.Id, out _) is { } refusal) return refusal;
        return Woven.ContainsKey(woven.Scenario.Id)
            ? new Decision.Refuse($"scenario {woven.Scenario.Id} is already woven")
            : new Decision.Accept([new ScenarioWoven(Session, woven.At, woven.Scenario, woven.Use is { Count: > 0 } ? woven.Use : null)]);
    }

    private Decision Keep(RecordKept kept)
    {
        if (Open(kept.Scenario, out _) is { } refusal) return refusal;
        if (Order!.Canaries && !Tried) return new Decision.Refuse("the guardian was not yet tried with canaries");
        if (kept.Verdict.Outcome != VerdictOutcome.Pass) return new Decision.Refuse($"scenario {kept.Scenario} was not proven");
        // Two dreams of one session may be judged at the same time: only here it is known what is kept.
        if (Order.Strict && NearestKept(kept.Code) is { Likeness: >= CodeSignature.Threshold } nearest)
            return Reject(new RecordRejected(kept.At, kept.Scenario, kept.Code, NoveltyRule.Refuse(kept.Verdict, nearest), kept.Effort));
        return Woven.TryGetValue(kept.Scenario, out var scenario)
            ? AcceptAndComplete(new DreamCompleted(
                Session, kept.At, DreamId.Of(Session, kept.Scenario), scenario, kept.Code, kept.Verdict, Order.Brain, kept.Effort))
            : new Decision.Refuse($"scenario {kept.Scenario} was never woven");
    }

    private NearestDream? NearestKept(string code)
    {
        var signature = CodeSignature.Of(code);
        return Kept.Select(each => new NearestDream(each.Key, signature.Likeness(each.Value)))
            .OrderByDescending(each => each.Likeness).ThenBy(each => each.Dream.Value, StringComparer.Ordinal).FirstOrDefault();
    }

    private Decision Reject(RecordRejected rejected)
    {
        if (Open(rejected.Scenario, out var planned) is { } refusal) return refusal;
        return rejected.Verdict.Outcome == VerdictOutcome.Fail
            ? AcceptAndComplete(new DreamRejected(
                Session, rejected.At, DreamId.Of(Session, rejected.Scenario), rejected.Scenario,
                Woven.GetValueOrDefault(rejected.Scenario), planned!.Fragment.EntityId, rejected.Code, rejected.Verdict, rejected.Effort))
            : new Decision.Refuse($"scenario {rejected.Scenario} was not refused by a verdict");
    }

    private Decision.Refuse? Open(ScenarioId scenario, out PlannedScenario? planned)
    {
        planned = Plan.FirstOrDefault(candidate => candidate.Id == scenario);
        if (planned is null) return new Decision.Refuse($"scenario {scenario} is not in the plan");
        return Ended.ContainsKey(scenario) ? new Decision.Refuse($"scenario {scenario} has already ended") : null;
    }

    /// <summary>Accepts the event, and the session's completion with it when nothing is pending afterwards and no canaries are due.</summary>
    private Decision.Accept AcceptAndComplete(ISessionEvent happened)
    {
        var after = Apply(happened);
        return after.Pending.Any() || after.AwaitsCanaries
            ? new Decision.Accept([happened])
            : new Decision.Accept([happened, new SessionCompleted(Session, happened.At, after.Report)]);
    }

    // A clock that was set back must not shorten what was dreamt.
    private TimeSpan Elapsed(DateTimeOffset at) => at > LastAt ? at - LastAt : TimeSpan.Zero;

    private static IReadOnlyList<BrainUse>? UseOf(ISessionEvent happened) => happened switch
    {
        ScenarioWoven e => e.Use,
        DreamCompleted e => e.Effort?.Use,
        DreamRejected e => e.Effort?.Use,
        DreamLost e => e.Effort?.Use,
        _ => null,
    };

    private static string KindOf(Verdict verdict) => verdict.Kind?.Name() ?? "UNKNOWN";
}

using System.Text.Json;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Tests.Sessions;

/// <summary>Nothing counts before the guardian was right about known programs, and nothing stays when it was wrong about one.</summary>
public sealed class CanaryRuleTests
{
    private static readonly DateTimeOffset At = new(2026, 11, 28, 2, 0, 0, TimeSpan.Zero);
    private static readonly SessionId Session = new("0b0e7a44-1111-2222-3333-444455556666");
    private static readonly ScenarioId Only = new("s001");

    private static readonly Verdict Proven = new(
        VerdictOutcome.Pass, null, null, [], new TestCounts(1, 0), JsonDocument.Parse("{}").RootElement, true, TimeSpan.FromSeconds(1));

    private static SessionState Begun(bool canaries = true) => After(
        SessionState.Initial,
        new BeginSession(At, Session, new SessionOrder(1, Difficulty.Simple, true, "recall", "manual", canaries),
            [new PlannedScenario(Only, new KnowledgeFragment("m.f", "f", "Function", "", [], [], new Provenance("m.f", "m.py")), Difficulty.Simple)]),
        new RecordWoven(At, new Scenario(Only, "f", "", "", [], "", Difficulty.Simple, [], new Provenance("m.f", "m.py"))));

    private static SessionState After(SessionState state, params SessionCommand[] commands) => commands.Aggregate(state, (before, command) =>
        Assert.IsType<Decision.Accept>(before.Decide(command)).Events.Aggregate(before, (each, happened) => each.Apply(happened)));

    private static RecordCanaries Canaries(VerdictOutcome honest = VerdictOutcome.Pass, VerdictOutcome cheat = VerdictOutcome.Fail) =>
        new(At, [new CanaryResult("cheat", VerdictOutcome.Fail, cheat, "why"), new CanaryResult("honest", VerdictOutcome.Pass, honest, "why")]);

    private static RecordKept Keep() => new(At, Only, "def f():\n    return 1\n", Proven);

    [Fact]
    public void A_dream_counts_only_after_canaries_and_a_session_completes_only_after_others()
    {
        var begun = Begun();
        Assert.True(begun.AwaitsCanaries);
        Assert.IsType<Decision.Refuse>(begun.Decide(Keep()));

        var tried = After(begun, Canaries());
        Assert.False(tried.AwaitsCanaries);
        var dreamt = After(tried, Keep());
        Assert.True(dreamt.AwaitsCanaries);
        Assert.Equal(SessionPhase.Running, dreamt.Phase);

        Assert.Equal(SessionPhase.Completed, After(dreamt, Canaries()).Phase);
    }

    [Theory]
    [InlineData(VerdictOutcome.Fail, VerdictOutcome.Fail)]
    [InlineData(VerdictOutcome.Pass, VerdictOutcome.Pass)]
    public void Misjudged_at_the_start_nothing_is_dreamt(VerdictOutcome honest, VerdictOutcome cheat)
    {
        var state = After(Begun(), Canaries(honest, cheat));
        Assert.Equal(SessionPhase.Quarantined, state.Phase);
        Assert.IsType<Decision.Refuse>(state.Decide(Keep()));
        Assert.IsType<Decision.Refuse>(state.Decide(new ResumeSession(At)));
    }

    [Fact]
    public void Misjudged_at_the_end_every_kept_dream_is_named_and_none_counts()
    {
        var dreamt = After(Begun(), Canaries(), Keep());
        var events = Assert.IsType<Decision.Accept>(dreamt.Decide(Canaries(cheat: VerdictOutcome.Pass))).Events;
        Assert.IsType<CanariesJudged>(events[0]);
        Assert.Equal([DreamId.Of(Session, Only)], Assert.IsType<SessionQuarantined>(events[1]).Dreams);
        var after = events.Aggregate(dreamt, (each, happened) => each.Apply(happened));
        Assert.Equal((1, 0), (after.Report.Attempted, after.Report.Successful));
        Assert.Equal(1, after.Rejections["QUARANTINED"]);
    }

    [Fact]
    public void A_canary_that_could_not_be_judged_says_nothing_about_the_guardian()
    {
        var state = After(Begun(), Canaries(VerdictOutcome.Error, VerdictOutcome.Error), Keep(), Canaries(VerdictOutcome.Error, VerdictOutcome.Error));
        Assert.Equal((SessionPhase.Completed, 1), (state.Phase, state.Report.Successful));
    }

    [Fact]
    public void A_resumed_session_is_tried_again_even_when_nothing_is_left_to_dream()
    {
        var resumed = After(Begun(), Canaries(), Keep(), new InterruptSession(At, InterruptReason.Asked, TimeSpan.Zero), new ResumeSession(At));
        Assert.True(resumed.AwaitsCanaries);
        Assert.Equal(SessionPhase.Completed, After(resumed, Canaries()).Phase);
        Assert.Equal(SessionPhase.Quarantined, After(resumed, Canaries(honest: VerdictOutcome.Fail)).Phase);
    }

    [Fact]
    public void A_session_of_an_old_journal_completes_as_it_always_did() =>
        Assert.Equal(SessionPhase.Completed, After(Begun(canaries: false), Keep()).Phase);
}

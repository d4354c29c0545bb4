using DreamerActors.Actors.Sessions;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;

namespace DreamerActors.Hosting.Tests.Dreaming;

public sealed class LiveSessionTests
{
    private static SessionProtocol.SessionProgressed Told(string session, int scenario, string phase) =>
        new(new SessionId(session), $"s{scenario:000}", $"title {scenario}", phase, null, scenario, 100);

    private static LiveSession After(params SessionProtocol.SessionProgressed[] told) => told.Aggregate((LiveSession?)null, LiveSession.After)!;

    [Fact]
    public void A_scenario_stands_there_once_in_its_last_phase()
    {
        var live = After(Told("a", 1, "weaving"), Told("a", 2, "weaving"), Told("a", 1, "coding"));
        Assert.Equal([("s002", "weaving"), ("s001", "coding")], live.Scenarios.Select(each => (each.Scenario, each.Phase)));
        Assert.Equal((1, 100), (live.Ended, live.Total));
    }

    [Fact]
    public void Of_many_that_ended_only_the_last_are_kept_and_none_that_is_dreamt_is_forgotten()
    {
        var live = After([Told("a", 0, "guarding"), .. Enumerable.Range(1, 50).Select(scenario => Told("a", scenario, "kept"))]);
        Assert.Equal("s000", Assert.Single(live.Scenarios, each => !each.IsOver).Scenario);
        Assert.Equal(Enumerable.Range(39, 12).Select(scenario => $"s{scenario:000}"), live.Scenarios.Where(each => each.IsOver).Select(each => each.Scenario));
    }

    [Fact]
    public void Another_session_begins_anew() =>
        Assert.Equal(["s002"], After(Told("a", 1, "kept"), Told("b", 2, "weaving")).Scenarios.Select(each => each.Scenario));
}

using System.Text.Json;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;
using DreamerActors.Host.Doctor;
using DreamerActors.Host.Tests.Running;
using DreamerActors.Hosting.Settings;

namespace DreamerActors.Host.Tests;

[Collection(Processes.Name)]
public sealed class DoctorTests : IDisposable
{
    private static readonly DreamerSettings Settings = new() { OutputDirectory = "/o", MemoryRoot = "/m", DataDirectory = "/d", EnableDreaming = true };
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [SkippableFact]
    public async Task It_tries_the_guardian_and_names_what_is_missing_with_its_remedy()
    {
        Needs.Sandbox();
        var ran = await _workspace.RunAsync(["doctor", "--json"], [("DREAMING_SANDBOX", "bubblewrap")]);
        Assert.True(ran.Exit == 69, ran.ToString());
        Assert.False(ran.Json.GetProperty("healthy").GetBoolean());
        Assert.Equal("well", Health(ran, "guardian, honest program"));
        Assert.Equal("well", Health(ran, "guardian, cheat program"));
        Assert.Equal("ill", Health(ran, "knowledge"));
        Assert.Equal("dreamer ingest stdlib", Of(ran, "knowledge").GetProperty("remedy").GetString());
    }

    [SkippableFact]
    public async Task A_brain_that_does_not_answer_is_ill()
    {
        Needs.Sandbox();
        var ran = await _workspace.RunAsync(["doctor", "--json"],
            [("DREAMING_SANDBOX", "bubblewrap"), ("DREAMING_BRAIN", "openai"), ("DREAMING_LLM_ENDPOINT", "http://127.0.0.1:9/v1"), ("DREAMING_LLM_MODEL", "any")]);
        Assert.Equal("ill", Health(ran, "brain"));
    }

    [Fact]
    public void Nothing_kept_is_explained_by_what_most_were_refused_for()
    {
        var rejected = new[] { Rejected("WEAK_TESTS"), Rejected("TIMEOUT"), Rejected("TIMEOUT") };
        var finding = Complaints.Kept(new DreamStatistics(2, 8, 0, 0), rejected);
        Assert.Equal(Doctor.Health.Ill, finding.Health);
        Assert.Contains("TIMEOUT", finding.Says, StringComparison.Ordinal);
        Assert.Contains("DREAMING_SANDBOX_WALL_SECONDS", finding.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Dreams_that_were_lost_are_not_blamed_on_the_guardian() =>
        Assert.Contains("lost", Complaints.Kept(new DreamStatistics(1, 6, 0, 6), []).Says, StringComparison.Ordinal);

    [Fact]
    public void Where_nobody_sees_the_user_waking_up_is_ill()
    {
        var blind = Complaints.Waking(Settings, [new Sighting("terminal", null)]).First();
        Assert.Equal(Doctor.Health.Ill, blind.Health);
        var seen = Complaints.Waking(Settings, [new Sighting("terminal", DateTimeOffset.UnixEpoch), new Sighting("login", null)]).First();
        Assert.Equal(Doctor.Health.Well, seen.Health);
        Assert.Contains("not here: login", seen.Says, StringComparison.Ordinal);
    }

    [Fact]
    public void Trivial_scenarios_are_blamed_on_the_setting_or_on_the_knowledge()
    {
        var simple = Enumerable.Repeat(Kept("simple"), 6).ToList();
        Assert.Contains("DREAMING_SCENARIO_COMPLEXITY", Complaints.Scenarios(Settings with { ScenarioComplexity = Domain.Scenarios.Difficulty.Simple }, 9, simple).Remedy, StringComparison.Ordinal);
        Assert.Contains("ingest", Complaints.Scenarios(Settings, 9, simple).Remedy, StringComparison.Ordinal);
        Assert.Equal(Doctor.Health.Well, Complaints.Scenarios(Settings, 9, [.. Enumerable.Repeat(Kept("complex"), 6)]).Health);
    }

    private static JsonElement Of(Ran ran, string part) =>
        ran.Json.GetProperty("findings").EnumerateArray().Single(each => each.GetProperty("part").GetString() == part);

    private static string? Health(Ran ran, string part) => Of(ran, part).GetProperty("health").GetString();

    private static DreamSummary Rejected(string kind) => Kept("medium") with { Outcome = "rejected", Kind = kind, Reason = $"because of {kind}" };

    private static DreamSummary Kept(string difficulty) =>
        new(new DreamId("0a1b2c3d"), new SessionId("s"), "entity", "title", "kept", null, null, null, DateTimeOffset.UnixEpoch, difficulty, []);
}

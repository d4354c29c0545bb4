using System.Text.Json;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Adapters.Tests;

/// <summary>Values that a test does not care about.</summary>
internal static class Some
{
    public static readonly SessionId Session = new("98e51873-0000-4000-8000-000000000001");
    public static readonly DateTimeOffset Night = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public static DreamCompleted Dream(string id = "3ad33cf3", string title = "Count — żółć 🌙", string code = "def f():\n    return 1\n", int minutes = 0) => new(
        Session, Night.AddMinutes(minutes), new DreamId(id), Scenario(title), code,
        new Verdict(VerdictOutcome.Pass, null, null, [], new TestCounts(2, 0), JsonDocument.Parse("""{"checks": 2}""").RootElement, true, TimeSpan.FromSeconds(1)), "recall");

    public static Scenario Scenario(string title = "Count") => new(
        new ScenarioId("s001"), title, "def f()\n\nCounts.", "Write f.", ["`f()` gives `1`"], "from solution import f\n\n\ndef test_f():\n    assert f() == 1\n",
        Difficulty.Medium, ["itertools"], new Provenance("m.f", "/lib/m.py", "m", "1.0", "MIT"));

    public static DreamRejected Rejected(string entity = "m.g") => new(
        Session, Night, new DreamId("00000001"), new ScenarioId("s002"), null, entity, null, Verdict.NothingToJudge("tests", "there was no code", true));

    public static SessionStarted Started(params PlannedScenario[] plan) => new(Session, Night, new SessionOrder(2, Difficulty.Medium, true, "recall", "manual"), plan);

    public static PlannedScenario Planned(string id, string library, string? reason = null) =>
        new(new ScenarioId(id), new KnowledgeFragment("m.f", "f", "Function", "text", [], [library], new Provenance("m.f", "/lib/m.py")), Difficulty.Medium, reason);

    public static JournalEntry[] Entries(params ISessionEvent[] events) => [.. events.Select((happened, i) => new JournalEntry(i + 1, happened))];
}

/// <summary>A directory that goes with the test.</summary>
/// <param name="inMemory">Where a memory file system is at hand, in it: for what flushes thousands of times.</param>
internal sealed class TemporaryFolder(bool inMemory = false) : IDisposable
{
    private const string Memory = "/dev/shm";

    public string Path { get; } = inMemory && Directory.Exists(Memory)
        ? Directory.CreateDirectory(System.IO.Path.Combine(Memory, $"dreamer-{Guid.NewGuid():N}")).FullName
        : Directory.CreateTempSubdirectory("dreamer-").FullName;

    public string File(string name, string content)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

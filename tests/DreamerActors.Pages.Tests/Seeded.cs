using System.Text.Json;
using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Pages.Tests;

/// <summary>Many nights of dreams, put where a host finds them; the same ones every time.</summary>
internal static class Seeded
{
    private const int Night = 40;
    private static readonly string[] Libraries = ["itertools", "functools", "collections", "json", "re", "datetime", "pathlib", "statistics", "textwrap", "heapq", "bisect", "fractions"];
    private static readonly VerdictKind[] Kinds = [VerdictKind.WeakTests, VerdictKind.Tests, VerdictKind.Duplicate, VerdictKind.Timeout];

    private static readonly string Evidence = """
        {"parse":{"ok":true},"static":[{"line":3,"rule":"B101","message":"assert is used"}],"tests":{"checks":4,"reports":[{"name":"test_pairs_1","outcome":"passed","message":null},{"name":"test_pairs_2","outcome":"passed","message":null}]},
         "blind":{"real":{"passed":2,"failed":[]},"altered":{"noticed":2,"unnoticed":[]}},"adequacy":{"stubs":{"tried":6,"passed":[]},"mutants":{"total":9,"killed":8,"survivors":[{"line":4,"what":"0 plus 1"}]},
         "coverage":{"lines":6,"covered":5,"missed":[5]}},"determinism":{"runs":3,"differ":[]},"novelty":{"nearest":"0badc0de","likeness":0.31}}
        """;

    private const string Code = """
        from itertools import tee


        def pairs(items):
            first, second = tee(items)  # two readers of one source
            next(second, None)
            return list(zip(first, second))
        """;

    /// <summary>Puts so many dreams, the newest at <paramref name="until"/>, into a data directory.</summary>
    public static async Task DreamsAsync(string dataDirectory, int dreams, DateTimeOffset until, Func<int, DreamCompleted, DreamCompleted>? change = null, params ISessionEvent[] more)
    {
        var model = new ReadModel(dataDirectory);
        IProjection[] projections = [model, new DreamArchive(model)];
        var entries = Events(dreams, until, change).Concat(more).Select((happened, index) => new JournalEntry(index + 1, happened));
        foreach (var part in entries.Chunk(1000))
        {
            foreach (var projection in projections)
                await projection.ApplyAsync(part, default);
        }
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    /// <summary>The name of a dream.</summary>
    public static DreamId Id(int number) => new(number.ToString("x8"));

    /// <summary>The session of a dream.</summary>
    public static SessionId Session(int number) => new($"5e551011-0000-4000-8000-{number / Night:x12}");

    private static IEnumerable<ISessionEvent> Events(int dreams, DateTimeOffset until, Func<int, DreamCompleted, DreamCompleted>? change)
    {
        for (var number = dreams - 1; number >= 0; number--)
        {
            var at = until - TimeSpan.FromDays(number / Night) - TimeSpan.FromMinutes(number % Night);
            var (library, other) = (Libraries[number % Libraries.Length], Libraries[number * 7 % Libraries.Length]);
            if (number % Night == Night - 1 || number == dreams - 1)
                yield return new SessionStarted(Session(number), at.AddSeconds(-5), new SessionOrder(Night, Difficulty.Medium, true, "recall", "nightly"), []);
            var scenario = new Scenario(
                new ScenarioId($"s{number % Night:000}"), $"{library}.pairs_{number}: Return the ``items`` in pairs, the {number}th way, as `zip` would.", "Pairs.",
                "Write a Python module that defines `pairs`.\n\ndef pairs(items)\n\nReturns neighbouring items in pairs.", ["`pairs([1, 2, 3])` gives `[(1, 2), (2, 3)]`"],
                "from solution import pairs\n\n\ndef test_pairs_1():\n    assert pairs([1, 2, 3]) == [(1, 2), (2, 3)]\n", (Difficulty)(number % 3), [.. new[] { library, other }.Distinct()],
                new Provenance($"{library}.pairs_{number}", $"/usr/lib/python3.11/{library}.py", "python", "3.11.2", "PSF-2.0"));
            if (number % 5 == 3)
                yield return new DreamRejected(Session(number), at, Id(number), scenario.Id, scenario, scenario.Provenance.EntityId, Code, Judged(Kinds[number / 5 % Kinds.Length]));
            else if (number % 17 == 5)
                yield return new DreamLost(Session(number), at, scenario.Id, LossReason.Wake, "somebody woke it");
            else
            {
                var dream = new DreamCompleted(Session(number), at, Id(number), scenario, Code, Judged(null), "recall");
                yield return change is null ? dream : change(number, dream);
                if (number % 6 == 4)
                    yield return new DreamApproved(Session(number), at.AddHours(5), Id(number), "ewa", null);
            }
            if (number % Night == 0)
                yield return new SessionCompleted(Session(number), at.AddSeconds(5), new SessionReport(Night, Night * 4 / 5, 1, TimeSpan.FromMinutes(Night)));
        }
    }

    private static Verdict Judged(VerdictKind? kind) => new(
        kind is null ? VerdictOutcome.Pass : VerdictOutcome.Fail, kind is null ? null : kind == VerdictKind.WeakTests ? "adequacy" : kind == VerdictKind.Duplicate ? "novelty" : "tests", kind,
        kind is null ? [] : ["one of the examples accepts a wrong answer"], new TestCounts(2, 0), JsonDocument.Parse(Evidence).RootElement, true, TimeSpan.FromMilliseconds(221));
}

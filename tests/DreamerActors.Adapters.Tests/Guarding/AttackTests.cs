using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Tests.Guarding;

/// <summary>Every attack of data/attacks.txt against the weakest mode: refused, never an error, and the next honest solution is judged right.</summary>
[Collection(nameof(BubblewrapFixture))]
public sealed class AttackTests(BubblewrapFixture fixture)
{
    private const string Tests = """
        import math
        import unittest

        from solution import add


        class AddTest(unittest.TestCase):
            def test_small(self):
                self.assertEqual(add(2, 3), 5)


        def test_grid():
            for a in range(-2, 3):
                for b in range(-2, 3):
                    assert add(a, b) == a + b


        def test_near():
            assert abs(add(0.1, 0.2) - 0.3) < 1e-9
            assert math.isclose(add(0.5, 0.25), 0.75)


        def test_lists():
            first, expected = [1], [1, 2]
            assert add(first, [2]) == expected
            assert len(add([], [])) == 0
        """;

    private static readonly Dictionary<string, string> Attacks = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "attacks.txt"))
        .Split("### ", StringSplitOptions.RemoveEmptyEntries).Select(block => block.Split('\n', 2)).ToDictionary(block => block[0], block => block[1]);

    public static TheoryData<string> Names() => [.. Attacks.Keys];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public async Task It_is_refused(string attack)
    {
        Needs.Sandbox();
        var verdict = await fixture.JudgeAsync(Attacks[attack], Tests, strict: false);
        Assert.True(verdict.Outcome == VerdictOutcome.Fail, $"{verdict.Outcome} {verdict.Kind} {string.Join("; ", verdict.Reasons)}");
        Assert.Equal(VerdictOutcome.Pass, (await fixture.JudgeAsync("def add(a, b):\n    return a + b\n", Tests, strict: false)).Outcome);
    }

    [SkippableTheory]
    [InlineData("calls = 0\n\ndef add(a, b):\n    global calls\n    calls += 1\n    return a + b if calls < 60 else 0\n")]
    [InlineData("def add(a, b, calls=[]):\n    calls.append(a)\n    return a + b if len(calls) < 60 else 0\n")]
    [InlineData("seen = set()\n\ndef add(a, b):\n    if repr((a, b)) in seen and len(seen) > 24:\n        return 0\n    seen.add(repr((a, b)))\n    return a + b\n")]
    [InlineData("class Calls:\n    n = 0\n\ndef add(a, b):\n    Calls.n += 1\n    return a + b if Calls.n < 60 else 0\n")]
    [InlineData("import math\n\ndef add(a, b):\n    math.calls = getattr(math, 'calls', 0) + 1\n    return a + b if math.calls < 60 else 0\n")]
    [InlineData("import os\n\ndef add(a, b):\n    os.environ['N'] = str(int(os.environ.get('N', 0)) + 1)\n    return a + b if int(os.environ['N']) < 60 else 0\n")]
    [InlineData("def add(a, b):\n    with open('calls', 'ab') as calls:\n        calls.write(b'.')\n        return a + b if calls.tell() < 60 else 0\n")]
    [InlineData("try:\n    calls\nexcept NameError:\n    calls = [0]\n\ndef add(a, b):\n    calls[0] += 1\n    return a + b if calls[0] < 60 else 0\n")]
    public async Task Right_for_the_first_calls_only_is_refused_by_the_strict_stages(string code)
    {
        Needs.Sandbox();
        var verdict = await fixture.JudgeAsync(code, Tests, strict: true);
        Assert.Equal((VerdictOutcome.Fail, VerdictKind.Flaky), (verdict.Outcome, verdict.Kind!.Value));
    }

    [SkippableFact]
    public async Task What_one_job_leaves_teaches_the_next_one_nothing()
    {
        Needs.Sandbox();
        const string code = """
            import os

            PLACES = ["/tmp/answers", "/dev/shm/answers", "/dev/answers", "/answers", "answers", os.path.expanduser("~/.cache-answers")]


            def add(a, b):
                if any(os.path.exists(place) for place in PLACES):
                    return a + b
                for place in PLACES:
                    try:
                        open(place, "w").close()
                    except OSError:
                        pass
                return 0
            """;
        for (var time = 0; time < 4; time++)
            Assert.Equal(VerdictOutcome.Fail, (await fixture.JudgeAsync(code, Tests, strict: false)).Outcome);
    }
}

namespace DreamerActors.Domain.Guarding;

/// <summary>A program whose verdict is known. It goes through the same guardian as dreams do: a guardian that misjudges it proves nothing.</summary>
/// <param name="Name">Its name in the journal.</param>
/// <param name="Code">The program.</param>
/// <param name="TestCode">Its tests.</param>
/// <param name="Expected">What the guardian must say.</param>
public sealed record Canary(string Name, string Code, string TestCode, VerdictOutcome Expected)
{
    private const string Tests = """
        from solution import longest_run


        def test_runs():
            assert longest_run("aabbbc") == 3
            assert longest_run("abab") == 1


        def test_ends():
            assert longest_run("xyyyy") == 4
            assert longest_run("") == 0
        """;

    /// <summary>One honest program, and one whose answer claims to equal whatever it is compared with.</summary>
    public static IReadOnlyList<Canary> All { get; } =
    [
        new("honest", """
            def longest_run(text):
                longest = run = 0
                previous = None
                for letter in text:
                    run = run + 1 if letter == previous else 1
                    previous = letter
                    longest = max(longest, run)
                return longest
            """, Tests, VerdictOutcome.Pass),
        new("cheat", """
            class Agreeable:
                def __eq__(self, other):
                    return True

                def __ne__(self, other):
                    return False


            def longest_run(text):
                return Agreeable()
            """, Tests, VerdictOutcome.Fail),
    ];
}

/// <summary>What the guardian said of a canary.</summary>
/// <param name="Name">The canary's name.</param>
/// <param name="Expected">What it had to say.</param>
/// <param name="Outcome">What it said; <see cref="VerdictOutcome.Error"/> when it could not judge, which is no misjudgement (invariant I2).</param>
/// <param name="Reason">Why, in one sentence; null on a pass.</param>
public sealed record CanaryResult(string Name, VerdictOutcome Expected, VerdictOutcome Outcome, string? Reason)
{
    /// <summary>Whether the guardian judged, and wrongly.</summary>
    public bool IsMisjudged() => Outcome != VerdictOutcome.Error && Outcome != Expected;
}

namespace DreamerActors.Domain.Guarding;

/// <summary>How much a static finding weighs.</summary>
public enum FindingLevel
{
    /// <summary>Only noted in the evidence.</summary>
    Note,

    /// <summary>Refuses in strict mode.</summary>
    Strict,

    /// <summary>Refuses always.</summary>
    Refuse,
}

/// <summary>A finding of the static stage.</summary>
/// <param name="Rule">The rule's name, e.g. <c>B102</c> or <c>undefined-name</c>.</param>
/// <param name="Line">The line it was found in, from 1.</param>
/// <param name="Level">Whether it refuses the candidate.</param>
/// <param name="Message">One line for people.</param>
public sealed record StaticFinding(string Rule, int Line, FindingLevel Level, string Message);

/// <summary>How demanding the guardian is.</summary>
/// <param name="Strict">All stages, or parse, static and tests only.</param>
/// <param name="MutantThreshold">Share of mutants that the tests must kill, 0 … 1.</param>
/// <param name="Runs">Repeated runs under other circumstances, 1 … 10.</param>
public sealed record GuardingDemands(bool Strict, double MutantThreshold = 0.5, int Runs = 3);

/// <summary>What the rule decided.</summary>
/// <param name="Outcome">Pass, fail or error.</param>
/// <param name="Stage">The deciding stage; null on a pass.</param>
/// <param name="Kind">The kind of refusal; null unless a fail.</param>
/// <param name="Reason">One sentence; null on a pass.</param>
public sealed record Ruling(VerdictOutcome Outcome, string? Stage, VerdictKind? Kind, string? Reason)
{
    internal static readonly Ruling Pass = new(VerdictOutcome.Pass, null, null, null);

    internal static Ruling Fail(string stage, VerdictKind kind, string reason) => new(VerdictOutcome.Fail, stage, kind, reason);
}

/// <summary>Decides that a dream passes: total and pure, the first line that applies wins. The table stands in docs/guardian.md.</summary>
public static class VerdictRule
{
    /// <summary>Rules on one trial.</summary>
    /// <param name="id">The nonce the host gave the job.</param>
    /// <param name="seen">What the harness observed; null when the static stage refused before a trial.</param>
    /// <param name="findings">What the static stage found.</param>
    /// <param name="demands">How demanding to be.</param>
    public static Ruling Decide(string id, Observations? seen, IReadOnlyList<StaticFinding> findings, GuardingDemands demands)
    {
        if (seen is not null && (seen.Id != id || seen.Error is not null))
            return new Ruling(VerdictOutcome.Error, "tests", null, seen.Error ?? "the harness answered for another job");
        if (seen?.ParseError is { } unparsed)
            return Ruling.Fail("parse", VerdictKind.Static, unparsed);
        var tests = seen is null ? new Ruling(VerdictOutcome.Error, "tests", null, "the tests were not run") : Tests(seen);
        // What it was seen doing outranks what its text looks like: the reason is the one a person can check.
        if (tests is { Kind: VerdictKind.Timeout or VerdictKind.Oom or VerdictKind.Limit or VerdictKind.Crash or VerdictKind.Cheat })
            return tests;
        if (findings.FirstOrDefault(finding => finding.Level == FindingLevel.Refuse || (finding.Level == FindingLevel.Strict && demands.Strict)) is { } refusing)
            return Ruling.Fail("static", VerdictKind.Static, $"{refusing.Rule} in line {refusing.Line}: {refusing.Message}");
        return tests ?? (demands.Strict ? Strictly(seen!, demands) : null) ?? Ruling.Pass;
    }

    private static Ruling? Tests(Observations seen)
    {
        Ruling No(VerdictKind kind, string reason) => Ruling.Fail("tests", kind, reason);
        var outcomes = seen.Reports.Select(report => report.Outcome).ToHashSet(StringComparer.Ordinal);
        var testerDone = seen.Tester is { How: "exit", Code: 0 };
        if (seen.Unsupported is { } style)
            return No(VerdictKind.Unsupported, style);
        if (testerDone && !SameIds(seen))
            return No(VerdictKind.Cheat, "the reports are not those of the planned tests");
        if (seen.Lies.Count > 0)
            return No(VerdictKind.Cheat, $"an object of the solution claims to equal different values ({seen.Lies[0]})");
        if (seen.Limits.Contains("memory"))
            return No(VerdictKind.Oom, "it needed more memory than allowed");
        if (seen.Limits.Contains("wall") || seen.Limits.Contains("cpu") || outcomes.Contains("timeout"))
            return No(VerdictKind.Timeout, "it did not end within its time");
        if (seen.Limits.FirstOrDefault(limit => limit is "output" or "file" or "processes") is { } limit)
            return No(VerdictKind.Limit, $"it reached its limit of {Named(limit)}");
        if (seen.Candidate.How == "signal")
            return No(VerdictKind.Crash, $"its interpreter died of signal {seen.Candidate.Code}");
        if (seen.Candidate.How is "exit" or "lost" || IsExit(seen.LoadError))
            return No(VerdictKind.Cheat, $"it ended its interpreter instead of answering the tests ({seen.LoadError ?? seen.Candidate.How})");
        if (!testerDone)
            return No(VerdictKind.Crash, $"the tests' interpreter ended by {seen.Tester.How} {seen.Tester.Code}");
        if (seen.LoadError is { } unloaded)
            return No(VerdictKind.Tests, $"the module does not load: {unloaded}");
        if (seen.Reports.FirstOrDefault(report => report.Outcome is not ("passed" or "skipped")) is { } failed)
            return No(VerdictKind.Tests, $"{failed.Name}: {failed.Message ?? failed.Outcome}");
        if (!outcomes.Contains("passed") || seen.Checks == 0)
            return No(VerdictKind.WeakTests, seen.Reports.Count == 0 ? "there is no test" : "no assertion was reached");
        return null;
    }

    private static Ruling? Strictly(Observations seen, GuardingDemands demands)
    {
        if (seen.Unreached.Count > 0)
            return Ruling.Fail("tests", VerdictKind.WeakTests, $"the assertion in line {seen.Unreached[0]} of the tests is never reached");
        if (seen.Reports.FirstOrDefault(report => report.Outcome == "skipped") is { } skipped)
            return Ruling.Fail("tests", VerdictKind.WeakTests, $"{skipped.Name} was skipped");
        return Blindly(seen.Blind) ?? Adequately(seen.Adequacy, demands) ?? Repeatedly(seen.Determinism, demands);
    }

    private static Ruling? Blindly(BlindTrial? blind)
    {
        Ruling No(VerdictKind kind, string reason) => Ruling.Fail("blind", kind, reason);
        if (blind is null)
            return No(VerdictKind.Flaky, "the blind trial did not come to its end");
        if (blind.RealFailed.Count > 0)
            return No(VerdictKind.Flaky, $"{blind.RealFailed[0]} failed among altered copies");
        if (blind.Unnoticed.FirstOrDefault(one => one.ByCandidate) is { } lie)
            return No(VerdictKind.Cheat, $"the solution agreed with an altered expected value (line {lie.Line} of {lie.Test})");
        if (blind.Unnoticed.FirstOrDefault() is { } weak)
            return No(VerdictKind.WeakTests, $"an altered expected value was not noticed (line {weak.Line} of {weak.Test})");
        return blind.Noticed == 0 ? No(VerdictKind.WeakTests, "no assertion has an expected value") : null;
    }

    private static Ruling? Adequately(Adequacy? adequacy, GuardingDemands demands)
    {
        Ruling No(string reason) => Ruling.Fail("adequacy", VerdictKind.WeakTests, reason);
        if (adequacy is null)
            return No("stubs and mutants were not tried to the end");
        if (adequacy.Uses == 0 && adequacy.Killed == 0)
            return No("the tests never look at the solution");
        if (adequacy.StubsPassed.Count > 0)
            return No($"a stub passes all tests ({adequacy.StubsPassed[0]})");
        if (adequacy.ByHeart is { IsAll: true } known)
            return Ruling.Fail("adequacy", VerdictKind.Cheat, $"its text lists the answers to {known.Listed} of the {known.Calls} calls that the tests make, and no rule that they come from");
        return adequacy.Mutants > 0 && (double)adequacy.Killed / adequacy.Mutants < demands.MutantThreshold
            ? No($"only {adequacy.Killed} of {adequacy.Mutants} mutants were noticed")
            : null;
    }

    private static Ruling? Repeatedly(Determinism? determinism, GuardingDemands demands) => determinism switch
    {
        null => Ruling.Fail("determinism", VerdictKind.Flaky, "the repeated runs did not come to their end"),
        { Differences: [var first, ..] } => Ruling.Fail("determinism", VerdictKind.Flaky, first),
        { Runs: var runs } when runs < demands.Runs => Ruling.Fail("determinism", VerdictKind.Flaky, $"only {runs} of {demands.Runs} runs ended"),
        _ => null,
    };

    private static bool SameIds(Observations seen) =>
        seen.Planned.Order(StringComparer.Ordinal).SequenceEqual(seen.Reports.Select(report => report.Id).Order(StringComparer.Ordinal));

    private static bool IsExit(string? loadError) =>
        loadError is not null && (loadError.StartsWith("SystemExit", StringComparison.Ordinal) || loadError.StartsWith("SkipTest", StringComparison.Ordinal));

    private static string Named(string limit) => limit switch { "output" => "output", "file" => "file size", _ => "processes" };
}

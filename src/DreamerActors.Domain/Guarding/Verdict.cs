using System.Text.Json;
using System.Text.Json.Serialization;
using DreamerActors.Domain.Brains;

namespace DreamerActors.Domain.Guarding;

/// <summary>The three things a guardian can say.</summary>
public enum VerdictOutcome
{
    /// <summary>Proven by executed evidence.</summary>
    Pass,

    /// <summary>Judged and refused.</summary>
    Fail,

    /// <summary>Not judged: the infrastructure failed (invariant I2). The only outcome worth a retry.</summary>
    Error,
}

/// <summary>Why a candidate was refused.</summary>
public enum VerdictKind
{
    /// <summary>A test failed, or there was none.</summary>
    Tests,

    /// <summary>It took too long.</summary>
    Timeout,

    /// <summary>It needed more memory than allowed.</summary>
    Oom,

    /// <summary>Its interpreter died.</summary>
    Crash,

    /// <summary>It tried to answer for the tests.</summary>
    Cheat,

    /// <summary>It answers differently from run to run.</summary>
    Flaky,

    /// <summary>The tests would accept wrong code.</summary>
    WeakTests,

    /// <summary>A rule about its text refuses it, or it does not parse.</summary>
    Static,

    /// <summary>It nearly repeats a kept dream.</summary>
    Duplicate,

    /// <summary>It repeats a benchmark.</summary>
    Contaminated,

    /// <summary>The judge who read it does not agree.</summary>
    Judge,

    /// <summary>The tests are written in a way the two interpreters cannot carry.</summary>
    Unsupported,

    /// <summary>A limit on output, files or processes was reached.</summary>
    Limit,

    /// <summary>The brain gave nothing that could be judged.</summary>
    NoCode,
}

/// <summary>Names of refusals as files, commands and reports spell them.</summary>
public static class VerdictKindNames
{
    /// <summary>The kind in upper snake case, e.g. <c>WEAK_TESTS</c>.</summary>
    public static string Name(this VerdictKind kind) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(kind.ToString());
}

/// <summary>How many tests ran, as the test interpreter reported them.</summary>
/// <param name="Passed">Tests that passed.</param>
/// <param name="Failed">Tests that did not.</param>
public sealed record TestCounts(int Passed, int Failed);

/// <summary>The guardian's answer with its evidence.</summary>
/// <param name="Outcome">Pass, fail or error.</param>
/// <param name="Stage">The stage that decided: <c>parse</c>, <c>static</c>, <c>tests</c>, <c>blind</c>, <c>adequacy</c>, <c>determinism</c>, <c>judge</c>, <c>novelty</c>; null on a pass.</param>
/// <param name="Kind">The kind of refusal; null unless the outcome is a fail.</param>
/// <param name="Reasons">Sentences for people; empty on a pass.</param>
/// <param name="Tests">How many tests ran.</param>
/// <param name="Evidence">What was observed stage by stage: one JSON object.</param>
/// <param name="Strict">Whether all stages were asked, or only the first three.</param>
/// <param name="Duration">How long judging took.</param>
public sealed record Verdict(
    VerdictOutcome Outcome,
    string? Stage,
    VerdictKind? Kind,
    IReadOnlyList<string> Reasons,
    TestCounts Tests,
    JsonElement Evidence,
    bool Strict,
    TimeSpan Duration)
{
    /// <summary>What a judge cost; null when none was asked. Counted with the dream, so not a part of the verdict's files.</summary>
    [JsonIgnore]
    public IReadOnlyList<BrainUse>? Use { get; init; }

    /// <summary>Binds a pass to what was proven and how; null on everything else, and on what was proven before there were certificates.</summary>
    public Certificate? Certificate { get; init; }

    private static readonly JsonElement NoEvidence = JsonDocument.Parse("{}").RootElement;

    /// <summary>A refusal of something that never reached the sandbox.</summary>
    public static Verdict NothingToJudge(string stage, string reason, bool strict) =>
        new(VerdictOutcome.Fail, stage, VerdictKind.NoCode, [reason], new TestCounts(0, 0), NoEvidence, strict, TimeSpan.Zero);

    /// <summary>The infrastructure failed; nothing is said about the candidate.</summary>
    public static Verdict NotJudged(string stage, string reason, bool strict, TimeSpan duration) =>
        new(VerdictOutcome.Error, stage, null, [reason], new TestCounts(0, 0), NoEvidence, strict, duration);
}

/// <summary>What the guardian is asked to judge.</summary>
/// <param name="Code">The candidate, <c>solution.py</c>.</param>
/// <param name="TestCode">Its tests, <c>test_solution.py</c>.</param>
/// <param name="Strict">All stages, or only parse, static and tests.</param>
/// <param name="Prompt">The task, when known: looked for in benchmarks, and given to the judge.</param>
/// <param name="Novelty">Whether to ask the stage <c>novelty</c>.</param>
public sealed record Submission(string Code, string TestCode, bool Strict, string? Prompt = null, bool Novelty = false);

/// <summary>Proves candidates by executing their tests in a sandbox.</summary>
public interface IGuardian
{
    /// <summary>Judges one submission. Infrastructure failures come back as <see cref="VerdictOutcome.Error"/>.</summary>
    /// <exception cref="OperationCanceledException">Judging was cancelled; every process of it is gone.</exception>
    Task<Verdict> JudgeAsync(Submission submission, CancellationToken cancellation);
}

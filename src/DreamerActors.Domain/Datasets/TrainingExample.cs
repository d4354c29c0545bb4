using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Lessons;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Datasets;

/// <summary>Where an example comes from; written with every example.</summary>
/// <param name="Source"><c>dreams</c>, <c>lessons</c>, <c>git</c> or <c>tasks</c>.</param>
/// <param name="Id">Its name there: a dream's, lesson's or task's id, a commit.</param>
/// <param name="Timestamp">When it came about, in its source's own words.</param>
/// <param name="Synthetic">Whether a machine made it up.</param>
/// <param name="Tags">Libraries and whatever else the source says.</param>
/// <param name="Licence">The licence of what it was made from, when known.</param>
public sealed record ExampleOrigin(string Source, string Id, string Timestamp, bool Synthetic, IReadOnlyList<string> Tags, string? Licence);

/// <summary>What only a dream has.</summary>
/// <param name="Dream">The kept dream.</param>
/// <param name="Approval">What was said about it.</param>
public sealed record ExampleDream(DreamCompleted Dream, Approval Approval);

/// <summary>A refused attempt at the same task, with the reason that a machine checked.</summary>
/// <param name="Code">What was judged.</param>
/// <param name="Stage">The stage that refused it.</param>
/// <param name="Kind">The kind of refusal.</param>
/// <param name="Reasons">What failed, e.g. the failing test.</param>
/// <param name="Mutation">What was changed, when it is the solution with one change made on purpose.</param>
public sealed record RefusedCode(string Code, string? Stage, string? Kind, IReadOnlyList<string> Reasons, string? Mutation = null);

/// <summary>One example to train on.</summary>
/// <param name="Instruction">What the model is.</param>
/// <param name="Input">What it is given.</param>
/// <param name="Output">What it shall answer.</param>
/// <param name="Origin">Where it comes from.</param>
public sealed record TrainingExample(string Instruction, string Input, string Output, ExampleOrigin Origin)
{
    /// <summary>What the assistant is, for lessons and dreams.</summary>
    public const string Assistant = "Jesteś asystentem AI Venom. Pomóż użytkownikowi rozwiązać problem.";

    /// <summary>The dream, when it is one.</summary>
    public ExampleDream? FromDream { get; init; }

    /// <summary>The refused attempt, when the example is a pair.</summary>
    public RefusedCode? Refused { get; init; }

    /// <summary>What likeness is judged by: the solution of a dream, else the answer.</summary>
    public string Substance => FromDream?.Dream.Code ?? Output;

    /// <summary>What a person would ask.</summary>
    public string Prompt => FromDream?.Dream.Scenario.TaskPrompt ?? Input;

    /// <summary>What a person would want to read.</summary>
    public string Completion => FromDream is { } from ? Lesson.Fenced(from.Dream.Code) : Output;

    /// <summary>The example of a kept dream: its lesson, and the dream itself.</summary>
    public static TrainingExample Of(KeptDream kept)
    {
        var (dream, lesson) = (kept.Dream, Lesson.Of(kept.Dream));
        var origin = new ExampleOrigin("dreams", dream.Dream.Value, dream.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture),
            true, lesson.Tags, dream.Scenario.Provenance.Licence);
        return Of(lesson, origin) with { FromDream = new ExampleDream(dream, kept.Remark.Approval) };
    }

    /// <summary>The example of a lesson, as the host's curator makes it.</summary>
    public static TrainingExample Of(Lesson lesson, ExampleOrigin origin) =>
        new(Assistant, lesson.Situation, $"{lesson.Action}\n\nRezultat: {lesson.Result}\n\nLekcja: {lesson.Feedback}", origin);

    /// <summary>
    /// Pairs of a kept dream with every refused attempt at the same task: those of its own session, and those of other sessions with the same prompt and tests; then with mutants.
    /// </summary>
    public static IEnumerable<TrainingExample> Pairs(KeptDream kept, IEnumerable<DreamRejected> rejected, IReadOnlyList<RefusedCode>? mutants = null)
    {
        var example = Of(kept);
        var scenario = kept.Dream.Scenario;
        var attempts = (kept.Dream.Effort?.Earlier ?? [])
            .Concat(rejected.Where(each => each.Scenario is { } other && other.TaskPrompt == scenario.TaskPrompt && other.TestCode == scenario.TestCode)
                .SelectMany(each => (each.Effort?.Earlier ?? []).Append(new Attempt(each.Code, each.Verdict))));
        var refused = attempts.Where(attempt => IsAnError(attempt, kept.Dream.Code))
            .Select(attempt => new RefusedCode(attempt.Code!, attempt.Verdict.Stage, attempt.Verdict.Kind?.Name(), attempt.Verdict.Reasons));
        return refused.Concat(mutants ?? []).DistinctBy(each => Certificate.Normal(each.Code))
            .Select((each, index) => example with { Origin = example.Origin with { Id = $"{example.Origin.Id}-{index + 1}" }, Refused = each });
    }

    // What only repeats, or was refused for its tests' sake, is not worse than what was kept: such a label would be wrong.
    private static bool IsAnError(Attempt attempt, string keptCode) =>
        attempt.Code is { Length: > 0 } code && Certificate.Normal(code) != Certificate.Normal(keptCode)
        && attempt.Verdict is { Outcome: VerdictOutcome.Fail, Kind: not (VerdictKind.Duplicate or VerdictKind.Contaminated or VerdictKind.WeakTests or VerdictKind.Unsupported or VerdictKind.Judge or VerdictKind.NoCode) };
}

using System.Text;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Adapters.Brains;

/// <summary>Dreams by remembering, without a model: the task is a documented function, its examples are the tests, its own source is the answer.</summary>
public sealed class RecallBrain : IBrain
{
    private const int LongestTitle = 200;

    /// <inheritdoc/>
    public string Name => "recall";

    /// <inheritdoc/>
    public Task<Weaving> WeaveAsync(PlannedScenario planned, CancellationToken cancellation)
    {
        var fragment = planned.Fragment;
        if (fragment.Remembered is not { } code)
            return Task.FromResult<Weaving>(new Weaving.Refused($"{fragment.Name} has no runnable examples to remember"));
        var scenario = new Scenario(
            planned.Id,
            OneLine($"{fragment.EntityId}: {Summary(fragment.Description)}").TrimEnd(' ', ':'),
            fragment.Description,
            $"Write a Python module that defines `{code.Name}`.\n\n{fragment.Description}",
            code.TestCases,
            code.TestCode,
            planned.Difficulty,
            fragment.Libraries,
            fragment.Provenance);
        return Task.FromResult<Weaving>(new Weaving.Woven(scenario));
    }

    /// <inheritdoc/>
    public Task<Coding> CodeAsync(CodingTask task, CancellationToken cancellation) =>
        Task.FromResult<Coding>(task.Fragment.Remembered is { } code ? new Coding.Written(code.Source) : new Coding.Refused("nothing is remembered"));

    /// <summary>The first sentence of the docstring, which follows the signature and an empty line; empty when it begins with an example.</summary>
    private static string Summary(string description)
    {
        var paragraphs = description.Split("\n\n", 3, StringSplitOptions.TrimEntries);
        var first = paragraphs[Math.Min(1, paragraphs.Length - 1)];
        if (first.StartsWith(">>>", StringComparison.Ordinal)) return "";
        var end = first.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? first : first[..(end + 1)];
    }

    /// <summary>One line without control characters, at most <see cref="LongestTitle"/> long: titles reach terminals, comments and pages.</summary>
    private static string OneLine(string text)
    {
        var line = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (line.Length >= LongestTitle)
                break;
            line.Append(Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) ? " " : rune.ToString());
        }
        return line.ToString().Trim();
    }
}

using System.Text.Json;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Benchmarks.Guarding;

/// <summary>One line of a task file.</summary>
internal sealed record GuardianTask(string Id, string Code, string TestCode, VerdictOutcome? Expect)
{
    public static GuardianTask Read(string line)
    {
        using var task = JsonDocument.Parse(line);
        var expect = task.RootElement.TryGetProperty("expect", out var expected) ? Enum.Parse<VerdictOutcome>(expected.GetString()!, ignoreCase: true) : (VerdictOutcome?)null;
        string Text(string name) => task.RootElement.GetProperty(name).GetString()!;
        return new GuardianTask(Text("id"), Text("code"), Text("test_code"), expect);
    }

    /// <summary>What is expected, or else to be accepted.</summary>
    public VerdictOutcome Wanted => Expect ?? VerdictOutcome.Pass;

    public Submission Submission(bool strict) => new(Code, TestCode, strict);
}

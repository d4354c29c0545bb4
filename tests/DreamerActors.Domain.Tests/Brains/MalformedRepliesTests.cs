using System.Text;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Tests;

namespace DreamerActors.Domain.Tests.Brains;

/// <summary>Ten thousand malformed replies against everything that reads replies: no crash, no hang, nothing half valid, no yes.</summary>
public sealed class MalformedRepliesTests
{
    private const int Replies = 10_000;

    private static readonly PlannedScenario Planned = new(
        new ScenarioId("s001"), new KnowledgeFragment("heapq", "heapq", "Module", "Heaps.", [], ["heapq"], new Provenance("heapq", "heapq.py")), Difficulty.Simple);

    [Fact]
    public void A_weaver_gets_a_whole_scenario_or_every_reason_why_not()
    {
        var read = 0;
        foreach (var number in Enumerable.Range(0, Replies))
        {
            var reading = ScenarioAnswer.Read(MalformedReplies.Make(number), isTruncated: number % 3 == 0, Planned, ["heapq"]);
            Assert.True(reading.Scenario is null == reading.Errors.Count > 0, $"reply {number}");
            if (reading.Scenario is not { } scenario) continue;
            read++;
            Assert.Equal((Planned.Id, Difficulty.Simple), (scenario.Id, scenario.Difficulty));
            Assert.Contains("heapq", scenario.Libraries);
            string[] texts = [scenario.Title, scenario.Description, scenario.TaskPrompt, scenario.TestCode, .. scenario.TestCases, .. scenario.Libraries];
            Assert.All(texts, text => Assert.True(IsWhole(text) && !text.Contains('\0', StringComparison.Ordinal) && text.Trim().Length is > 0 and <= ScenarioAnswer.LongestTests, $"reply {number}: {text}"));
            Assert.DoesNotContain(scenario.Title, char.IsControl);
        }

        // A mangled description is still a description: what is read shows that the check above was asked.
        Assert.InRange(read, 200, Replies / 4);
    }

    [Fact]
    public void A_coder_gets_readings_of_whole_characters_or_none()
    {
        foreach (var number in Enumerable.Range(0, Replies))
        {
            Assert.All(PythonAnswer.Readings(MalformedReplies.Make(number), isTruncated: number % 3 == 0), reading =>
                Assert.All(reading, block => Assert.True(IsWhole(block) && !string.IsNullOrWhiteSpace(block), $"reply {number}: {block}")));
        }
    }

    [Fact]
    public void A_judge_never_says_yes_by_accident()
    {
        foreach (var number in Enumerable.Range(0, Replies))
        {
            var reply = MalformedReplies.Make(number);
            Assert.True(JudgeRule.Decide(ReplyText.WithoutThinking(reply)) is { Outcome: VerdictOutcome.Fail, Reason.Length: > 0 }, $"reply {number}: {reply}");
        }
    }

    /// <summary>Whether a text has no half characters, which neither JSON nor a file can carry.</summary>
    private static bool IsWhole(string text) => new UTF8Encoding(false, false).GetString(Encoding.UTF8.GetBytes(text)) == text;
}

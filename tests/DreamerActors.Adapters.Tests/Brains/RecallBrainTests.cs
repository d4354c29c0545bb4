using DreamerActors.Adapters.Brains;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Adapters.Tests.Brains;

public sealed class RecallBrainTests
{
    private static readonly RememberedCode Code = new("f", "def f():\n    return 1\n", "from solution import f\n\n\ndef test_f():\n    assert f() == 1\n", ["`f()` gives `1`"]);

    [Fact]
    public async Task The_task_is_the_documentation_the_tests_are_the_examples_the_answer_is_the_source()
    {
        var brain = new RecallBrain();
        var scenario = Assert.IsType<Weaving.Woven>(await brain.WeaveAsync(Planned("def f()\n\nReturns one.\n\nAlways.", Code), default)).Scenario;
        Assert.Equal("m.f: Returns one.", scenario.Title);
        Assert.Contains("def f()", scenario.TaskPrompt, StringComparison.Ordinal);
        Assert.DoesNotContain(Code.TestCode, scenario.TaskPrompt, StringComparison.Ordinal);
        Assert.Equal(Code.TestCode, scenario.TestCode);

        var task = new CodingTask(scenario.TaskPrompt, scenario.TestCases, scenario.Libraries, scenario.Difficulty, Planned("", Code).Fragment);
        Assert.Equal(Code.Source, Assert.IsType<Coding.Written>(await brain.CodeAsync(task, default)).Code);
    }

    [Theory]
    [InlineData("def f()\n\nReturns one. Or two.", "m.f: Returns one.")]
    [InlineData("def f()\n\n>>> f()\n1", "m.f")]
    [InlineData("only a text", "m.f: only a text")]
    public async Task The_title_is_the_name_and_the_first_sentence(string description, string title) =>
        Assert.Equal(title, Assert.IsType<Weaving.Woven>(await new RecallBrain().WeaveAsync(Planned(description, Code), default)).Scenario.Title);

    [Fact]
    public async Task What_has_no_examples_is_refused_with_a_reason()
    {
        var refused = Assert.IsType<Weaving.Refused>(await new RecallBrain().WeaveAsync(Planned("text", null), default));
        Assert.Contains("f", refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hostile_docstring_gives_a_title_of_one_short_line()
    {
        var hostile = "def f()\n\n\u001b[2J evil\nimport os\r" + new string('x', 500);
        var scenario = Assert.IsType<Weaving.Woven>(await new RecallBrain().WeaveAsync(Planned(hostile, Code), default)).Scenario;
        Assert.DoesNotContain(scenario.Title, char.IsControl);
        Assert.True(scenario.Title.Length <= 200);
    }

    private static PlannedScenario Planned(string description, RememberedCode? code) => new(
        new ScenarioId("s001"), new KnowledgeFragment("m.f", "f", "Function", description, [], ["m"], new Provenance("m.f", "m.py"), code), Difficulty.Simple);
}

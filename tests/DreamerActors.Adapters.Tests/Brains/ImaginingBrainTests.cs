using System.Text.Json;
using DreamerActors.Adapters.Brains;
using DreamerActors.Adapters.Tests.Guarding;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using static DreamerActors.Tests.FaultServer;

namespace DreamerActors.Adapters.Tests.Brains;

/// <summary>Weaving and coding with a scripted endpoint and a real sandbox: what a model answers is checked before anything is built upon it.</summary>
[Collection(nameof(BubblewrapFixture))]
public sealed class ImaginingBrainTests(BubblewrapFixture fixture)
{
    private const string Tests = "from solution import merge\n\n\ndef test_merge():\n    assert merge([3], [1]) == [1, 3]\n    assert merge([], [2]) == [2]\n";
    private static readonly PlannedScenario Planned = new(
        new ScenarioId("s001"), new KnowledgeFragment("heapq", "heapq", "Module", "Heaps.", [], ["heapq", "fastapi"], new Provenance("heapq", "heapq.py")), Difficulty.Simple);

    private static string Answer(string testCode = Tests, string libraries = "heapq") => JsonSerializer.Serialize(new
    {
        title = "Merge", description = "Merges.", task_prompt = "Write merge(a, b) that merges two sorted lists.", test_cases = new[] { "merge([1], [2]) returns [1, 2]" },
        test_code = testCode, difficulty = "simple", libraries = new[] { libraries },
    });

    private ImaginingBrain Brain(ModelEndpoint endpoint) => new("openai", endpoint, fixture.Sandbox, fixture.Guardian, new NoLessons());

    private static ModelEndpoint Endpoint(FaultServer server) => new(new LanguageModelOptions { Endpoint = server.Endpoint, WeaverModel = "w", CoderModel = "c" }, TimeProvider.System);

    [SkippableFact]
    public async Task A_good_answer_is_woven_and_what_is_not_installed_is_not_demanded()
    {
        Needs.Sandbox();
        await using var server = new FaultServer(Answers("```json\n" + Answer() + "\n```"));
        using var endpoint = Endpoint(server);
        var woven = Assert.IsType<Weaving.Woven>(await Brain(endpoint).WeaveAsync(Planned, default));
        Assert.Equal(Tests, woven.Scenario.TestCode);
        Assert.Equal([new BrainUse("weaver", "w", 1, 11, 7)], woven.Use);
        var request = Assert.Single(server.Requests);
        Assert.Equal("w", request.GetProperty("model").GetString());
        Assert.Equal(0.8, request.GetProperty("temperature").GetDouble(), 3);
        Assert.Equal("json_schema", request.GetProperty("response_format").GetProperty("type").GetString());
        Assert.DoesNotContain("fastapi", request.GetProperty("messages").ToString(), StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("x = 1 +\n# and so on, to no end", "does not parse")]
    [InlineData("from solution import merge\n\n\ndef test_merge():\n    merge([3], [1])\n", "has no assertion")]
    [InlineData("def merge(a, b):\n    return a\n\n\ndef test_merge():\n    assert merge(1, 2) == 1\n", "must import what it tests")]
    [InlineData("from solution import merge\n\n\ndef test_merge():\n    assert merge([1], []) == expected\n", "undefined name")]
    [InlineData("import numpy\nfrom solution import merge\n\n\ndef test_merge():\n    assert merge([1], []) == [1]\n", "numpy, which is not installed")]
    [InlineData("from solution import merge\n\n\ndef test_merge():\n    assert merge([1], [2]) is None\n", "return None")]
    [InlineData("from solution import merge\n\n\ndef test_merge():\n    merge([1], [2])\n    assert True\n", "return None")]
    public async Task Tests_that_prove_nothing_are_refused_with_their_fault_and_one_repair_is_asked(string testCode, string fault)
    {
        Needs.Sandbox();
        await using var server = new FaultServer(Answers(Answer(testCode)), Answers(Answer()));
        using var endpoint = Endpoint(server);
        var woven = Assert.IsType<Weaving.Woven>(await Brain(endpoint).WeaveAsync(Planned, default));
        Assert.Equal(2, woven.Use[0].Requests);
        var repair = server.Requests.Last().GetProperty("messages").EnumerateArray().Last().GetProperty("content").ToString();
        Assert.Contains(fault, repair, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task After_the_repair_nothing_is_made_up()
    {
        Needs.Sandbox();
        await using var server = new FaultServer(Answers("I cannot do that."));
        using var endpoint = Endpoint(server);
        var refused = Assert.IsType<Weaving.Refused>(await Brain(endpoint).WeaveAsync(Planned, default));
        Assert.Contains("no complete JSON object", refused.Reason, StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    [SkippableFact]
    public async Task What_was_paid_before_the_endpoint_failed_is_counted()
    {
        Needs.Sandbox();
        await using var server = new FaultServer(Answers("I cannot do that."), Refuses(401, "not any more"));
        using var endpoint = Endpoint(server);
        var failed = await Assert.ThrowsAsync<BrainUnavailableException>(() => Brain(endpoint).WeaveAsync(Planned, default));
        Assert.Equal([new BrainUse("weaver", "w", 1, 11, 7)], failed.Use);
    }

    [SkippableTheory]
    [InlineData("```python\ndef f():\n    \"\"\"Use:\n```\nf()\n```\n    \"\"\"\n    return 1\n```", "return 1")]
    [InlineData("```python\nimport math\n\ndef area(r):\n    return helper(r)\n```\nand\n```python\ndef helper(r):\n    return math.pi * r\n```", "def area|def helper")]
    [InlineData("First try:\n```python\ndef f():\n    return 0\n```\nBetter:\n```python\ndef f():\n    return 1\n```", "return 1|!return 0")]
    [InlineData("```python\ndef f():\n    return 1\n```\nUsage:\n```python\nprint(f())\n```", "return 1|!print")]
    [InlineData("```python\ndef f():\n    return 1\n```\nTests:\n```python\nfrom solution import f\ndef test_f():\n    assert f() == 1\n```", "return 1|!test_f")]
    [InlineData("Here it is:\ndef f():\n    return 1\n", "def f|!Here")]
    public async Task The_module_is_taken_from_the_answer_whole_and_alone(string answer, string parts)
    {
        Needs.Sandbox();
        await using var server = new FaultServer(Answers(answer));
        using var endpoint = Endpoint(server);
        var code = Assert.IsType<Coding.Written>(await Brain(endpoint).CodeAsync(Task(), default)).Code;
        Assert.All(parts.Split('|'), part =>
        {
            if (part[0] == '!') Assert.DoesNotContain(part[1..], code, StringComparison.Ordinal);
            else Assert.Contains(part, code, StringComparison.Ordinal);
        });
    }

    [SkippableTheory]
    [InlineData("I have written the code to solution.py.", "stop", "does not parse")]
    [InlineData("```bash\npip install x\n```", "stop", "no code")]
    [InlineData("```python\ndef f(:\n```", "stop", "does not parse")]
    [InlineData("```python\nprint('done')\n```", "stop", "defines nothing")]
    [InlineData("```python\ndef f():\n    retur", "length", "cut off")]
    public async Task An_answer_without_a_module_is_refused_with_the_reason(string answer, string finish, string reason)
    {
        Needs.Sandbox();
        await using var server = new FaultServer(Answers(answer, finish));
        using var endpoint = Endpoint(server);
        Assert.Contains(reason, Assert.IsType<Coding.Refused>(await Brain(endpoint).CodeAsync(Task(), default)).Reason, StringComparison.Ordinal);
    }

    private static CodingTask Task() => new("Write f().", ["f() returns 1"], ["math"], Difficulty.Simple, Planned.Fragment);

    private sealed class NoLessons : IPastLessons
    {
        public Task<IReadOnlyList<PastLesson>> SimilarAsync(string text, int count, CancellationToken cancellation) => System.Threading.Tasks.Task.FromResult<IReadOnlyList<PastLesson>>([]);
    }
}

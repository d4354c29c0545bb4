using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Domain.Tests.Guarding;

/// <summary>Each row of the rule in docs/guardian.md decides, and only what was executed makes a pass (invariant I1).</summary>
public sealed class VerdictRuleTests
{
    private const string Proven = """
        {"id":"n","mode":"strict","error":null,"unsupported":null,"parse":{"ok":true,"error":null},"load":{"ok":true,"error":null},
         "ended":{"candidate":{"how":"alive","code":null},"tester":{"how":"exit","code":0}},
         "tests":{"planned":["a"],"reports":[{"id":"a","name":"test_a","outcome":"passed","message":null}],"sites":1,"reached":1,"checks":1,"unreached":[],"lies":[]},
         "blind":{"real":{"passed":1,"failed":[]},"altered":{"noticed":1,"unnoticed":[],"unalterable":[]}},
         "adequacy":{"uses":1,"by_heart":null,"stubs":{"tried":1,"passed":[]},"mutants":{"total":2,"killed":1,"survivors":[]},"coverage":{}},
         "determinism":{"runs":3,"differ":[]},"limits":[]}
        """;

    [Fact]
    public void What_every_stage_has_proven_passes() => Assert.Equal(VerdictOutcome.Pass, Rule(_ => { }).Outcome);

    [Theory]
    [InlineData("id", "\"other\"", VerdictOutcome.Error, null)]
    [InlineData("error", "\"broken\"", VerdictOutcome.Error, null)]
    [InlineData("parse", "{\"ok\":false,\"error\":\"SyntaxError\"}", VerdictOutcome.Fail, VerdictKind.Static)]
    [InlineData("unsupported", "\"numpy\"", VerdictOutcome.Fail, VerdictKind.Unsupported)]
    [InlineData("tests.planned", "[\"a\",\"b\"]", VerdictOutcome.Fail, VerdictKind.Cheat)]
    [InlineData("tests.lies", "[{\"line\":1,\"test\":\"t\"}]", VerdictOutcome.Fail, VerdictKind.Cheat)]
    [InlineData("limits", "[\"memory\"]", VerdictOutcome.Fail, VerdictKind.Oom)]
    [InlineData("limits", "[\"wall\"]", VerdictOutcome.Fail, VerdictKind.Timeout)]
    [InlineData("limits", "[\"output\"]", VerdictOutcome.Fail, VerdictKind.Limit)]
    [InlineData("ended.candidate", "{\"how\":\"signal\",\"code\":11}", VerdictOutcome.Fail, VerdictKind.Crash)]
    [InlineData("ended.candidate", "{\"how\":\"exit\",\"code\":0}", VerdictOutcome.Fail, VerdictKind.Cheat)]
    [InlineData("ended.tester", "{\"how\":\"signal\",\"code\":9}", VerdictOutcome.Fail, VerdictKind.Crash)]
    [InlineData("load", "{\"ok\":false,\"error\":\"NameError: x\"}", VerdictOutcome.Fail, VerdictKind.Tests)]
    [InlineData("load", "{\"ok\":false,\"error\":\"SystemExit: 0\"}", VerdictOutcome.Fail, VerdictKind.Cheat)]
    [InlineData("tests.reports.0.outcome", "\"failed\"", VerdictOutcome.Fail, VerdictKind.Tests)]
    [InlineData("tests.reports.0.outcome", "\"timeout\"", VerdictOutcome.Fail, VerdictKind.Timeout)]
    [InlineData("tests.reports.0.outcome", "\"skipped\"", VerdictOutcome.Fail, VerdictKind.WeakTests)]
    [InlineData("tests.checks", "0", VerdictOutcome.Fail, VerdictKind.WeakTests)]
    [InlineData("tests.unreached", "[7]", VerdictOutcome.Fail, VerdictKind.WeakTests)]
    [InlineData("blind", "null", VerdictOutcome.Fail, VerdictKind.Flaky)]
    [InlineData("blind.real.failed", "[\"t\"]", VerdictOutcome.Fail, VerdictKind.Flaky)]
    [InlineData("blind.altered.unnoticed", "[{\"line\":1,\"test\":\"t\",\"decided\":\"candidate\"}]", VerdictOutcome.Fail, VerdictKind.Cheat)]
    [InlineData("blind.altered.unnoticed", "[{\"line\":1,\"test\":\"t\",\"decided\":\"test\"}]", VerdictOutcome.Fail, VerdictKind.WeakTests)]
    [InlineData("blind.altered.noticed", "0", VerdictOutcome.Fail, VerdictKind.WeakTests)]
    [InlineData("adequacy", "null", VerdictOutcome.Fail, VerdictKind.WeakTests)]
    [InlineData("adequacy.stubs.passed", "[{\"function\":\"f\",\"value\":\"0\"}]", VerdictOutcome.Fail, VerdictKind.WeakTests)]
    [InlineData("adequacy.by_heart", "{\"calls\":3,\"listed\":2,\"answers\":2,\"others\":1,\"made\":0,\"constants\":10,\"strange\":2,\"open\":true}", VerdictOutcome.Fail, VerdictKind.Cheat)]
    [InlineData("adequacy.mutants.total", "3", VerdictOutcome.Fail, VerdictKind.WeakTests)]
    [InlineData("determinism", "null", VerdictOutcome.Fail, VerdictKind.Flaky)]
    [InlineData("determinism.runs", "2", VerdictOutcome.Fail, VerdictKind.Flaky)]
    [InlineData("determinism.differ", "[{\"test\":\"t\",\"how\":\"h\"}]", VerdictOutcome.Fail, VerdictKind.Flaky)]
    public void One_fact_less_and_it_is_refused(string fact, string value, VerdictOutcome outcome, VerdictKind? kind)
    {
        var ruling = Rule(answer => Set(answer, fact.Split('.'), JsonNode.Parse(value)));
        Assert.Equal((outcome, kind), (ruling.Outcome, ruling.Kind));
    }

    [Theory]
    [InlineData(1, 1, 1, 0, 2, true)]
    [InlineData(2, 1, 1, 0, 2, true)]
    [InlineData(2, 2, 2, 0, 2, true)]
    [InlineData(2, 2, 1, 1, 2, true)]
    [InlineData(2, 2, 1, 0, 3, true)]
    [InlineData(2, 2, 1, 0, 2, false)]
    public void What_has_a_rule_beside_its_table_is_not_learnt_by_heart(int listed, int answers, int others, int made, int strange, bool isOpen) =>
        Assert.False(new ByHeart(4, listed, answers, others, made, 10, strange, isOpen).IsAll);

    [Fact]
    public void A_refusing_finding_refuses_but_what_was_seen_outranks_it()
    {
        StaticFinding[] findings = [new("secret", 1, FindingLevel.Refuse, "a key")];
        Assert.Equal(VerdictKind.Static, Rule(_ => { }, findings).Kind);
        Assert.Equal(VerdictKind.Timeout, Rule(answer => answer["limits"] = new JsonArray("wall"), findings).Kind);
    }

    [Fact]
    public void An_answer_outside_the_protocol_is_no_observation() =>
        Assert.Throws<FormatException>(() => Observations.Read(JsonDocument.Parse("""{"id":"n","tests":3}""").RootElement));

    private static Ruling Rule(Action<JsonObject> change, params StaticFinding[] findings)
    {
        var answer = JsonNode.Parse(Proven)!.AsObject();
        change(answer);
        return VerdictRule.Decide("n", Observations.Read(JsonSerializer.SerializeToElement(answer)), findings, new GuardingDemands(Strict: true));
    }

    private static void Set(JsonNode node, string[] path, JsonNode? value)
    {
        foreach (var step in path[..^1])
            node = int.TryParse(step, out var index) ? node[index]! : node[step]!;
        node[path[^1]] = value;
    }
}

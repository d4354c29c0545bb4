namespace DreamerActors.Adapters.Tests.Guarding;

/// <summary>The lenient mode leaves bandit out where its refusing rules cannot apply: it must refuse what the whole stage refuses.</summary>
public sealed class StaticRuleTests
{
    private const string Compare = """
        from guard.findings import BANDIT, REFUSE, TESTS, glance, inspect

        def refused(found):
            return [(each["rule"], each["line"]) for each in found["findings"] if each["level"] == REFUSE]

        def check(text):
            whole, part = inspect(text.encode()), glance(text.encode())
            assert refused(part) == refused(whole), text
            seen.update(rule for rule, _ in refused(whole))

        seen = set()
        for test in TESTS.get_tests("Call"):
            if BANDIT.get(test._test_id) == REFUSE:
                known = getattr(test, "_config", {})
                for name in [*known.get("shell", ()), *known.get("subprocess", ()), "some.thing"]:
                    module, _, function = name.rpartition(".")
                    check(f"import {module}\n{module}.{function}('tar *', shell=True)\n")
                    check(f"import {module} as m\nm.{function}(text, shell=1)\n")
                    check(f"from {module} import {function} as f\nf('chmod *')\n")
        assert seen >= {rule for rule, level in BANDIT.items() if level == REFUSE}, seen
        for file in sys.argv[1:]:
            for line in open(file):
                check(json.loads(line)["code"])
        check("import subprocess\nsubprocess.run(text, ｓｈｅｌｌ=True)\n")
        notes = inspect(b"def f(x):\n    assert x\n    return x\n"), glance(b"def f(x):\n    assert x\n    return x\n")
        print(json.dumps([len(each["findings"]) for each in notes]))
        """;

    [SkippableFact]
    public async Task What_a_glance_leaves_out_are_notes()
    {
        Needs.Sandbox();
        var files = new[] { "tasks.jsonl", "attacks.jsonl" }.Select(name => Path.Combine(AppContext.BaseDirectory, "data", name));
        Assert.Equal("[1, 0]", (await PlainPython.RunScriptAsync(Compare, [.. files])).Trim());
    }
}

using System.Text.Json;
using DreamerActors.Domain.Datasets;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Tests.Datasets;

public sealed class CurationTests
{
    private static readonly HashSet<string> Clean = [];
    private static readonly SessionId Session = new("98e51873-0000-4000-8000-000000000001");

    private static TrainingExample Example(string id, string input = "an input that is long enough", string output = "an output that is long enough", string? licence = null) =>
        new("i", input, output, new ExampleOrigin("git", id, "", false, [], licence));

    private static Verdict Verdict(VerdictKind? kind = null, bool strict = true) => new(
        kind is null ? VerdictOutcome.Pass : VerdictOutcome.Fail, kind is null ? null : "tests", kind, kind is null ? [] : ["test_f: 2 != 1"], new TestCounts(1, 0), JsonDocument.Parse("{}").RootElement, strict, TimeSpan.Zero);

    private static KeptDream Dream(string id, string code = "def f():\n    return 1\n", Approval approval = Approval.Pending, string prompt = "Write f.", Effort? effort = null, bool strict = true) => new(
        new DreamCompleted(Session, DateTimeOffset.UnixEpoch, new DreamId(id),
            new Scenario(new ScenarioId(id), "Tytuł 🌙", "d", prompt, ["c"], "from solution import f", Difficulty.Medium, ["heapq"], new Provenance("e", $"{id}.py", "toolz", "0.12", "BSD-3-Clause")),
            code, Verdict(strict: strict), "recall", effort), new Remark(approval));

    private static Curated Curate(IEnumerable<TrainingExample> examples, CurationRules? rules = null, HashSet<string>? contaminated = null) =>
        Curation.Curate([.. examples], contaminated ?? Clean, rules ?? new CurationRules());

    private static string Reasons(Curated curated) => string.Join(' ', curated.Dropped.Select(each => $"{each.Id}:{each.Reason}"));

    /// <summary>Programs that have nothing in common.</summary>
    private static string Program(int seed) =>
        "def f(a, b):\n" + string.Concat(Enumerable.Range(0, 12).Select(line => $"    {(char)('a' + ((seed + line) % 7))} {"+-*/%"[(seed * (line + 3) + line) % 5]}= b {"<>&|^"[(seed + line * line) % 5]} {seed * 31 + line}\n"));

    [Fact]
    public void What_is_short_or_repeated_is_left_out()
    {
        var curated = Curate([Example("a"), Example("b", input: "short"), Example("c"), Example("d", output: "another long output")]);
        Assert.Equal(["a", "d"], curated.Training.Select(example => example.Origin.Id));
        Assert.Equal("b:short c:duplicate", Reasons(curated));
    }

    [Fact]
    public void A_declined_dream_is_never_in_and_only_approved_ones_are_when_asked()
    {
        KeptDream[] dreams = [Dream("a", Program(1)), Dream("b", Program(2), Approval.Declined), Dream("c", Program(3), Approval.Approved)];
        Assert.Equal("b:declined", Reasons(Curate(dreams.Select(TrainingExample.Of))));
        Assert.Equal("a:not_approved b:declined", Reasons(Curate(dreams.Select(TrainingExample.Of), new CurationRules { ApprovedOnly = true })));
        Assert.Equal("a:not_strict", Reasons(Curate([TrainingExample.Of(Dream("a", strict: false))], new CurationRules { StrictOnly = true })));
        Assert.Equal("a:library", Reasons(Curate([TrainingExample.Of(Dream("a"))], new CurationRules { Libraries = ["json"] })));
    }

    [Theory]
    [InlineData("MIT", "mit", true)]
    [InlineData("BSD-3-Clause", "BSD*", true)]
    [InlineData("BSD-3-Clause", "BSD", false)]
    [InlineData("GPL-3.0 (not MIT)", "MIT", false)]
    [InlineData(null, "*", false)]
    public void A_licence_is_wanted_by_name_and_what_is_not_known_is_none(string? licence, string wanted, bool isIn) =>
        Assert.Equal(isIn ? 1 : 0, Curate([Example("a", licence: licence)], new CurationRules { Licences = [wanted] }).Training.Count);

    [Fact]
    public void What_is_contaminated_is_left_out() =>
        Assert.Equal("a:contaminated", Reasons(Curate([Example("a")], contaminated: ["a"])));

    [Fact]
    public void Near_duplicates_are_told_never_parted_and_left_out_when_asked()
    {
        var dreams = Enumerable.Range(0, 40).Select(i => Dream($"{i:d2}", Program(i / 2) + (i % 2 == 0 ? "" : "    return a\n"), prompt: $"Write number {i}.")).Select(TrainingExample.Of).ToList();
        var curated = Curate(dreams, new CurationRules { Validation = 0.3 });
        Assert.InRange(curated.Validation.Count, 8, 12);
        Assert.Equal(20, curated.NearDuplicates.Count);
        var side = curated.All.ToDictionary(example => example.Origin.Id, example => curated.Validation.Contains(example));
        Assert.All(Enumerable.Range(0, 20), pair => Assert.Equal(side[$"{pair * 2:d2}"], side[$"{(pair * 2) + 1:d2}"]));
        Assert.Equal(curated.Validation.Select(each => each.Origin.Id), Curate(dreams, new CurationRules { Validation = 0.3 }).Validation.Select(each => each.Origin.Id));

        var without = Curate(dreams, new CurationRules { WithoutNearDuplicates = true });
        Assert.Equal((20, 0), (without.Training.Count, without.NearDuplicates.Count));
    }

    [Fact]
    public void The_same_question_is_never_on_both_sides()
    {
        var curated = Curate(Enumerable.Range(0, 20).Select(i => TrainingExample.Of(Dream($"{i:d2}", Program(i), prompt: $"Write number {i % 5}."))), new CurationRules { Validation = 0.5 });
        Assert.NotEmpty(curated.Validation);
        Assert.Empty(curated.Validation.Select(example => example.Prompt).Intersect(curated.Training.Select(example => example.Prompt)));
    }

    [Fact]
    public void An_attempt_that_failed_its_tests_pairs_with_the_solution_and_one_that_only_repeated_does_not()
    {
        var effort = new Effort([new Attempt("def f():\n    return 2\n", Verdict(VerdictKind.Tests)), new Attempt(null, Verdict(VerdictKind.NoCode)), new Attempt("def f():\n    return 1\n\n", Verdict(VerdictKind.Tests))], []);
        var dream = Dream("a", effort: effort);
        DreamRejected Rejected(VerdictKind kind, string prompt = "Write f.") => new(
            new SessionId("other"), DateTimeOffset.UnixEpoch, new DreamId("b"), new ScenarioId("b"), dream.Dream.Scenario with { TaskPrompt = prompt }, "e", $"def f():\n    return {(int)kind + 5}\n", Verdict(kind));
        var pairs = TrainingExample.Pairs(dream, [Rejected(VerdictKind.Timeout), Rejected(VerdictKind.Duplicate), Rejected(VerdictKind.WeakTests), Rejected(VerdictKind.Tests, "Write g.")]).ToList();
        Assert.Equal(["TESTS", "TIMEOUT"], pairs.Select(pair => pair.Refused!.Kind));
        Assert.Equal(["a-1", "a-2"], pairs.Select(pair => pair.Origin.Id));
        var mutant = new RefusedCode("def f():\n    return 3\n", "tests", "TESTS", ["test_f: 3 != 1"], "line 2: 1 plus 1");
        var more = TrainingExample.Pairs(dream, [], [mutant, mutant with { Code = "def f():\n    return 2\n\n" }]).ToList();
        Assert.Equal([null, "line 2: 1 plus 1"], more.Select(pair => pair.Refused!.Mutation)); // an attempt that was the same says more

        var line = DatasetFormat.All.Single(format => format.Name == "dpo").Line(pairs[0]);
        Assert.Equal(("Write f.", "```python\ndef f():\n    return 1\n```", "```python\ndef f():\n    return 2\n```"), (line["prompt"]!.ToString(), line["chosen"]!.ToString(), line["rejected"]!.ToString()));
        Assert.Equal("test_f: 2 != 1", line["metadata"]!["refused"]!["reasons"]![0]!.ToString());
        Assert.Contains("test_f: 2 != 1", DatasetFormat.All.Single(format => format.Name == "repair").Line(pairs[0])["messages"]![1]!["content"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_hosts_formats_have_its_keys_in_its_order_and_every_line_says_what_is_synthetic()
    {
        var example = TrainingExample.Of(Dream("a"));
        var alpaca = DatasetFormat.All[0].Line(example);
        Assert.Equal(["instruction", "input", "output", "metadata"], alpaca.Select(each => each.Key));
        Assert.Equal("[SYNTHETIC DREAM] Tytuł 🌙\nWrite f.", alpaca["input"]!.ToString());
        Assert.StartsWith("Wygenerowano kod:\n```python\ndef f():\n    return 1\n```\n\nRezultat: ✅ Sukces", alpaca["output"]!.ToString(), StringComparison.Ordinal);
        Assert.True(alpaca["metadata"]!["synthetic"]!.GetValue<bool>());
        var turns = DatasetFormat.All[1].Line(example)["conversations"]!.AsArray();
        Assert.Equal(["system", "human", "gpt"], turns.Select(turn => turn!["from"]!.ToString()));
        Assert.Equal(alpaca["output"]!.ToString(), turns[2]!["value"]!.ToString());
    }

    [Fact]
    public void A_card_counts_what_is_in_by_source_and_length()
    {
        var curated = Curate([TrainingExample.Of(Dream("a")), Example("g", "0123456789", "0123456789")]);
        var card = new DatasetCard("alpaca", DateTimeOffset.UnixEpoch, [], curated, new CurationRules(), []).ToJson();
        Assert.Equal((2, 1), (card["examples"]!["total"]!.GetValue<int>(), card["examples"]!["synthetic"]!.GetValue<int>()));
        Assert.Equal((1, 1), (card["sources"]!["dreams"]!.GetValue<int>(), card["sources"]!["git"]!.GetValue<int>()));
        Assert.Equal(Math.Round((10 + curated.Training[0].Input.Length) / 2.0, 2), card["average_length"]!["input"]!.GetValue<double>());
    }
}

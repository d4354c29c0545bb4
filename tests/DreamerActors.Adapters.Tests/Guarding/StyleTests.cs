using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Tests.Guarding;

/// <summary>Every style in which people write tests, over a right and over a wrong solution: each file of data/styles.</summary>
[Collection(nameof(BubblewrapFixture))]
public sealed class StyleTests(BubblewrapFixture fixture)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "data", "styles");

    public static TheoryData<string> Styles() => [.. Directory.GetFiles(Folder, "*.py").Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    [SkippableTheory]
    [MemberData(nameof(Styles))]
    public async Task The_right_solution_passes_every_stage_and_the_wrong_one_fails_its_tests(string style)
    {
        Needs.Sandbox();
        var parts = (await File.ReadAllTextAsync(Path.Combine(Folder, style + ".py")))
            .Split(["# --- tests ---", "# --- wrong: "], StringSplitOptions.None);
        var (solution, tests) = (parts[0], parts[1]);
        var change = parts[2].TrimEnd('\n').Split(" --> ");

        var right = await fixture.JudgeAsync(solution, tests, strict: true);
        Assert.True(right.Outcome == VerdictOutcome.Pass, $"{right.Stage} {right.Kind} {string.Join("; ", right.Reasons)}");

        var wrong = await fixture.JudgeAsync(solution.Replace(change[0], change[1], StringComparison.Ordinal), tests, strict: false);
        Assert.True(wrong is { Outcome: VerdictOutcome.Fail, Kind: VerdictKind.Tests }, $"{wrong.Outcome} {wrong.Kind} {string.Join("; ", wrong.Reasons)}");
    }
}

using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;
using Xunit.Abstractions;

namespace DreamerActors.Domain.Tests.Sessions;

/// <summary>Difficulty follows what a coder can do, library by library, and says why.</summary>
public sealed class AdaptiveDifficultyTests(ITestOutputHelper output)
{
    private const Difficulty S = Difficulty.Simple, M = Difficulty.Medium, C = Difficulty.Complex;

    private static IEnumerable<DreamOutcome> Outcomes(Difficulty difficulty, int judged, int kept, string library = "json") =>
        Enumerable.Range(0, judged).Select(i => new DreamOutcome([library], difficulty, i < kept));

    private static DifficultyChoice About(string library, params IEnumerable<DreamOutcome>[] newestFirst) =>
        AdaptiveDifficulty.Choose([library], [.. newestFirst.SelectMany(each => each)]);

    [Fact]
    public void A_beginning_is_medium() => Assert.Equal(new DifficultyChoice(M, "little is known about json; nothing was judged yet"), About("json"));

    [Theory]
    [InlineData(M, 4, 1, S, "json: only 1 of the last 4 medium dreams were kept")]
    [InlineData(M, 8, 4, M, "json: 4 of the last 8 medium dreams were kept")]
    [InlineData(M, 8, 6, C, "json: 6 of the last 8 medium dreams were kept; time for more")]
    [InlineData(S, 8, 6, M, "json: 6 of the last 8 simple dreams were kept; time for more")]
    [InlineData(S, 8, 0, S, "json: only 0 of the last 8 simple dreams were kept")]
    [InlineData(C, 8, 8, C, "json: 8 of the last 8 complex dreams were kept")]
    [InlineData(C, 8, 3, M, "json: only 3 of the last 8 complex dreams were kept")]
    public void It_goes_where_half_is_kept_and_on_when_that_is_easy(Difficulty difficulty, int judged, int kept, Difficulty next, string why) =>
        Assert.Equal(new DifficultyChoice(next, why), About("json", Outcomes(difficulty, judged, kept)));

    [Fact]
    public void What_was_too_hard_is_not_tried_again_before_it_is_forgotten()
    {
        var failed = Outcomes(C, 4, 0);
        Assert.Equal(M, About("json", Outcomes(M, 20, 20), failed).Difficulty);
        Assert.Equal(C, About("json", Outcomes(M, 21, 21), failed).Difficulty);
    }

    [Fact]
    public void Every_library_has_a_level_of_its_own_and_a_new_one_begins_where_all_are()
    {
        var history = Outcomes(M, 8, 8, "json").Concat(Outcomes(M, 8, 1, "ast")).Concat(Outcomes(M, 8, 5, "re")).ToList();
        Assert.Equal(C, About("json", history).Difficulty);
        Assert.Equal(S, About("ast", history).Difficulty);
        Assert.Equal(M, About("re", history).Difficulty);
        Assert.Equal(C, About("heapq", history).Difficulty);
    }

    [Fact]
    public void A_scenario_of_two_libraries_is_as_hard_as_the_one_that_has_come_least_far() =>
        Assert.Equal(S, AdaptiveDifficulty.Choose(["json", "ast"], [.. Outcomes(M, 8, 8, "json"), .. Outcomes(M, 8, 1, "ast")]).Difficulty);

    /// <summary>A coder of known ability: what it masters succeeds in nine of ten cases, what is one step harder in three of twenty, and never what is two.</summary>
    [Fact]
    public void It_converges_to_what_a_coder_can_do_and_follows_when_that_changes()
    {
        Difficulty[] abilities = [M, C, S, M, S, C];
        var (arrivals, settled) = (new List<int>(), new List<int>());
        foreach (var seed in Enumerable.Range(1, 40))
        {
            var random = new Random(seed);
            var history = new List<DreamOutcome>();
            foreach (var ability in abilities)
            {
                var chosen = Enumerable.Range(0, 120).Select(_ => Dream(ability, history, random)).ToList();
                settled.Add(chosen.Skip(60).Count(level => level == ability));
                arrivals.Add(Enumerable.Range(0, 113).First(i => chosen.Skip(i).Take(8).Count(level => level == ability) >= 6));
                var row = string.Join(' ', chosen.Chunk(12).Select(twelve => $"{twelve.Average(level => (int)level) + 1:0.0}"));
                if (seed == 1) output.WriteLine($"{ability,-8} {row}   at its level: {settled[^1]} of the last 60");
            }
        }

        output.WriteLine($"{settled.Count} changes of ability: arrived after {arrivals.Order().ElementAt(arrivals.Count / 2)} dreams (median), {arrivals.Max()} (most); then at its level in {settled.Average() / 60:P0} of dreams");
        Assert.InRange(arrivals.Max(), 0, 60);
        Assert.InRange(settled.Average(), 0.75 * 60, 60);
    }

    private static Difficulty Dream(Difficulty ability, List<DreamOutcome> newestFirst, Random random)
    {
        var level = AdaptiveDifficulty.Choose(["json"], newestFirst).Difficulty;
        var success = (level - ability) switch { <= 0 => 0.9, 1 => 0.15, _ => 0 };
        newestFirst.Insert(0, new DreamOutcome(["json"], level, random.NextDouble() < success));
        return level;
    }
}

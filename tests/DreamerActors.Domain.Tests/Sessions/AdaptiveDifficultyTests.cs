using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Tests.Sessions;

public sealed class AdaptiveDifficultyTests
{
    [Theory]
    [InlineData(9, 9, Difficulty.Medium)]
    [InlineData(10, 3, Difficulty.Simple)]
    [InlineData(10, 4, Difficulty.Medium)]
    [InlineData(100, 75, Difficulty.Medium)]
    [InlineData(100, 76, Difficulty.Complex)]
    public void It_follows_the_share_of_kept_dreams_once_there_are_enough(int judged, int kept, Difficulty expected) =>
        Assert.Equal(expected, AdaptiveDifficulty.Choose(new DreamStatistics(1, judged, kept, 0)));
}

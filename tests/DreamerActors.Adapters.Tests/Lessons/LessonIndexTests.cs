using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Lessons;

namespace DreamerActors.Adapters.Tests.Lessons;

public sealed class LessonIndexTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_most_similar_lessons_come_first_and_applying_twice_changes_nothing()
    {
        var index = new LessonIndex(new ReadModel(_folder.Path));
        var heap = Some.Dream("00000001", "heap", "def heap(): ...") with { Scenario = Some.Scenario("Heap") with { TaskPrompt = "Write merging of sorted streams with a heap." } };
        var dates = Some.Dream("00000002", "dates", "def dates(): ...") with { Scenario = Some.Scenario("Dates") with { TaskPrompt = "Parse calendar dates." } };
        var entries = Some.Entries(Some.Started(), heap, dates, Some.Rejected());
        await index.ApplyAsync(entries, default);
        await index.ApplyAsync(entries, default);

        Assert.Equal(["def heap(): ..."], (await index.SimilarAsync("Merge two sorted streams", 3, default)).Select(lesson => lesson.Code));
        Assert.Equal(2, (await index.SimilarAsync("parse dates, merge streams", 3, default)).Count);
        Assert.Equal(4, await index.LastOffsetAsync(default));

        await index.ResetAsync(default);
        Assert.Empty(await index.SimilarAsync("merge", 3, default));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\" OR NEAR( * ^ - AND \" ' ; DROP TABLE")]
    [InlineData("a b c 🌙 \0")]
    public async Task Whatever_a_task_says_is_no_query(string text)
    {
        var index = new LessonIndex(new ReadModel(_folder.Path));
        await index.ApplyAsync(Some.Entries(Some.Dream()), default);
        Assert.Empty(await index.SimilarAsync(text, 3, default));
    }
}

using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Adapters.Tests.Journal;

public sealed class DreamFinderTests : IDisposable
{
    private readonly TemporaryFolder _data = new();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _data.Dispose();
    }

    private async Task<DreamFinder> FinderAsync()
    {
        var model = new ReadModel(_data.Path);
        var dream = Some.Dream();
        await model.ApplyAsync(Some.Entries(
            Some.Started(), dream, Some.Rejected(),
            dream with { Dream = new DreamId("00000007"), At = dream.At.AddDays(1), Scenario = dream.Scenario with { Title = "50% of_it", Libraries = ["csv", "json"] } },
            new DreamApproved(Some.Session, dream.At, dream.Dream, "ewa", null)), default);
        return new DreamFinder(model);
    }

    private static IEnumerable<string> Ids(DreamPage page) => page.Dreams.Select(dream => dream.Dream.Value);

    [Fact]
    public async Task Every_filter_leaves_what_it_names()
    {
        var (finder, dream) = (await FinderAsync(), Some.Dream());
        async Task<IEnumerable<string>> Found(DreamSearch search) => Ids(await finder.FindAsync(search, default));
        Assert.Equal(3, (await finder.FindAsync(new DreamSearch(), default)).Total);
        Assert.Equal(["00000007"], await Found(new DreamSearch { Text = "0% OF_" }));
        Assert.Empty(await Found(new DreamSearch { Text = "50_ of" }));
        Assert.Equal(["00000007"], await Found(new DreamSearch { Library = "csv" }));
        Assert.Equal(["00000001"], await Found(new DreamSearch { Outcome = "rejected" }));
        Assert.Equal([dream.Dream.Value], await Found(new DreamSearch { Approval = "approved" }));
        Assert.Equal(["00000007"], await Found(new DreamSearch { Approval = "pending" }));
        Assert.Equal(["00000007"], await Found(new DreamSearch { From = dream.At.AddHours(1) }));
        Assert.Empty(await Found(new DreamSearch { Outcome = "kept", Until = dream.At }));
        Assert.Empty(await Found(new DreamSearch { Difficulty = "complex" }));
    }

    [Fact]
    public async Task A_page_is_a_part_of_the_list_and_what_stands_behind_a_dream_is_the_rest_of_it()
    {
        var finder = await FinderAsync();
        var all = Ids(await finder.FindAsync(new DreamSearch(), default)).ToList();
        var page = await finder.FindAsync(new DreamSearch { Skip = 1, Take = 1 }, default);
        Assert.Equal((all[1], 3), (Assert.Single(page.Dreams).Dream.Value, page.Total));
        Assert.Equal(all.Skip(1), Ids(await finder.FindAsync(new DreamSearch { Behind = new DreamId(all[0]) }, default)));
        Assert.Empty((await finder.FindAsync(new DreamSearch { Behind = new DreamId("ffffffff") }, default)).Dreams);
    }

    [Fact]
    public async Task It_counts_what_an_analysis_of_the_whole_list_counts()
    {
        var finder = await FinderAsync();
        var all = (await finder.FindAsync(new DreamSearch(), default)).Dreams;
        var expected = DreamAnalysis.Of(all, at => at.ToLocalTime().AddHours(-12).ToString("yyyy-MM-dd"));
        var counted = await finder.AnalyseAsync(default);
        Assert.Equivalent(expected, counted, strict: true);
        Assert.Equal(expected.Libraries, counted.Libraries);
        Assert.Equal(expected.Practised, counted.Practised);
        Assert.Equal(expected.Nights, counted.Nights);
    }
}

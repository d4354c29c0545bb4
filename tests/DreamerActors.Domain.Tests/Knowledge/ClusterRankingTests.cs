using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;

namespace DreamerActors.Domain.Tests.Knowledge;

public sealed class ClusterRankingTests
{
    private static readonly Dictionary<string, EntityHistory> NothingDreamt = [];
    private static readonly DateTimeOffset Night = new(2026, 1, 2, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_most_connected_cluster_comes_first_and_equals_keep_the_order_of_the_file()
    {
        var graph = Graph(["a", "b", "c", "d"], ("a", "c"), ("c", "d"), ("b", "c"));

        Assert.Equal(["c", "a", "b", "d"], Ids(ClusterRanking.Pick(graph, NothingDreamt, 10, null, false)));
    }

    [Fact]
    public void Incoming_and_outgoing_connections_count_alike()
    {
        var graph = Graph(["source", "sink"], ("x", "sink"), ("y", "sink"), ("source", "x"));

        Assert.Equal(["sink", "source"], Ids(ClusterRanking.Pick(graph, NothingDreamt, 10, null, false)));
    }

    [Fact]
    public void What_was_never_dreamt_comes_before_what_was_dreamt_least_and_longest_ago()
    {
        var graph = Graph(["often", "recent", "old", "never"], ("often", "recent"), ("often", "old"));
        var dreamt = new Dictionary<string, EntityHistory>
        {
            ["often"] = new(2, Night.AddDays(-9)),
            ["recent"] = new(1, Night),
            ["old"] = new(1, Night.AddDays(-1)),
        };

        Assert.Equal(["never", "old", "recent", "often"], Ids(ClusterRanking.Pick(graph, dreamt, 10, null, false)));
    }

    [Fact]
    public void Only_the_asked_entities_and_only_as_many_as_asked_are_picked()
    {
        var graph = Graph(["a", "b", "c"]);

        Assert.Equal(["b"], Ids(ClusterRanking.Pick(graph, NothingDreamt, 1, new HashSet<string> { "b", "c" }, false)));
        Assert.Empty(ClusterRanking.Pick(graph, NothingDreamt, 0, null, false));
    }

    [Fact]
    public void Recalling_needs_remembered_code()
    {
        var graph = Graph(["plain"]);
        var remembered = Entity("known") with { Remembered = new RememberedCode("f", "def f(): ...", "", []) };

        var picked = ClusterRanking.Pick(graph with { Entities = [.. graph.Entities, remembered] }, NothingDreamt, 10, null, true);

        Assert.Equal(["known"], Ids(picked));
    }

    [Fact]
    public void A_fragment_is_capped_and_names_its_neighbours()
    {
        var hub = Entity("hub") with { Description = new string('x', KnowledgeFragment.MaxTextLength - 1) + "🌙🌙" };
        var leaves = Enumerable.Range(0, 20).Select(i => Entity($"leaf{i}"));
        var relations = Enumerable.Range(0, 20).Select(i => new KnowledgeRelation($"leaf{i}", "hub", "USES"));

        var fragment = ClusterRanking.Pick(new KnowledgeGraph([hub, .. leaves], [.. relations]), NothingDreamt, 1, null, false).Single();

        Assert.Equal(KnowledgeFragment.MaxRelated, fragment.Related.Count);
        Assert.Equal("Name of leaf0", fragment.Related[0]);
        Assert.Equal(new string('x', KnowledgeFragment.MaxTextLength - 1), fragment.Description);
    }

    private static string[] Ids(IEnumerable<KnowledgeFragment> fragments) => fragments.Select(f => f.EntityId).ToArray();

    private static KnowledgeGraph Graph(string[] ids, params (string From, string To)[] relations) =>
        new([.. ids.Select(Entity)], [.. relations.Select(r => new KnowledgeRelation(r.From, r.To, "USES"))]);

    private static KnowledgeEntity Entity(string id) => new(id, $"Name of {id}", "Concept", "", [], new Provenance(id, "test"));
}

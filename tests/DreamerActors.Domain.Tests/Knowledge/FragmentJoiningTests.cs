using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;

namespace DreamerActors.Domain.Tests.Knowledge;

/// <summary>One scenario about two libraries is made of what the graph connects.</summary>
public sealed class FragmentJoiningTests
{
    private static KnowledgeEntity Entity(string id, params string[] libraries) =>
        new(id, id.ToUpperInvariant(), "Function", $"about {id}", libraries, new Provenance(id, id + ".py"));

    private static KnowledgeFragment Joined(string start, params (string, string)[] relations)
    {
        var graph = new KnowledgeGraph(
            [Entity("a", "heapq"), Entity("same", "heapq"), Entity("b", "json"), Entity("c", "csv", "heapq"), Entity("far", "re")],
            [.. relations.Select(each => new KnowledgeRelation(each.Item1, each.Item2, "USES"))]);
        var picked = ClusterRanking.Pick(graph, new Dictionary<string, EntityHistory>(), 1, new HashSet<string> { start }, false);
        return FragmentJoining.Join(picked, graph)[0];
    }

    [Fact]
    public void A_neighbour_of_another_library_is_joined_with_both_texts_and_sources()
    {
        var joined = Joined("a", ("a", "same"), ("b", "a"));
        Assert.Equal(["heapq", "json"], joined.Libraries);
        Assert.Equal(("a", "A + B", "a.py; b.py"), (joined.EntityId, joined.Name, joined.Provenance.Source));
        Assert.Contains("about a", joined.Description, StringComparison.Ordinal);
        Assert.Contains("about b", joined.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_neighbours_neighbour_will_do_and_the_nearest_comes_first()
    {
        Assert.Equal("A + FAR", Joined("a", ("a", "same"), ("same", "far")).Name);
        Assert.Equal("A + B", Joined("a", ("a", "same"), ("same", "far"), ("a", "b")).Name);
    }

    [Fact]
    public void Among_equally_near_ones_the_most_connected_is_joined() =>
        Assert.Equal("A + C", Joined("a", ("a", "b"), ("a", "c"), ("c", "far")).Name);

    [Fact]
    public void Without_another_library_within_two_steps_a_fragment_stays_alone() =>
        Assert.Equal("A", Joined("a", ("a", "same"), ("same", "x"), ("x", "far")).Name);
}

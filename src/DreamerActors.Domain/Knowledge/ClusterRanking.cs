using DreamerActors.Domain.Journal;

namespace DreamerActors.Domain.Knowledge;

/// <summary>Decides which pieces of the knowledge graph are dreamt about next.</summary>
public static class ClusterRanking
{
    /// <summary>
    /// The best <paramref name="count"/> fragments: entities that were never dreamt first, then the least often and the longest ago dreamt;
    /// among equals the most connected, then the order of the files.
    /// </summary>
    /// <param name="graph">What is known.</param>
    /// <param name="dreamt">What was dreamt about each entity, by id.</param>
    /// <param name="count">How many fragments at most; 0 or more.</param>
    /// <param name="onlyEntities">Ids to choose from, or null for all.</param>
    /// <param name="rememberedOnly">Only entities with code and examples, which the <c>recall</c> brain needs.</param>
    public static IReadOnlyList<KnowledgeFragment> Pick(
        KnowledgeGraph graph,
        IReadOnlyDictionary<string, EntityHistory> dreamt,
        int count,
        IReadOnlySet<string>? onlyEntities,
        bool rememberedOnly)
    {
        var connections = new Connections(graph);
        return graph.Entities
            .Where(entity => onlyEntities is null || onlyEntities.Contains(entity.Id))
            .Where(entity => !rememberedOnly || entity.Remembered is not null)
            .DistinctBy(entity => entity.Id)
            .Select(entity => (Entity: entity, History: dreamt.GetValueOrDefault(entity.Id, Never)))
            .OrderBy(ranked => ranked.History.Times)
            .ThenBy(ranked => ranked.History.LastAt)
            .ThenByDescending(ranked => connections.DegreeOf(ranked.Entity.Id))
            .Take(Math.Max(0, count))
            .Select(ranked => Fragment(ranked.Entity, connections))
            .ToList();
    }

    private static readonly EntityHistory Never = new(0, DateTimeOffset.MinValue);

    private static KnowledgeFragment Fragment(KnowledgeEntity entity, Connections connections) => new(
        entity.Id,
        entity.Name,
        entity.EntityType,
        Cap(entity.Description),
        connections.NeighboursOf(entity.Id).Take(KnowledgeFragment.MaxRelated).ToList(),
        entity.Libraries,
        entity.Provenance,
        entity.Remembered);

    private static string Cap(string text)
    {
        if (text.Length <= KnowledgeFragment.MaxTextLength) return text;
        var end = KnowledgeFragment.MaxTextLength;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)];
    }

    private sealed class Connections
    {
        private readonly Dictionary<string, int> _degrees = [];
        private readonly Dictionary<string, List<string>> _neighbours = [];
        private readonly Dictionary<string, string> _names = [];

        public Connections(KnowledgeGraph graph)
        {
            foreach (var entity in graph.Entities) _names.TryAdd(entity.Id, entity.Name);
            foreach (var relation in graph.Relations)
            {
                Connect(relation.Source, relation.Target);
                Connect(relation.Target, relation.Source);
            }
        }

        public int DegreeOf(string id) => _degrees.GetValueOrDefault(id);

        public IEnumerable<string> NeighboursOf(string id) =>
            _neighbours.GetValueOrDefault(id, [])
                .Distinct()
                .Where(neighbour => neighbour != id)
                .OrderByDescending(DegreeOf)
                .Select(neighbour => _names.GetValueOrDefault(neighbour, neighbour));

        private void Connect(string from, string to)
        {
            _degrees[from] = DegreeOf(from) + 1;
            if (!_neighbours.TryGetValue(from, out var neighbours)) _neighbours[from] = neighbours = [];
            neighbours.Add(to);
        }
    }
}

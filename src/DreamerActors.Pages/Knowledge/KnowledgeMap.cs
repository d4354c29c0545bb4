using DreamerActors.Domain.Knowledge;

namespace DreamerActors.Pages.Knowledge;

/// <summary>What a piece of knowledge is connected with.</summary>
/// <param name="Entity">The other end.</param>
/// <param name="Relation">How.</param>
public sealed record Neighbour(KnowledgeEntity Entity, string Relation);

/// <summary>The knowledge graph, to be looked things up in.</summary>
public sealed class KnowledgeIndex
{
    private readonly Dictionary<string, KnowledgeEntity> _entities;
    private readonly ILookup<string, (string Other, string Relation)> _relations;
    private readonly List<KnowledgeEntity> _ranked;

    /// <param name="graph">The graph.</param>
    public KnowledgeIndex(KnowledgeGraph graph)
    {
        _entities = graph.Entities.DistinctBy(entity => entity.Id).ToDictionary(entity => entity.Id, StringComparer.Ordinal);
        _relations = graph.Relations.Where(relation => relation.Source != relation.Target && _entities.ContainsKey(relation.Source) && _entities.ContainsKey(relation.Target))
            .SelectMany(relation => new[] { (relation.Source, relation.Target, relation.RelationType), (relation.Target, relation.Source, relation.RelationType) })
            .ToLookup(each => each.Item1, each => (each.Item2, each.RelationType), StringComparer.Ordinal);
        _ranked = [.. _entities.Values.OrderByDescending(entity => DegreeOf(entity.Id)).ThenBy(entity => entity.Id, StringComparer.Ordinal)];
        Relations = graph.Relations.Count;
        Types = [.. _entities.Values.GroupBy(entity => entity.EntityType, StringComparer.Ordinal).Select(group => (group.Key, group.Count())).OrderByDescending(each => each.Item2)];
    }

    /// <summary>Entities there are.</summary>
    public int Entities => _entities.Count;

    /// <summary>Connections there are.</summary>
    public int Relations { get; }

    /// <summary>How many there are of each kind, the most frequent first.</summary>
    public IReadOnlyList<(string Type, int Count)> Types { get; }

    /// <summary>One entity; without an id the most connected one. Null when there is none.</summary>
    public KnowledgeEntity? Find(string? id) => id is null ? _ranked.FirstOrDefault() : _entities.GetValueOrDefault(id);

    /// <summary>Entities with a text in their name or id, the most connected first.</summary>
    public IReadOnlyList<KnowledgeEntity> Search(string? text, int most) =>
        [.. _ranked.Where(entity => string.IsNullOrWhiteSpace(text) || entity.Name.Contains(text.Trim(), StringComparison.OrdinalIgnoreCase) || entity.Id.Contains(text.Trim(), StringComparison.OrdinalIgnoreCase)).Take(most)];

    /// <summary>How many connections an entity has.</summary>
    public int DegreeOf(string id) => _relations[id].Count();

    /// <summary>What an entity is connected with, the most connected first.</summary>
    public IReadOnlyList<Neighbour> NeighboursOf(string id, int most) =>
        [.. _relations[id].DistinctBy(each => each.Other).Select(each => new Neighbour(_entities[each.Other], each.Relation)).OrderByDescending(each => DegreeOf(each.Entity.Id)).ThenBy(each => each.Entity.Id, StringComparer.Ordinal).Take(most)];

    /// <summary>Whether two entities are connected.</summary>
    public bool AreConnected(string one, string other) => _relations[one].Any(each => each.Other == other);
}

/// <summary>The graph as it was a short while ago: files of many megabytes are not read for every page.</summary>
public sealed class KnowledgeMap(IKnowledgeStore store, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _reading = new(1);
    private (KnowledgeIndex Index, long At)? _last;

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    /// <summary>The graph.</summary>
    /// <exception cref="KnowledgeException">A file cannot be read.</exception>
    public async Task<KnowledgeIndex> LoadAsync(CancellationToken cancellation)
    {
        await _reading.WaitAsync(cancellation);
        try
        {
            if (_last is var (index, at) && time.GetElapsedTime(at) < Fresh)
                return index;
            var read = new KnowledgeIndex(await store.LoadAsync(cancellation));
            _last = (read, time.GetTimestamp());
            return read;
        }
        finally
        {
            _reading.Release();
        }
    }
}

using DreamerActors.Domain.Guarding;

namespace DreamerActors.Domain.Datasets;

/// <summary>Examples in groups, by their index.</summary>
/// <param name="NearDuplicates">Groups of two or more whose members nearly repeat each other.</param>
/// <param name="Related">All examples, in groups that must not be torn apart by a split.</param>
public sealed record LikenessGroups(IReadOnlyList<IReadOnlyList<int>> NearDuplicates, IReadOnlyList<IReadOnlyList<int>> Related)
{
    /// <summary>
    /// Far below <see cref="CodeSignature.Threshold"/>: likeness is estimated, and what an exact count would call near-duplicates must be in one group for certain.
    /// </summary>
    private const double RelatedFrom = 0.5;

    /// <summary>Groups examples by the likeness of their solutions; those with the same prompt, of the same dream or of the same source file (they share its helpers) are related too.</summary>
    public static LikenessGroups Of(IReadOnlyList<TrainingExample> examples)
    {
        var signatures = examples.Select(example => CodeSignature.Of(example.Substance)).ToList();
        var (near, related) = (new Union(examples.Count), new Union(examples.Count));
        var bands = new Dictionary<long, List<int>>();
        for (var i = 0; i < examples.Count; i++)
        {
            var compared = new HashSet<int>();
            foreach (var band in signatures[i].Bands())
            {
                if (!bands.TryGetValue(band, out var members))
                    bands[band] = members = [];
                foreach (var other in members.Where(compared.Add))
                {
                    var likeness = signatures[i].Likeness(signatures[other]);
                    // Pairs of one dream share its solution by design.
                    if (likeness >= CodeSignature.Threshold && (DreamOf(examples[i]) is not { } dream || dream != DreamOf(examples[other])))
                        near.Join(i, other);
                    if (likeness >= RelatedFrom)
                        related.Join(i, other);
                }
                members.Add(i);
            }
        }
        foreach (var same in Same(examples, example => example.Prompt).Concat(Same(examples, DreamOf))
            .Concat(Same(examples, example => example.FromDream?.Dream.Scenario.Provenance.Source)))
            related.Join(same.First, same.Other);
        return new LikenessGroups([.. near.Groups().Where(group => group.Count > 1)], related.Groups());
    }

    private static string? DreamOf(TrainingExample example) => example.FromDream?.Dream.Dream.Value;

    private static IEnumerable<(int First, int Other)> Same(IReadOnlyList<TrainingExample> examples, Func<TrainingExample, string?> key) =>
        from index in Enumerable.Range(0, examples.Count)
        let value = key(examples[index])
        where value is not null
        group index by value into same
        from other in same.Skip(1)
        select (same.First(), other);

    /// <summary>Disjoint sets.</summary>
    private sealed class Union(int count)
    {
        private readonly int[] _parents = [.. Enumerable.Range(0, count)];

        public void Join(int a, int b)
        {
            var (low, high) = (Math.Min(Root(a), Root(b)), Math.Max(Root(a), Root(b)));
            _parents[high] = low;
        }

        public IReadOnlyList<IReadOnlyList<int>> Groups() =>
            [.. Enumerable.Range(0, _parents.Length).GroupBy(Root).OrderBy(group => group.Key).Select(group => (IReadOnlyList<int>)[.. group])];

        private int Root(int index)
        {
            while (_parents[index] != index)
                index = _parents[index] = _parents[_parents[index]];
            return index;
        }
    }
}

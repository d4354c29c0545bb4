namespace DreamerActors.Domain.Knowledge;

/// <summary>Joins fragments of connected clusters, so that one scenario can be about two libraries.</summary>
public static class FragmentJoining
{
    private const int MostSteps = 2;

    /// <summary>Every fragment, joined with the nearest entity around it that is about another library; alone where there is none.</summary>
    /// <param name="fragments">What was picked.</param>
    /// <param name="graph">What is known.</param>
    public static IReadOnlyList<KnowledgeFragment> Join(IReadOnlyList<KnowledgeFragment> fragments, KnowledgeGraph graph)
    {
        var entities = graph.Entities.DistinctBy(entity => entity.Id).ToDictionary(entity => entity.Id);
        var neighbours = graph.Relations
            .SelectMany(relation => new[] { (From: relation.Source, To: relation.Target), (From: relation.Target, To: relation.Source) })
            .ToLookup(step => step.From, step => step.To);
        return [.. fragments.Select(fragment => Partner(fragment, entities, neighbours) is { } partner ? Joined(fragment, partner) : fragment)];
    }

    /// <summary>The nearest entity of another library; among equally near ones the most connected, then the order of the file.</summary>
    private static KnowledgeEntity? Partner(KnowledgeFragment fragment, Dictionary<string, KnowledgeEntity> entities, ILookup<string, string> neighbours)
    {
        var seen = new HashSet<string> { fragment.EntityId };
        IReadOnlyList<string> ring = [fragment.EntityId];
        for (var step = 0; step < MostSteps; step++)
        {
            ring = [.. ring.SelectMany(id => neighbours[id]).Where(seen.Add)];
            var partner = ring
                .Select(id => entities.GetValueOrDefault(id))
                .OfType<KnowledgeEntity>()
                .Where(entity => entity.Libraries.Except(fragment.Libraries).Any())
                .OrderByDescending(entity => neighbours[entity.Id].Count())
                .FirstOrDefault();
            if (partner is not null)
                return partner;
        }

        return null;
    }

    private static KnowledgeFragment Joined(KnowledgeFragment fragment, KnowledgeEntity partner)
    {
        const int Half = (KnowledgeFragment.MaxTextLength / 2) - 200;
        return fragment with
        {
            Name = $"{fragment.Name} + {partner.Name}",
            Description = $"{Cut(fragment.Description, Half)}\n\n{partner.Name} ({partner.EntityType})\n\n{Cut(partner.Description, Half)}",
            Libraries = [.. fragment.Libraries.Concat(partner.Libraries).Distinct()],
            Provenance = fragment.Provenance with { Source = $"{fragment.Provenance.Source}; {partner.Provenance.Source}" },
        };
    }

    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}

using DreamerActors.Domain.Knowledge;

namespace DreamerActors.Host.Http.Knowledge;

/// <summary>What there is to dream about. The files are read for every answer and every session, so nothing has to be loaded again.</summary>
internal static class KnowledgeApi
{
    public static void MapKnowledge(this IEndpointRouteBuilder routes)
    {
        var knowledge = routes.MapGroup("/api/v1/dreams/knowledge").WithTags("knowledge");
        knowledge.MapGet("/stats", StatisticsAsync).WithName("KnowledgeStatistics").WithSummary("How much is known, by type.").WithETag();
        knowledge.MapPost("/reload", StatisticsAsync).WithName("ReloadKnowledge").WithSummary("Whether the files can be read, and what is in them now; every session reads them anyway.");
    }

    private static async Task<KnowledgeAnswer> StatisticsAsync(IKnowledgeStore store, CancellationToken cancellation)
    {
        try
        {
            var graph = await store.LoadAsync(cancellation);
            return new KnowledgeAnswer("success", new KnowledgeBody(
                graph.Entities.Count, graph.Relations.Count, Count(graph.Entities.Select(entity => entity.EntityType)), Count(graph.Relations.Select(relation => relation.RelationType))));
        }
        catch (KnowledgeException unreadable)
        {
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, "KNOWLEDGE_UNREADABLE", unreadable.Message);
        }
    }

    private static Dictionary<string, int> Count(IEnumerable<string> types) =>
        types.GroupBy(type => type, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count());

    internal sealed record KnowledgeAnswer(string Status, KnowledgeBody Stats);

    /// <summary>Entities and their connections, as the host counts them.</summary>
    internal sealed record KnowledgeBody(int TotalNodes, int TotalEdges, IReadOnlyDictionary<string, int> EntityTypes, IReadOnlyDictionary<string, int> RelationshipTypes);
}

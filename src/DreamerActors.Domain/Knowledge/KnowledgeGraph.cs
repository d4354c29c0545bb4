namespace DreamerActors.Domain.Knowledge;

/// <summary>An entity of the knowledge graph.</summary>
/// <param name="Id">Its id as text, whatever JSON type the file gave it.</param>
/// <param name="Name">For people; the id when the file has none.</param>
/// <param name="EntityType">Its kind; <c>unknown</c> when the file has none.</param>
/// <param name="Description">What is known about it.</param>
/// <param name="Libraries">Top-level modules it is about.</param>
/// <param name="Provenance">Where it came from.</param>
/// <param name="Remembered">Code and examples, for documented functions and classes.</param>
public sealed record KnowledgeEntity(
    string Id, string Name, string EntityType, string Description, IReadOnlyList<string> Libraries, Provenance Provenance, RememberedCode? Remembered = null);

/// <summary>A directed connection of two entities.</summary>
public sealed record KnowledgeRelation(string Source, string Target, string RelationType);

/// <summary>Entities and their connections, in the order of the files.</summary>
public sealed record KnowledgeGraph(IReadOnlyList<KnowledgeEntity> Entities, IReadOnlyList<KnowledgeRelation> Relations)
{
    /// <summary>A graph with nothing in it.</summary>
    public static KnowledgeGraph Empty { get; } = new([], []);
}

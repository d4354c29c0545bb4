using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DreamerActors.Domain.Knowledge;

namespace DreamerActors.Adapters.Knowledge;

/// <summary>networkx's node-link JSON: the host's graph files and our own (<c>edges</c> and <c>links</c> are read, both are written).</summary>
internal static partial class GraphFile
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 64 };
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="JsonException">The text is not (or not yet) a graph.</exception>
    public static KnowledgeGraph Read(string text)
    {
        // Python writes bare NaN and Infinity, which JSON has not; inside strings they are only words.
        using var document = JsonDocument.Parse(StringsAndPythonNumbers().Replace(text, found => found.Value[0] == '"' ? found.Value : "null"), Lenient);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new JsonException("it is not an object");
        var root = document.RootElement;
        return new KnowledgeGraph([.. Items(root, "nodes").Select(Entity).Where(entity => entity.Id.Length > 0)], [.. (root.TryGetProperty("edges", out _) ? Items(root, "edges") : Items(root, "links")).Select(Relation)]);
    }

    public static string Write(KnowledgeGraph graph)
    {
        JsonArray Edges() => new([.. graph.Relations.Select(relation => (JsonNode)new JsonObject
        {
            ["relationship_type"] = relation.RelationType, ["source"] = relation.Source, ["target"] = relation.Target,
        })]);
        return new JsonObject
        {
            ["directed"] = true,
            ["multigraph"] = false,
            ["graph"] = new JsonObject(),
            ["nodes"] = new JsonArray([.. graph.Entities.Select(Node)]),
            ["edges"] = Edges(),
            ["links"] = Edges(),
        }.ToJsonString(Indented);
    }

    private static IEnumerable<JsonElement> Items(JsonElement root, string name) =>
        root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object)
            : [];

    private static KnowledgeEntity Entity(JsonElement node)
    {
        var id = Id(node, "id");
        var source = Text(node, "source") ?? Text(node, "file") ?? Text(node, "path") ?? "";
        return new KnowledgeEntity(
            id,
            Text(node, "name") ?? id,
            Text(node, "entity_type") ?? Text(node, "type") ?? "unknown",
            Text(node, "description") ?? Text(node, "text") ?? "",
            Texts(node, "libraries"),
            new Provenance(id, source, Text(node, "package"), Text(node, "version"), Text(node, "licence")),
            node.TryGetProperty("remembered", out var code) && code.ValueKind == JsonValueKind.Object
                ? new RememberedCode(Text(code, "name") ?? "", Text(code, "source") ?? "", Text(code, "test_code") ?? "", Texts(code, "test_cases"))
                : null);
    }

    private static KnowledgeRelation Relation(JsonElement edge) =>
        new(Id(edge, "source"), Id(edge, "target"), Text(edge, "relationship_type") ?? Text(edge, "type") ?? "RELATED");

    private static JsonNode Node(KnowledgeEntity entity)
    {
        var node = new JsonObject
        {
            ["entity_type"] = entity.EntityType, ["name"] = entity.Name, ["source"] = entity.Provenance.Source, ["description"] = entity.Description,
            ["libraries"] = Array(entity.Libraries), ["package"] = entity.Provenance.Package, ["version"] = entity.Provenance.Version,
            ["licence"] = entity.Provenance.Licence, ["id"] = entity.Id,
        };
        if (entity.Remembered is { } code)
        {
            node["remembered"] = new JsonObject
            {
                ["name"] = code.Name, ["source"] = code.Source, ["test_code"] = code.TestCode, ["test_cases"] = Array(code.TestCases),
            };
        }
        return node;
    }

    private static JsonArray Array(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);

    /// <summary>An id of any JSON type as text: numbers and arrays occur.</summary>
    private static string Id(JsonElement element, string name) =>
        element.TryGetProperty(name, out var id) ? id.ValueKind == JsonValueKind.String ? id.GetString()! : id.GetRawText() : "";

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static List<string> Texts(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)]
            : [];

    [GeneratedRegex("\"(?:[^\"\\\\]|\\\\.)*\"|NaN|-?Infinity", RegexOptions.CultureInvariant)]
    private static partial Regex StringsAndPythonNumbers();
}

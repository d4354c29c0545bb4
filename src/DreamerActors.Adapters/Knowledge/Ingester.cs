using System.Text.Json;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Knowledge;

/// <summary>Turns Python sources and documents into entities. They are parsed by Python's own <c>ast</c> inside the sandbox, never here.</summary>
internal sealed class Ingester(ISandboxedReader reader, string standardLibrary)
{
    private const int BatchBytes = 2 << 20;

    public async Task<(KnowledgeGraph Graph, IngestReport Report)> ReadAsync(
        IReadOnlyList<string> paths, IProgress<IngestProgress>? progress, CancellationToken cancellation)
    {
        var skipped = new List<string>();
        var files = SourceFiles.Read(paths, standardLibrary, skipped).ToList();
        var entities = new List<KnowledgeEntity>();
        var relations = new List<KnowledgeRelation>();
        var homes = new HashSet<string>(StringComparer.Ordinal);
        var done = 0;
        foreach (var batch in Batches(files))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var answer in await ParseAsync(batch, skipped, cancellation))
                Learn(answer, batch, homes, entities, relations, skipped);
            done += batch.Count;
            progress?.Report(new IngestProgress(done, files.Count, batch[^1].Path));
        }
        var graph = new KnowledgeGraph(entities, relations);
        var report = new IngestReport(files.Count, entities.Count, entities.Count(entity => entity.Remembered is not null), [.. entities.Select(entity => entity.Id)], skipped);
        return (graph, report);
    }

    /// <summary>Sorted files come package by package and so mostly stay together, for they may need each other; no batch holds two modules of one name.</summary>
    private static IEnumerable<List<SourceFile>> Batches(IEnumerable<SourceFile> files)
    {
        var batch = new List<SourceFile>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var bytes = 0;
        foreach (var file in files)
        {
            if (batch.Count > 0 && (bytes + file.Text.Length > BatchBytes || names.Contains(file.Module)))
            {
                yield return batch;
                (batch, names, bytes) = ([], [], 0);
            }
            batch.Add(file);
            names.Add(file.Module);
            bytes += file.Text.Length;
        }
        if (batch.Count > 0)
            yield return batch;
    }

    /// <summary>A batch that cannot be read is read file by file, so that one hostile file takes no other with it.</summary>
    private async Task<IReadOnlyList<JsonElement>> ParseAsync(List<SourceFile> batch, List<string> skipped, CancellationToken cancellation)
    {
        var payload = JsonSerializer.SerializeToUtf8Bytes(new { files = batch.Select(Told) });
        try
        {
            using var answer = JsonDocument.Parse(await reader.CallAsync("extract", "extract", payload, cancellation));
            return [.. answer.RootElement.GetProperty("files").EnumerateArray().Select(file => file.Clone())];
        }
        catch (UntrustedInputException error) when (batch.Count == 1)
        {
            skipped.Add($"{batch[0].Path}: {error.Message}");
            return [];
        }
        catch (UntrustedInputException)
        {
            var answers = new List<JsonElement>();
            foreach (var file in batch)
                answers.AddRange(await ParseAsync([file], skipped, cancellation));
            return answers;
        }
    }

    private static object Told(SourceFile file) => file.IsDocument
        ? new { path = file.Path, module = file.Module, blocks = Documents.CodeBlocks(file.Path, file.Text), text = file.Text[..Math.Min(file.Text.Length, KnowledgeFragment.MaxTextLength)] }
        : new { path = file.Path, module = file.Module, source = file.Text };

    private void Learn(
        JsonElement answer, List<SourceFile> batch, HashSet<string> homes, List<KnowledgeEntity> entities, List<KnowledgeRelation> relations, List<string> skipped)
    {
        var path = answer.GetProperty("path").GetString() ?? "";
        if (answer.GetProperty("error").GetString() is { } error)
        {
            skipped.Add($"{path}: {error}");
            return;
        }
        var file = batch.First(each => each.Path == path);
        var package = PackageOf.File(path, standardLibrary);
        // Two files may have one name; the second is told apart by its path.
        var home = homes.Add(file.Module) ? file.Module : $"{file.Module}@{path}";
        IEnumerable<string> libraries = file.IsDocument ? [] : [Top(file.Module)];
        entities.Add(new KnowledgeEntity(home, file.Module, file.IsDocument ? "Document" : "Module", OneText(answer, "doc"), [.. libraries], From(home)));
        foreach (var library in answer.GetProperty("imports").EnumerateArray())
            relations.Add(new KnowledgeRelation(home, library.GetString() ?? "", "IMPORTS"));
        foreach (var told in answer.GetProperty("entities").EnumerateArray())
        {
            var name = OneText(told, "name");
            var id = $"{home}.{name}";
            relations.Add(new KnowledgeRelation(home, id, "CONTAINS"));
            foreach (var used in told.GetProperty("uses").EnumerateArray())
                relations.Add(new KnowledgeRelation(id, $"{home}.{used.GetString()}", "USES"));
            entities.Add(new KnowledgeEntity(id, name, OneText(told, "kind"), $"{OneText(told, "signature")}\n\n{OneText(told, "doc")}",
                [.. Texts(told, "libraries").Concat(libraries).Distinct()], From(id), Remembered(told)));
        }

        Provenance From(string id) => new(id, path, package.Name, package.Version, package.Licence);
    }

    private static RememberedCode? Remembered(JsonElement told) =>
        told.GetProperty("source").GetString() is { } source && told.GetProperty("test_code").GetString() is { } tests
            ? new RememberedCode(told.GetProperty("name").GetString() ?? "", source, tests, [.. Texts(told, "test_cases")])
            : null;

    private static string OneText(JsonElement element, string name) => element.GetProperty(name).GetString() ?? "";

    private static IEnumerable<string> Texts(JsonElement element, string name) => element.GetProperty(name).EnumerateArray().Select(item => item.GetString() ?? "");

    private static string Top(string module) => module.Split('.')[0];
}

/// <summary>Which distribution a source file belongs to, as the metadata beside it says.</summary>
internal sealed record PackageOf(string? Name, string? Version, string? Licence)
{
    public static PackageOf File(string path, string standardLibrary)
    {
        if (path.StartsWith(standardLibrary + "/", StringComparison.Ordinal) && !path.Contains("-packages/", StringComparison.Ordinal))
            return new PackageOf("python", Path.GetFileName(standardLibrary).Replace("python", "", StringComparison.Ordinal), "PSF-2.0");
        var folder = Path.GetDirectoryName(path);
        while (folder is not null && System.IO.File.Exists(Path.Combine(folder, "__init__.py")))
        {
            var metadata = Metadata(Path.GetDirectoryName(folder)!, Path.GetFileName(folder));
            if (metadata is not null)
                return metadata;
            folder = Path.GetDirectoryName(folder);
        }
        return new PackageOf(null, null, null);
    }

    private static PackageOf? Metadata(string site, string package)
    {
        var all = Directory.EnumerateFileSystemEntries(site, "*-info").ToList();
        // A distribution may have another name than its package, and then says which packages it brings.
        foreach (var info in all.Where(info => Path.GetFileName(info).StartsWith(package + "-", StringComparison.OrdinalIgnoreCase)).Concat(all.Where(info => Brings(info, package))))
        {
            // Old ones are the file itself.
            var file = new[] { Path.Combine(info, "METADATA"), Path.Combine(info, "PKG-INFO"), info }.FirstOrDefault(System.IO.File.Exists);
            if (file is null)
                continue;
            var head = System.IO.File.ReadLines(file).TakeWhile(line => line.Length > 0).Take(200).ToList();
            string? Field(string name) => head.FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.Ordinal))?[(name.Length + 2)..];
            var licence = head.FirstOrDefault(line => line.StartsWith("Classifier: License ::", StringComparison.Ordinal))?.Split("::")[^1].Trim();
            return new PackageOf(Field("Name"), Field("Version"), Field("License-Expression") ?? licence ?? Field("License"));
        }
        return null;
    }

    private static bool Brings(string info, string package) =>
        Path.Combine(info, "top_level.txt") is var file && System.IO.File.Exists(file) && System.IO.File.ReadLines(file).Take(100).Contains(package);
}

using System.Text;
using DreamerActors.Domain.Knowledge;

namespace DreamerActors.Adapters.Knowledge;

/// <summary>A Python source or a document that can be learnt from.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Module">A source's dotted name, counted from the outermost folder that is a package; a document's file name.</param>
/// <param name="Text">Its content.</param>
internal sealed record SourceFile(string Path, string Module, string Text)
{
    public bool IsDocument { get; } = Documents.IsDocument(Path);
}

/// <summary>Finds and reads the sources and documents that a user named.</summary>
internal static class SourceFiles
{
    /// <summary>Upper bound of one source, in bytes.</summary>
    public const int LargestFile = 2 << 20;

    /// <summary>Upper bound of the files of one ingestion.</summary>
    public const int MostFiles = 20_000;

    private static readonly HashSet<string> NotTheLibrary = ["test", "tests", "idlelib", "lib2to3", "site-packages", "dist-packages", "__pycache__", "turtledemo"];
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>All sources under the paths, sorted; <paramref name="skipped"/> tells what was left out of a folder and why.</summary>
    /// <exception cref="KnowledgeException">A path is missing or gives nothing.</exception>
    public static IEnumerable<SourceFile> Read(IReadOnlyList<string> paths, string standardLibrary, List<string> skipped)
    {
        foreach (var named in paths)
        {
            var path = named == "stdlib" ? standardLibrary : Path.GetFullPath(named);
            if (File.Exists(path))
            {
                yield return One(path);
                continue;
            }
            if (!Directory.Exists(path))
                throw new KnowledgeException($"{named}: there is no such file or folder");
            var files = Files(path).Take(MostFiles + 1).ToList();
            if (files.Count == 0)
                throw new KnowledgeException($"{named}: the folder holds no Python source (.py) and no document (.md, .rst)");
            if (files.Count > MostFiles)
                throw new KnowledgeException($"{named}: the folder holds more than {MostFiles} files to learn from; name a part of it");
            foreach (var file in files)
            {
                SourceFile? source = null;
                try
                {
                    source = One(file);
                }
                catch (KnowledgeException error)
                {
                    skipped.Add(error.Message);
                }
                if (source is not null)
                    yield return source;
            }
        }
    }

    private static SourceFile One(string path)
    {
        var length = new FileInfo(path).Length;
        if (length > LargestFile)
            throw new KnowledgeException($"{path}: {length >> 20} MB is more than the {LargestFile >> 20} MB a source may have");
        if (!IsReadable(path))
            throw new KnowledgeException($"{path}: only Python sources (.py) and documents (.md, .rst) can be read");
        try
        {
            return new SourceFile(path, ModuleOf(path), Strict.GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF'));
        }
        catch (DecoderFallbackException)
        {
            throw new KnowledgeException($"{path}: the file is not UTF-8 text");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KnowledgeException($"{path}: {error.Message}", error);
        }
    }

    private static bool IsReadable(string path) => path.EndsWith(".py", StringComparison.Ordinal) || Documents.IsDocument(path);

    private static IEnumerable<string> Files(string folder)
    {
        var options = new EnumerationOptions { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var file in Directory.EnumerateFiles(folder, "*", options).Where(IsReadable).Order(StringComparer.Ordinal))
            yield return file;
        foreach (var inner in Directory.EnumerateDirectories(folder, "*", options).Order(StringComparer.Ordinal))
        {
            if (NotTheLibrary.Contains(Path.GetFileName(inner)) || Path.GetFileName(inner).StartsWith('.'))
                continue;
            foreach (var file in Files(inner))
                yield return file;
        }
    }

    private static string ModuleOf(string path)
    {
        if (Documents.IsDocument(path))
            return Path.GetFileName(path);
        var name = Path.GetFileNameWithoutExtension(path);
        var parts = new List<string>();
        if (name != "__init__")
            parts.Add(name);
        for (var folder = Path.GetDirectoryName(path); folder is not null && File.Exists(Path.Combine(folder, "__init__.py")); folder = Path.GetDirectoryName(folder))
            parts.Insert(0, Path.GetFileName(folder));
        return parts.Count == 0 ? name : string.Join('.', parts);
    }
}

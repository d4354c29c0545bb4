using System.Text.Json;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>The Python that runs inside the sandbox. It is embedded here and delivered by pipe; nothing of it lies in a file system.</summary>
internal static class Harness
{
    private const string Prefix = "python/";

    /// <summary>The first text, given with <c>-c</c>.</summary>
    public static string Boot { get; } = Source("boot.py");

    /// <summary>All other modules as one JSON object, the payload of the <c>M</c> frame.</summary>
    public static byte[] Modules { get; } = JsonSerializer.SerializeToUtf8Bytes(
        typeof(Harness).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name != Prefix + "boot.py")
            .ToDictionary(name => Path.GetFileNameWithoutExtension(name), name => Source(name[Prefix.Length..])));

    private static string Source(string file)
    {
        using var stream = typeof(Harness).Assembly.GetManifestResourceStream(Prefix + file)
            ?? throw new InvalidOperationException($"{file} is not embedded");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

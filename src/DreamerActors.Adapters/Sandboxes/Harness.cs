using System.Text.Json;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>The Python that runs inside the sandbox. It is embedded here and delivered by pipe; nothing of it lies in a file system.</summary>
internal static class Harness
{
    private const string Prefix = "python/";

    /// <summary>
    /// What every first interpreter finds in its environment, besides its jailer's. Its hash seed is fixed, so that verdicts repeat; the repeated runs get others.
    /// Names of its libraries are looked up at once, not by each fork that comes by one.
    /// </summary>
    public static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["PYTHONHASHSEED"] = "0", ["PYTHONSAFEPATH"] = "1", ["PYTHONDONTWRITEBYTECODE"] = "1", ["LD_BIND_NOW"] = "1",
    };

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

using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace DreamerActors.Pages.Frame;

/// <summary>The few files that pages need beside themselves. They are parts of the program; their names change with their content, so browsers keep them.</summary>
internal sealed record Asset(byte[] Content, string Type, string Version)
{
    private static readonly FrozenDictionary<string, Asset> All = new[] { ("journal.css", "text/css"), ("journal.js", "text/javascript"), ("icon.svg", "image/svg+xml") }
        .ToFrozenDictionary(each => each.Item1, each => Read(each.Item1, each.Item2));

    /// <summary>Where a file is.</summary>
    public static string Url(string name) => $"/assets/{All[name].Version}/{name}";

    /// <summary>Answers with a file.</summary>
    public static IResult Send(string name, HttpContext context)
    {
        if (!All.TryGetValue(name, out var asset))
            return TypedResults.NotFound();
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return TypedResults.Bytes(asset.Content, asset.Type + "; charset=utf-8");
    }

    private static Asset Read(string name, string type)
    {
        using var stream = typeof(Asset).Assembly.GetManifestResourceStream("assets/" + name) ?? throw new InvalidOperationException($"{name} is not embedded");
        using var content = new MemoryStream();
        stream.CopyTo(content);
        return new Asset(content.ToArray(), type, Convert.ToHexStringLower(SHA256.HashData(content.ToArray()).AsSpan(0, 6)));
    }
}

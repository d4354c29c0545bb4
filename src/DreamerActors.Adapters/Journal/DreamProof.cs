using System.Text;
using System.Text.Json;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Journal;

/// <summary>What a dream's two files say: enough to prove it again without a journal.</summary>
/// <param name="Dream">Its id.</param>
/// <param name="Code">The solution.</param>
/// <param name="TestCode">Its tests.</param>
/// <param name="Strict">Whether it passed all stages.</param>
/// <param name="Certificate">What it was proven with; null for what is older than certificates.</param>
public sealed record DreamProof(string Dream, string Code, string TestCode, bool Strict, Certificate? Certificate)
{
    private const int HeaderLines = 5;
    private const long LargestFile = 16 << 20;

    /// <summary>Reads <c>dream_&lt;id&gt;.json</c> and the Python file that it names, beside it.</summary>
    /// <exception cref="IOException">One of them is missing or is not a dream's file; the message names it.</exception>
    public static async Task<DreamProof> ReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            using var document = JsonDocument.Parse(await TextAsync(path, cancellation));
            var dream = document.RootElement;
            var name = dream.GetProperty("code_file").GetString() ?? "";
            if (Path.GetFileName(name) != name || !name.EndsWith(".py", StringComparison.Ordinal))
                throw new FormatException("\"code_file\" is not the name of a Python file beside it");
            var python = await TextAsync(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name), cancellation);
            return new DreamProof(
                dream.GetProperty("dream_id").GetString() ?? "", CodeOf(python), dream.GetProperty("test_code").GetString() ?? "",
                dream.GetProperty("verdict").GetProperty("strict").GetBoolean(),
                dream.TryGetProperty("certificate", out var certificate) ? CertificateJson.Read(certificate) : null);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or DecoderFallbackException)
        {
            throw new IOException($"{path} is not a dream's file: {error.Message}", error);
        }
    }

    /// <summary>Without the four comment lines and the empty one that every dream's file begins with.</summary>
    private static string CodeOf(string python)
    {
        var start = 0;
        for (var line = 0; line < HeaderLines; line++)
        {
            var end = python.IndexOf('\n', start);
            var expected = line < HeaderLines - 1 ? "# " : "";
            if (end < 0 || (expected.Length == 0 ? end != start : !python.AsSpan(start).StartsWith(expected)))
                throw new FormatException("the Python file does not begin with a dream's four comment lines");
            start = end + 1;
        }

        return python[start..];
    }

    private static async Task<string> TextAsync(string path, CancellationToken cancellation)
    {
        if (new FileInfo(path) is { Exists: true, Length: > LargestFile })
            throw new FormatException($"{path} is larger than {LargestFile >> 20} MB");
        return await File.ReadAllTextAsync(path, new UTF8Encoding(false, throwOnInvalidBytes: true), cancellation);
    }
}

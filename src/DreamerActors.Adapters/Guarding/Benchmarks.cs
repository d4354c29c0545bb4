using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Guarding;

/// <summary>
/// Benchmark files as runs of words. The rule is open-r1's: lower case, words parted by white space, and one common run of eight words is an overlap.
/// Of a .jsonl file every text of every line counts, of a .txt file the whole.
/// </summary>
public sealed class Benchmarks(IReadOnlyList<string> files) : IBenchmarks
{
    /// <summary>Words in a run; a text with fewer overlaps with nothing.</summary>
    public const int Run = 8;

    private readonly Lock _loading = new();
    private Task<Dictionary<ulong, string>>? _runs;

    /// <inheritdoc/>
    public async Task<BenchmarkOverlap?> OverlapAsync(string text, CancellationToken cancellation)
    {
        if (files.Count == 0)
            return null;
        var runs = await LoadedAsync().WaitAsync(cancellation);
        foreach (var run in Runs(text))
        {
            if (runs.TryGetValue(Key(run), out var file))
                return new BenchmarkOverlap(file, run);
        }
        return null;
    }

    /// <summary>The files are read once, by whoever comes first; a failed reading is tried again.</summary>
    private Task<Dictionary<ulong, string>> LoadedAsync()
    {
        lock (_loading)
        {
            if (_runs is null or { IsFaulted: true })
                _runs = Task.Run(Load);
            return _runs;
        }
    }

    private Dictionary<ulong, string> Load()
    {
        var runs = new Dictionary<ulong, string>();
        foreach (var file in files)
        {
            foreach (var run in Texts(file).SelectMany(Runs))
                runs.TryAdd(Key(run), Path.GetFileName(file));
        }
        return runs;
    }

    private static IEnumerable<string> Texts(string file)
    {
        if (!file.EndsWith(".jsonl", StringComparison.Ordinal))
            return [File.ReadAllText(file)];
        return File.ReadLines(file).SelectMany((line, index) =>
        {
            try
            {
                using var document = JsonDocument.Parse(string.IsNullOrWhiteSpace(line) ? "null" : line);
                return TextsOf(document.RootElement).ToList();
            }
            catch (JsonException error)
            {
                throw new IOException($"{file}: line {index + 1} is not JSON ({error.Message})", error);
            }
        });
    }

    private static IEnumerable<string> TextsOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => [element.GetString()!],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(TextsOf),
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => TextsOf(property.Value)),
        _ => [],
    };

    private static IEnumerable<string> Runs(string text)
    {
        var words = text.ToLowerInvariant().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        for (var start = 0; start + Run <= words.Length; start++)
            yield return string.Join(' ', words, start, Run);
    }

    private static ulong Key(string run) => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(run)));
}

using System.Security.Cryptography;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Knowledge;

/// <summary>Remembers what the sandbox read from unchanged sources, so that learning from them again is quick.</summary>
/// <param name="reader">Reads what is not remembered.</param>
/// <param name="folder">Holds one file per answer, named after everything the answer follows from.</param>
internal sealed class ExtractCache(ISandboxedReader reader, string folder) : ISandboxedReader
{
    private const int MostAnswers = 256;

    /// <inheritdoc/>
    public async Task<byte[]> CallAsync(string module, string function, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Harness.Modules);
        hash.AppendData(payload.Span);
        var path = Path.Combine(folder, $"{module}.{function}.{Convert.ToHexStringLower(hash.GetHashAndReset())}.json");
        if (File.Exists(path))
        {
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
            return await File.ReadAllBytesAsync(path, cancellation);
        }
        var answer = await reader.CallAsync(module, function, payload, cancellation);
        AtomicFile.Write(path, answer);
        foreach (var old in new DirectoryInfo(folder).EnumerateFiles("*.json").OrderByDescending(file => file.LastWriteTimeUtc).Skip(MostAnswers))
            old.Delete();
        return answer;
    }
}

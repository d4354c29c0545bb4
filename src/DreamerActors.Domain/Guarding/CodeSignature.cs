using System.Buffers.Binary;

namespace DreamerActors.Domain.Guarding;

/// <summary>
/// What a program is like, in 128 numbers: MinHash over the 5-grams of its <see cref="PythonTokens"/>. The share of equal numbers estimates how many of their 5-grams
/// two programs have in common, whatever their names, comments and layout (method and threshold: SelfCodeAlign).
/// </summary>
public sealed class CodeSignature : IEquatable<CodeSignature>
{
    /// <summary>From this likeness on two programs are near-duplicates.</summary>
    public const double Threshold = 0.7;

    private const int Gram = 5;
    private const int Size = 128;
    private const int RowsOfBand = 4;
    private readonly uint[] _least;

    private CodeSignature(uint[] least) => _least = least;

    /// <summary>The signature of a program.</summary>
    public static CodeSignature Of(string code)
    {
        var tokens = PythonTokens.Of(code).Select(Hash).ToArray();
        var least = new uint[Size];
        Array.Fill(least, uint.MaxValue);
        // A program shorter than one 5-gram is its own only gram.
        for (var start = 0; start == 0 || start + Gram <= tokens.Length; start++)
        {
            var gram = 0UL;
            foreach (var token in tokens.AsSpan(start, Math.Min(Gram, tokens.Length - start)))
                gram = Mix(gram ^ token);
            for (var i = 0; i < Size; i++)
                least[i] = Math.Min(least[i], (uint)(Mix(gram + ((ulong)i * 0x9E3779B97F4A7C15)) >> 32));
        }
        return new CodeSignature(least);
    }

    /// <summary>A stored signature.</summary>
    /// <exception cref="FormatException">These are not the bytes of one.</exception>
    public static CodeSignature Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size * sizeof(uint))
            throw new FormatException("these are not the bytes of a signature");
        var least = new uint[Size];
        for (var i = 0; i < Size; i++)
            least[i] = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(i * sizeof(uint))..]);
        return new CodeSignature(least);
    }

    /// <summary>The signature as bytes to store.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[Size * sizeof(uint)];
        for (var i = 0; i < Size; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i * sizeof(uint)), _least[i]);
        return bytes;
    }

    /// <summary>
    /// Keys to find near-duplicates by: two programs alike by <see cref="Threshold"/> share at least one of 32 with a chance above 99.9 %, unlike ones seldom.
    /// </summary>
    public IReadOnlyList<long> Bands() => [.. _least.Chunk(RowsOfBand).Select((rows, band) =>
        unchecked((long)rows.Aggregate((ulong)band, (key, row) => Mix(key ^ row))))];

    /// <summary>How alike two programs are, 0 … 1.</summary>
    public double Likeness(CodeSignature other) => (double)_least.Zip(other._least).Count(pair => pair.First == pair.Second) / Size;

    /// <inheritdoc/>
    public bool Equals(CodeSignature? other) => other is not null && _least.AsSpan().SequenceEqual(other._least);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CodeSignature);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_least[0], _least[1], _least[2]);

    /// <summary>FNV-1a: the same on every machine and in every version, as stored signatures need it.</summary>
    private static ulong Hash(string token)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in token)
            hash = (hash ^ letter) * 1099511628211UL;
        return hash;
    }

    /// <summary>The finaliser of splitmix64: every input bit moves every output bit.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}

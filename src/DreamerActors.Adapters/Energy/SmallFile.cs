using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;

namespace DreamerActors.Adapters.Energy;

/// <summary>Reads small files of /proc and /sys with three system calls and nothing allocated: this runs every second for as long as the host does.</summary>
internal sealed partial class SmallFile(int largest = 4096)
{
    private const int ReadOnlyCloseOnExec = 0x80000;
    private readonly byte[] _bytes = new byte[largest];

    /// <summary>The file's first bytes, valid until the next read; empty when it cannot be read.</summary>
    /// <param name="path">UTF-8, ended by a zero byte.</param>
    public ReadOnlySpan<byte> Read(scoped ReadOnlySpan<byte> path)
    {
        var file = Open(ref MemoryMarshal.GetReference(path), ReadOnlyCloseOnExec);
        if (file < 0) return default;
        var length = 0;
        // The kernel hands /proc out in pieces.
        while (length < _bytes.Length && Read(file, ref _bytes[length], _bytes.Length - length) is var got and > 0)
            length += (int)got;
        _ = Close(file);
        return _bytes.AsSpan(0, length);
    }

    /// <summary>The only number in the file; null when there is none.</summary>
    public long? Number(scoped ReadOnlySpan<byte> path) =>
        Utf8Parser.TryParse(Read(path), out long number, out _) ? number : null;

    /// <summary>A path as <see cref="Read(ReadOnlySpan{byte})"/> takes it.</summary>
    public static byte[] Path(params ReadOnlySpan<string> parts) => Encoding.UTF8.GetBytes(System.IO.Path.Combine(parts) + "\0");

    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int Open(ref byte path, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    private static partial nint Read(int file, ref byte into, nint length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}

/// <summary>Walks over the words of a line.</summary>
internal ref struct Words(ReadOnlySpan<byte> text)
{
    private ReadOnlySpan<byte> _left = text;

    /// <summary>The next word; empty at the end.</summary>
    public ReadOnlySpan<byte> Next()
    {
        _left = _left.TrimStart(" \t\n"u8);
        var end = _left.IndexOfAny((byte)' ', (byte)'\t', (byte)'\n');
        var word = end < 0 ? _left : _left[..end];
        _left = _left[word.Length..];
        return word;
    }

    /// <summary>The next word as a number; 0 when it is none.</summary>
    public long Number() => Utf8Parser.TryParse(Next(), out long number, out _) ? number : 0;

    public void Skip(int words)
    {
        for (; words > 0; words--) _ = Next();
    }
}

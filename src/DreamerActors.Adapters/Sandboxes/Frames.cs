using System.Buffers.Binary;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>The frames that host and zygote exchange: one byte kind, four bytes big-endian length, payload (docs/guardian.md).</summary>
internal static class Frames
{
    private const int HeadLength = 5;

    /// <summary>Writes the frames in one piece: each piece wakes the other side up.</summary>
    public static async Task WriteAsync(Stream stream, IReadOnlyCollection<(char Kind, ReadOnlyMemory<byte> Payload)> frames, CancellationToken cancellation)
    {
        var piece = new byte[frames.Sum(frame => HeadLength + frame.Payload.Length)];
        var rest = piece.AsMemory();
        foreach (var (kind, payload) in frames)
        {
            rest.Span[0] = (byte)kind;
            BinaryPrimitives.WriteInt32BigEndian(rest.Span[1..], payload.Length);
            payload.CopyTo(rest[HeadLength..]);
            rest = rest[(HeadLength + payload.Length)..];
        }
        await stream.WriteAsync(piece, cancellation);
        await stream.FlushAsync(cancellation);
    }

    /// <exception cref="EndOfStreamException">The other side is gone.</exception>
    /// <exception cref="InvalidDataException">The frame is larger than allowed.</exception>
    public static async Task<(char Kind, byte[] Payload)> ReadAsync(Stream stream, int largest, CancellationToken cancellation)
    {
        var head = new byte[HeadLength];
        await stream.ReadExactlyAsync(head, cancellation);
        var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1));
        if (length < 0 || length > largest)
            throw new InvalidDataException($"a frame of {length} bytes, more than {largest}");
        var payload = new byte[length];
        await stream.ReadExactlyAsync(payload, cancellation);
        return ((char)head[0], payload);
    }
}

using System.Text;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>
/// What a jail writes to its standard error: its beginning is kept, for a start that fails says there why. The rest is of no use, but an undrained pipe would stop the jail.
/// </summary>
internal sealed class Complaint : Stream
{
    private const int Longest = 4000;
    private const string Fatal = "Fatal Python error";
    private readonly MemoryStream _said = new();

    /// <summary>The line that says most: the last, but for a Python that does not come up, which goes on about its threads; null if nothing was said.</summary>
    public string? Essence
    {
        get
        {
            string[] lines;
            lock (_said)
                lines = Encoding.UTF8.GetString(_said.GetBuffer(), 0, (int)_said.Length).Split('\n');
            return Array.Find(lines, line => line.StartsWith(Fatal, StringComparison.Ordinal)) ?? Array.FindLast(lines, line => line.Length > 0);
        }
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count)
    {
        lock (_said)
            _said.Write(buffer, offset, Math.Min(count, Longest - (int)_said.Length));
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

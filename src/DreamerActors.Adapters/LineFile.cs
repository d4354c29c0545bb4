using System.Text;

namespace DreamerActors.Adapters;

/// <summary>A file that gets whole lines, each at once. Where the disk is full it waits until there is room again: hours of work are not lost for it.</summary>
public sealed class LineFile : IAsyncDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Between two tries.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly FileStream _file;
    private readonly Action<string> _told;
    private readonly TimeProvider _time;

    /// <summary>Makes the file, or empties it.</summary>
    /// <param name="path">Where.</param>
    /// <param name="told">Told what it waits for, once a wait.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    public LineFile(string path, Action<string> told, TimeProvider time)
    {
        (_told, _time) = (told, time);
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    /// <summary>Adds a line.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="cancellation">Gives up waiting.</param>
    /// <exception cref="IOException">It cannot be written, and not for want of room.</exception>
    public async Task WriteAsync(string line, CancellationToken cancellation)
    {
        // A pipe has no place to go back to, and is never full in this way.
        var (bytes, end) = (Utf8.GetBytes(line + "\n"), _file.CanSeek ? _file.Position : 0);
        for (var waits = false; ; waits = true)
        {
            try
            {
                await _file.WriteAsync(bytes, cancellation);
                return;
            }
            catch (IOException full) when (_file.CanSeek && IsFull(full))
            {
                // Half a line is none, and takes room besides.
                _file.SetLength(end);
                _file.Position = end;
                if (!waits) _told($"{full.Message} It goes on when there is room.");
            }
            await Task.Delay(Pause, _time, cancellation);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _file.DisposeAsync();

    // ENOSPC, EDQUOT
    private static bool IsFull(IOException failure) => failure.HResult is 28 or 122;
}

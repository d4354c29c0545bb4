using System.Buffers.Binary;
using DreamerActors.Domain.Energy;

namespace DreamerActors.Adapters.Energy.Activity;

/// <summary>Logins on consoles and by ssh, as the system's login records (utmp, wtmp) tell them.</summary>
public sealed class LoginActivity : IActivitySource
{
    private const int RecordBytes = 384;
    private const int MostRecords = 64;
    private const short UserProcess = 7;
    private const int SecondsAt = 340;
    private readonly string[] _files;
    private (long Stamp, DateTimeOffset? Last) _known;

    /// <summary>The login records of this machine.</summary>
    public LoginActivity()
        : this("/run/utmp", "/var/log/wtmp")
    {
    }

    internal LoginActivity(params string[] files) => _files = files;

    /// <inheritdoc/>
    public string Name => "login";

    /// <inheritdoc/>
    public DateTimeOffset? LastActivity()
    {
        // Read only when something was written.
        long stamp = 0;
        foreach (var file in _files) stamp ^= File.GetLastWriteTimeUtc(file).Ticks;
        if (stamp != _known.Stamp) _known = (stamp, Latest());
        return _known.Last;
    }

    private DateTimeOffset? Latest()
    {
        DateTimeOffset? last = null;
        foreach (var file in _files.Where(File.Exists))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.Position = Math.Max(0, (stream.Length / RecordBytes) - MostRecords) * RecordBytes;
            var record = new byte[RecordBytes];
            while (stream.ReadAtLeast(record, RecordBytes, throwOnEndOfStream: false) == RecordBytes)
            {
                if (BinaryPrimitives.ReadInt16LittleEndian(record) != UserProcess) continue;
                var at = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(SecondsAt)));
                if (!(last >= at)) last = at;
            }
        }

        return last;
    }
}

using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using DreamerActors.Domain.Energy;

namespace DreamerActors.Adapters.Energy.Activity;

/// <summary>
/// Keyboards, mice and touch pads. It only asks whether something happened and never reads what: a device that has something to tell is closed and opened
/// again. Where the devices may not be opened, the interrupts of the keyboard controller are counted instead.
/// </summary>
public sealed partial class InputActivity : IActivitySource, IDisposable
{
    private const int ReadOnlyNonBlocking = 0x800 | 0x80000;
    private const short PollIn = 1;
    private readonly TimeProvider _time;
    private readonly string _proc;
    private readonly string _dev;
    private readonly SmallFile _file = new(256 << 10);
    private readonly byte[] _interrupts;
    private readonly Dictionary<string, int> _open = [];
    private DateTime _devicesOf;
    private long? _counted;
    private DateTimeOffset? _last;

    /// <param name="time">The clock that activity is stamped with.</param>
    public InputActivity(TimeProvider time)
        : this(time, "/proc", "/dev")
    {
    }

    internal InputActivity(TimeProvider time, string proc, string dev) =>
        (_time, _proc, _dev, _interrupts) = (time, proc, dev, SmallFile.Path(proc, "interrupts"));

    /// <inheritdoc/>
    public string Name => "keyboard or mouse";

    /// <inheritdoc/>
    public DateTimeOffset? LastActivity()
    {
        FindDevices();
        if (_open.Count > 0 ? DevicesSpoke() : InterruptsMoved()) _last = _time.GetUtcNow();
        return _last;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var device in _open.Values) _ = Close(device);
        _open.Clear();
    }

    private void FindDevices()
    {
        var folder = Path.Combine(_dev, "input");
        var changed = Directory.GetLastWriteTimeUtc(folder);
        if (changed == _devicesOf || !Directory.Exists(folder)) return;
        _devicesOf = changed;
        Dispose();
        foreach (var path in Handlers())
        {
            if (OpenFile(path, ReadOnlyNonBlocking) is var device and >= 0) _open[path] = device;
        }
    }

    /// <summary>The event devices that a person moves or types on; sensors, buttons of the case and the like are not among them.</summary>
    private IEnumerable<string> Handlers()
    {
        var devices = Path.Combine(_proc, "bus/input/devices");
        return !File.Exists(devices)
            ? []
            : from line in File.ReadLines(devices)
              where line.StartsWith("H: Handlers=", StringComparison.Ordinal) && Touched().IsMatch(line)
              from Match match in Event().Matches(line)
              select Path.Combine(_dev, "input", match.Value);
    }

    private bool DevicesSpoke()
    {
        var spoke = false;
        foreach (var (path, device) in _open.ToList())
        {
            var poll = new PollFile { File = device, Events = PollIn };
            if (PollOne(ref poll, 1, 0) <= 0) continue;
            spoke = true;
            _ = Close(device);
            _open.Remove(path);
            if (OpenFile(path, ReadOnlyNonBlocking) is var again and >= 0) _open[path] = again;
        }

        return spoke;
    }

    private bool InterruptsMoved()
    {
        long? sum = null;
        var text = _file.Read(_interrupts);
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            if (line.IndexOf("i8042"u8) < 0) continue;
            var words = new Words(line);
            words.Skip(1);
            for (var word = words.Next(); !word.IsEmpty && System.Buffers.Text.Utf8Parser.TryParse(word, out long count, out var used) && used == word.Length; word = words.Next())
                sum = (sum ?? 0) + count;
        }

        var moved = _counted is not null && sum is not null && sum != _counted;
        _counted = sum;
        return moved;
    }

    private static int OpenFile(string path, int flags) => Open(Encoding.UTF8.GetBytes(path + "\0"), flags);

    [GeneratedRegex(@"\b(kbd|mouse\d+|js\d+)\b")]
    private static partial Regex Touched();

    [GeneratedRegex(@"\bevent\d+\b")]
    private static partial Regex Event();

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFile
    {
        public int File;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "open")]
    private static partial int Open(byte[] path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int PollOne(ref PollFile file, nuint count, int timeout);
}

using System.Globalization;
using System.IO.Enumeration;
using System.Text;
using System.Buffers.Text;

namespace DreamerActors.Adapters.Energy;

/// <summary>What the dreamer's processes have used, those that ended included.</summary>
/// <param name="Ticks">Processor time in clock ticks.</param>
/// <param name="Pages">Memory that is theirs alone.</param>
internal readonly record struct OwnUse(long Ticks, long Pages);

/// <summary>
/// The processes that descend from the dreamer, wherever they have been moved to since. Once ours, a process stays ours: one that lost its parent is still
/// found. What ended is in the time of the parent that waited for it, so nothing that lived between two looks is missed.
/// </summary>
/// <remarks>Costs a listing of /proc and one read per new process and per process of ours; foreign ones are looked at once.</remarks>
internal sealed class OwnProcesses(string proc, int self)
{
    private readonly SmallFile _file = new();
    private readonly HashSet<int> _own = [];
    private HashSet<int> _known = [];
    private HashSet<int> _seen = [];
    private readonly Dictionary<int, int> _parents = [];
    private Dictionary<int, long> _before = [];
    private Dictionary<int, long> _now = [];
    private long _total;
    private long _used;

    /// <summary>What the processes of ours have used up to now.</summary>
    /// <param name="others">Processes that are ours though nobody of ours started them.</param>
    public OwnUse Measure(IEnumerable<int> others)
    {
        _seen.Clear();
        _own.Add(self);
        foreach (var other in others)
        {
            // Its children may have been there for long and have been taken for others'.
            if (_own.Add(other)) _known.Clear();
        }

        foreach (var pid in List())
        {
            _seen.Add(pid);
            if (!_known.Contains(pid)) _parents[pid] = Parent(pid);
        }

        (_known, _seen) = (_seen, _known);
        Adopt();
        _own.RemoveWhere(pid => !_known.Contains(pid));
        long total = 0, grown = 0, pages = 0;
        foreach (var pid in _own)
        {
            var (itself, waitedFor) = Ticks(pid);
            total += itself + waitedFor;
            grown += Math.Max(0, itself - _before.GetValueOrDefault(pid));
            _now[pid] = itself;
            pages += Pages(pid);
        }

        // What nobody waited for takes its time with it when it ends, so the total may fall; those that live have used no less than they did for that.
        _used += Math.Max(total - _total, grown);
        _total = total;
        (_before, _now) = (_now, _before);
        _now.Clear();
        return new OwnUse(_used, pages);
    }

    /// <summary>New processes whose parent is ours are ours, and so are theirs.</summary>
    private void Adopt()
    {
        bool more;
        do
        {
            more = false;
            foreach (var (pid, parent) in _parents)
                more |= _own.Contains(parent) && _own.Add(pid);
        }
        while (more);
        _parents.Clear();
    }

    private FileSystemEnumerable<int> List() => new(proc, (ref FileSystemEntry entry) => int.Parse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture))
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => char.IsAsciiDigit(entry.FileName[0]),
    };

    private int Parent(int pid)
    {
        var words = Stat(pid);
        words.Skip(1);
        return (int)words.Number();
    }

    /// <summary>User and system time of the process, and of the children that it has waited for.</summary>
    private (long Itself, long WaitedFor) Ticks(int pid)
    {
        var words = Stat(pid);
        words.Skip(11);
        return (words.Number() + words.Number(), words.Number() + words.Number());
    }

    private long Pages(int pid)
    {
        var words = new Words(Read(pid, "/statm"u8));
        words.Skip(1);
        var resident = words.Number();
        return resident - words.Number();
    }

    /// <summary>The words after the name, which may hold anything.</summary>
    private Words Stat(int pid)
    {
        var stat = Read(pid, "/stat"u8);
        return new Words(stat[(stat.LastIndexOf((byte)')') + 1)..]);
    }

    private ReadOnlySpan<byte> Read(int pid, ReadOnlySpan<byte> file)
    {
        Span<byte> path = stackalloc byte[256];
        var length = Encoding.UTF8.GetBytes(proc, path);
        path[length++] = (byte)'/';
        Utf8Formatter.TryFormat(pid, path[length..], out var digits);
        length += digits;
        file.CopyTo(path[length..]);
        path[length + file.Length] = 0;
        return _file.Read(path);
    }
}

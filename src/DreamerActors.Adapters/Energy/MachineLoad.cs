using System.Buffers.Text;
using System.Globalization;
using DreamerActors.Domain.Energy;

namespace DreamerActors.Adapters.Energy;

/// <summary>
/// The load of this machine as Linux tells it, without the dreamer's own (invariant I6). A control group with a limit is the machine: in a container its limits
/// count, not the figures of the host.
/// </summary>
public sealed class MachineLoad : ILoadSensor
{
    private const int ScanEvery = 30;
    private const double TicksPerSecond = 100; // what the kernel shows users is 100 on every architecture that .NET runs on
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<IOwnWork> _work;
    private readonly OwnProcesses _processes;
    private readonly Hardware _hardware;
    private readonly SmallFile _file = new(64 << 10);
    private readonly HashSet<int> _allowed;
    private readonly byte[] _stat;
    private readonly byte[] _memory;
    private readonly byte[][] _pressure;
    private readonly ControlGroup? _cpu;
    private readonly ControlGroup? _accounting;
    private readonly ControlGroup? _memoryGroup;
    private readonly (double Processors, string Directory)? _cpuLimit;
    private readonly (long Bytes, string Directory)? _memoryLimit;
    private readonly Dictionary<string, double> _containers = [];
    private List<int> _strays = [];
    private int _reads;
    private (long At, double Busy, double Own)? _before;
    private LoadReading _last = LoadReading.Unknown;

    /// <param name="time">The clock.</param>
    /// <param name="work">Work of ours that is not a child of this process.</param>
    public MachineLoad(TimeProvider time, IEnumerable<IOwnWork> work)
        : this(time, work, "/proc", "/sys", Environment.ProcessId)
    {
    }

    internal MachineLoad(TimeProvider time, IEnumerable<IOwnWork> work, string proc, string sys, int self)
    {
        (_time, _work) = (time, [.. work]);
        _processes = new OwnProcesses(proc, self);
        _hardware = new Hardware(sys);
        _allowed = Allowed(proc);
        _stat = SmallFile.Path(proc, "stat");
        _memory = SmallFile.Path(proc, "meminfo");
        _cpu = ControlGroups.Find(proc, "cpu");
        _accounting = ControlGroups.Find(proc, "cpuacct") ?? _cpu;
        _memoryGroup = ControlGroups.Find(proc, "memory");
        _cpuLimit = _cpu is null ? null : ControlGroups.CpuLimit(_cpu);
        _memoryLimit = _memoryGroup is null ? null : ControlGroups.MemoryLimit(_memoryGroup);
        var limited = _cpuLimit is not null && _cpu is { IsUnified: true } ? _cpuLimit.Value.Directory : null;
        _pressure = [.. new[] { "cpu", "memory", "io" }.Select(what => limited is null ? SmallFile.Path(proc, "pressure", what) : SmallFile.Path(limited, what + ".pressure"))];
    }

    /// <inheritdoc/>
    public LoadReading Read()
    {
        var now = _time.GetTimestamp();
        var elapsed = _before is { } before ? _time.GetElapsedTime(before.At, now) : TimeSpan.Zero;
        if (_before is not null && elapsed < Shortest) return _last;
        if (_reads++ % ScanEvery == 0) _strays = [.. _work.SelectMany(each => each.ProcessIds())];

        var busy = Busy();
        var use = _processes.Measure(_strays);
        var own = (use.Ticks / TicksPerSecond) + Containers();
        var (memory, ownMemory) = Memory(use.Pages * (double)Environment.SystemPageSize);
        var capacity = _cpuLimit?.Processors ?? _allowed.Count;
        _last = new LoadReading
        {
            Cpu = Share(busy - _before?.Busy - Math.Max(0, own - (_before?.Own ?? own)), capacity * elapsed.TotalSeconds),
            OwnCpu = Share(own - _before?.Own, capacity * elapsed.TotalSeconds),
            Memory = memory,
            OwnMemory = ownMemory,
            Temperature = _hardware.Temperature(),
            OnBattery = _hardware.OnBattery(),
            Processors = capacity,
            Pressure = Waiting(0) is { } cpu && Waiting(1) is { } ram && Waiting(2) is { } io ? new Pressure(cpu, ram, io) : null,
        };
        _before = busy is { } known ? (now, known, own) : null;
        return _last;
    }

    private static double? Share(double? part, double whole) => part is { } some && whole > 0 ? Math.Clamp(some / whole, 0, 1) : null;

    /// <summary>Seconds in which the processors worked since they started; null when that cannot be read.</summary>
    private double? Busy()
    {
        if (_cpuLimit is { } limit && _accounting is { } accounting)
            return ControlGroups.CpuSeconds(_file, accounting, limit.Directory.Replace(_cpu!.Mount, accounting.Mount, StringComparison.Ordinal));
        var words = new Words(_file.Read(_stat));
        long? ticks = null;
        for (var word = words.Next(); word.StartsWith("cpu"u8); word = words.Next())
        {
            var counts = Utf8Parser.TryParse(word[3..], out int processor, out _) && _allowed.Contains(processor);
            // user nice system idle iowait irq softirq steal guest guest_nice; guests are in user and nice already
            var worked = words.Number() + words.Number() + words.Number();
            words.Skip(2);
            worked += words.Number() + words.Number();
            words.Skip(3);
            if (counts) ticks = (ticks ?? 0) + worked;
        }

        return ticks / TicksPerSecond;
    }

    /// <summary>Seconds of containers of ours, those that ended included.</summary>
    private double Containers()
    {
        if (_accounting is not { } accounting) return 0;
        foreach (var id in _work.SelectMany(each => each.ContainerIds()))
        {
            if (ControlGroups.OfContainer(accounting, id) is { } directory && ControlGroups.CpuSeconds(_file, accounting, directory) is { } seconds)
                _containers[id] = seconds;
        }

        return _containers.Values.Sum();
    }

    private (double? Others, double? Own) Memory(double own)
    {
        if (_memoryGroup is { } group)
        {
            foreach (var id in _work.SelectMany(each => each.ContainerIds()))
                own += ControlGroups.OfContainer(group, id) is { } container ? ControlGroups.MemoryInUse(_file, group, container) ?? 0 : 0;
        }

        var words = new Words(_file.Read(_memory));
        long? total = null, available = null;
        for (var word = words.Next(); !word.IsEmpty && available is null; word = words.Next())
        {
            if (word.SequenceEqual("MemTotal:"u8)) total = words.Number() << 10;
            else if (word.SequenceEqual("MemAvailable:"u8)) available = words.Number() << 10;
        }

        if (_memoryLimit is { } limit && !(limit.Bytes >= total))
            (total, available) = (limit.Bytes, limit.Bytes - ControlGroups.MemoryInUse(_file, _memoryGroup!, limit.Directory));
        return total is { } all and > 0 && available is not null ? (Share(all - available - own, all), Share(own, all)) : (null, null);
    }

    /// <summary>The share of the last ten seconds that the kernel tells for one resource.</summary>
    private double? Waiting(int resource)
    {
        var text = _file.Read(_pressure[resource]);
        var at = text.IndexOf("avg10="u8);
        return at >= 0 && Utf8Parser.TryParse(text[(at + 6)..], out double percent, out _) ? percent / 100 : null;
    }

    /// <summary>The processors that this process may run on.</summary>
    private static HashSet<int> Allowed(string proc)
    {
        const string Label = "Cpus_allowed_list:";
        var line = File.ReadLines(Path.Combine(proc, "self/status")).FirstOrDefault(each => each.StartsWith(Label, StringComparison.Ordinal));
        var ranges = line?[Label.Length..].Trim().Split(',') ?? [];
        return
        [
            .. from range in ranges
               let ends = range.Split('-').Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray()
               from processor in Enumerable.Range(ends[0], ends[^1] - ends[0] + 1)
               select processor,
        ];
    }
}

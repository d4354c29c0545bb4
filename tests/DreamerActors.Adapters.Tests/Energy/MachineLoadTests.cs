using System.Globalization;
using DreamerActors.Adapters.Energy;
using DreamerActors.Domain.Energy;
using Microsoft.Extensions.Time.Testing;

namespace DreamerActors.Adapters.Tests.Energy;

/// <summary>The sensor over files as a kernel writes them.</summary>
public sealed class MachineLoadTests : IDisposable
{
    private const int Self = 100;
    private const string Root = "31 23 0:28 / {0} rw - ";
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("dreamer-load-");
    private readonly FakeTimeProvider _time = new();
    private readonly Work _work = new();

    public MachineLoadTests()
    {
        Write("proc/self/status", "Name:\tx\nCpus_allowed_list:\t0-1,3\n");
        Write("proc/meminfo", "MemTotal:       1000000 kB\nMemFree:  1 kB\nMemAvailable:    400000 kB\n");
        Process(1, 0);
        Process(Self, 1);
        Cpus(0, 0, 0, 0);
    }

    public void Dispose() => _root.Delete(recursive: true);

    private string At(string path) => Path.Combine(_root.FullName, path);

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }

    private void Process(int pid, int parent, int used = 0, int ended = 0, int pages = 0)
    {
        Write($"proc/{pid}/stat", $"{pid} (a ) b (c) S {parent} 1 1 0 -1 4194560 1 1 1 1 {used} 0 {ended} 0 20 0 1 0 5 6 7\n");
        Write($"proc/{pid}/statm", $"9999 {pages + 50} 50 1 0 1 0\n");
    }

    private void End(int pid) => Directory.Delete(At($"proc/{pid}"), recursive: true);

    private void Cpus(params int[] busy) => Write("proc/stat", "cpu  9 9 9 9 9 9 9 9 9 9\n"
        + string.Concat(busy.Select((ticks, at) => string.Create(CultureInfo.InvariantCulture, $"cpu{at} {ticks} 0 0 7 7 0 0 0 0 0\n"))) + "intr 1 2 3\n");

    private MachineLoad Sensor() => new(_time, [_work], At("proc"), At("sys"), Self);

    private LoadReading After(MachineLoad sensor, int seconds = 1)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return sensor.Read();
    }

    [Fact]
    public void Ten_minutes_of_dreams_on_all_processors_wake_nobody_and_somebody_elses_eighty_percent_do_within_two_seconds()
    {
        const int TicksALook = 50; // of one processor in half a second
        var limits = new EnergyLimits(0.7, 0.8, 85, OnBattery: false, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(10));
        var (sensor, state, presence, at) = (Sensor(), EnergyState.Initial, Presence.Unseen, TimeSpan.FromDays(1));
        presence = presence.Look([new Sighting("mouse", _time.GetUtcNow().AddHours(-1))], _time.GetUtcNow(), at);
        var (busy, own) = (0, 0);
        Process(200, Self);
        sensor.Read();

        void Look(int foreign)
        {
            busy += TicksALook;
            own += 3 * (TicksALook - foreign);
            Cpus(busy, busy, 0, busy);
            Process(200, Self, used: own);
            _time.Advance(TimeSpan.FromMilliseconds(500));
            at += TimeSpan.FromMilliseconds(500);
            state = EnergyPolicy.Decide(state, sensor.Read(), presence, limits, at);
        }

        for (var look = 0; look < 1200; look++)
        {
            Look(foreign: 0);
            Assert.True(state.MayDream, state.Reason);
        }

        for (var look = 0; look < 4; look++) Look(foreign: TicksALook * 8 / 10);
        Assert.True(state.IsOverloaded, state.Reason);
        Assert.Contains("80 %", state.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Children_of_a_process_that_turns_out_to_be_ours_are_ours_too()
    {
        Process(200, 1);
        Process(201, 200);
        var sensor = Sensor();
        sensor.Read();
        _work.Processes.Add(200);
        for (var look = 0; look < 30; look++) After(sensor); // that often others' work is asked for
        Process(201, 200, used: 80);
        Cpus(80, 0, 0, 0);
        var reading = After(sensor);
        Assert.Equal((0, 80 / 300.0), (reading.Cpu, reading.OwnCpu));
    }

    [Fact]
    public void The_first_look_knows_no_processor_load_and_what_is_missing_is_unknown()
    {
        var first = Sensor().Read();
        Assert.Null(first.Cpu);
        Assert.Equal((null, null, null), (first.Temperature, first.OnBattery, first.Pressure));
        Assert.Equal(0.6, first.Memory!.Value, 0.001);
        Assert.Equal(3, first.Processors);
    }

    [Fact]
    public void Without_proc_stat_or_meminfo_load_is_unknown_and_not_zero()
    {
        File.Delete(At("proc/stat"));
        File.Delete(At("proc/meminfo"));
        var sensor = Sensor();
        sensor.Read();
        var reading = After(sensor);
        Assert.Equal((null, null), (reading.Cpu, reading.Memory));
    }

    [Fact]
    public void Only_processors_that_the_dreamer_may_use_count()
    {
        var sensor = Sensor();
        sensor.Read();
        Cpus(30, 60, 100, 0);
        Assert.Equal(0.3, After(sensor).Cpu!.Value, 0.001);
    }

    [Fact]
    public void Own_processes_are_not_foreign_load_and_foreign_ones_are()
    {
        Process(200, Self);
        Process(300, 200);
        Process(400, 1);
        var sensor = Sensor();
        sensor.Read();
        Process(300, 200, used: 120);
        Process(400, 1, used: 60);
        Cpus(60, 60, 0, 60);
        var reading = After(sensor);
        Assert.Equal((0.2, 0.4), (Math.Round(reading.Cpu!.Value, 3), Math.Round(reading.OwnCpu!.Value, 3)));
    }

    [Fact]
    public void A_process_that_began_and_ended_between_two_looks_is_not_foreign()
    {
        var sensor = Sensor();
        sensor.Read();
        Process(Self, 1, used: 0, ended: 150);
        Cpus(100, 50, 0, 0);
        Assert.Equal(0, After(sensor).Cpu!.Value, 0.001);
    }

    [Fact]
    public void A_process_that_lost_its_parent_stays_ours()
    {
        Process(200, Self);
        Process(300, 200);
        var sensor = Sensor();
        sensor.Read();
        End(200);
        Process(300, 1, used: 90);
        Process(301, 300, used: 60);
        Cpus(150, 0, 0, 0);
        Assert.Equal(0, After(sensor).Cpu!.Value, 0.001);
    }

    [Fact]
    public void The_end_of_a_process_that_nobody_waited_for_makes_the_load_of_the_others_no_less()
    {
        Process(200, Self);
        Process(300, 200, used: 5000);
        var sensor = Sensor();
        sensor.Read();
        End(300);
        Process(301, 200, used: 90);
        Cpus(90, 60, 0, 0);
        var reading = After(sensor);
        Assert.Equal((0.2, 0.3), (Math.Round(reading.Cpu!.Value, 3), Math.Round(reading.OwnCpu!.Value, 3)));
    }

    [Fact]
    public void A_stray_sandbox_is_ours_because_the_sandbox_knows_it()
    {
        Process(500, 1);
        Process(501, 500);
        _work.Processes.Add(500);
        var sensor = Sensor();
        sensor.Read();
        Process(501, 500, used: 150);
        Cpus(150, 0, 0, 0);
        Assert.Equal(0, After(sensor).Cpu!.Value, 0.001);
    }

    [Fact]
    public void Memory_of_the_dreamer_is_not_foreign()
    {
        Process(200, Self, pages: 200_000 * 1024 / Environment.SystemPageSize);
        var reading = Sensor().Read();
        Assert.Equal((0.4, 0.2), (Math.Round(reading.Memory!.Value, 2), Math.Round(reading.OwnMemory!.Value, 2)));
    }

    [Fact]
    public void In_a_container_of_version_2_its_limits_are_the_machine()
    {
        Write("proc/self/cgroup", "0::/\n");
        Write("proc/self/mountinfo", string.Format(CultureInfo.InvariantCulture, Root, At("sys/fs/cgroup")) + "cgroup2 cgroup rw\n");
        Write("sys/fs/cgroup/cpu.max", "50000 100000\n");
        Write("sys/fs/cgroup/cpu.stat", "usage_usec 1000000\nuser_usec 1\n");
        Write("sys/fs/cgroup/memory.max", "500000000\n");
        Write("sys/fs/cgroup/memory.current", "200000000\n");
        Write("sys/fs/cgroup/memory.stat", "anon 1\ninactive_file 50000000\n");
        var sensor = Sensor();
        Assert.Equal(0.3, sensor.Read().Memory!.Value, 0.001);
        Cpus(100, 100, 100, 100);
        Write("sys/fs/cgroup/cpu.stat", "usage_usec 1400000\nuser_usec 1\n");
        Process(Self, 1, used: 15);
        var reading = After(sensor);
        Assert.Equal((0.5, 0.3, 0.5), (Math.Round(reading.Cpu!.Value, 3), Math.Round(reading.OwnCpu!.Value, 3), reading.Processors!.Value));
    }

    [Fact]
    public void In_a_container_of_version_1_its_limits_are_the_machine()
    {
        Write("proc/self/cgroup", "2:cpuacct,cpu:/docker/abc\n3:memory:/docker/abc\n");
        Write("proc/self/mountinfo",
            string.Format(CultureInfo.InvariantCulture, "31 23 0:28 /docker/abc {0} rw - ", At("sys/cpu")) + "cgroup cgroup rw,cpu,cpuacct\n"
            + string.Format(CultureInfo.InvariantCulture, "32 23 0:28 /docker/abc {0} rw - ", At("sys/memory")) + "cgroup cgroup rw,memory\n");
        Write("sys/cpu/cpu.cfs_quota_us", "200000\n");
        Write("sys/cpu/cpu.cfs_period_us", "100000\n");
        Write("sys/cpu/cpuacct.usage", "1000000000\n");
        Write("sys/memory/memory.limit_in_bytes", "9223372036854771712\n");
        var sensor = Sensor();
        Assert.Equal(0.6, sensor.Read().Memory!.Value, 0.001);
        Write("sys/cpu/cpuacct.usage", "2000000000\n");
        Assert.Equal(0.5, After(sensor).Cpu!.Value, 0.001);
    }

    [Fact]
    public void Containers_of_ours_are_not_foreign_and_stay_counted_when_they_end()
    {
        Write("proc/self/cgroup", "0::/user.slice\n");
        Write("proc/self/mountinfo", string.Format(CultureInfo.InvariantCulture, Root, At("sys/fs/cgroup")) + "cgroup2 cgroup rw\n");
        Write("sys/fs/cgroup/user.slice/cpu.max", "max 100000\n");
        Write("sys/fs/cgroup/system.slice/docker-77.scope/cpu.stat", "usage_usec 500000\n");
        _work.Containers.Add("77");
        var sensor = Sensor();
        sensor.Read();
        Write("sys/fs/cgroup/system.slice/docker-77.scope/cpu.stat", "usage_usec 2000000\n");
        Cpus(150, 0, 0, 0);
        Assert.Equal(0, After(sensor).Cpu!.Value, 0.001);
        Directory.Delete(At("sys/fs/cgroup/system.slice"), recursive: true);
        _work.Containers.Clear();
        Cpus(300, 0, 0, 0);
        Assert.Equal(0.5, After(sensor).Cpu!.Value, 0.001);
    }

    [Fact]
    public void The_hottest_processor_sensor_and_the_battery_are_read_and_others_are_not()
    {
        Write("sys/class/hwmon/hwmon0/name", "coretemp\n");
        Write("sys/class/hwmon/hwmon0/temp1_input", "61000\n");
        Write("sys/class/hwmon/hwmon0/temp2_input", "72500\n");
        Write("sys/class/hwmon/hwmon1/name", "nvme\n");
        Write("sys/class/hwmon/hwmon1/temp1_input", "99000\n");
        Write("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n");
        Write("sys/class/thermal/thermal_zone0/temp", "64000\n");
        Write("sys/class/power_supply/BAT0/type", "Battery\n");
        Write("sys/class/power_supply/BAT0/status", "Discharging\n");
        Write("sys/class/power_supply/mouse/type", "Battery\n");
        Write("sys/class/power_supply/mouse/scope", "Device\n");
        Write("sys/class/power_supply/mouse/status", "Discharging\n");
        var sensor = Sensor();
        Assert.Equal((72.5, true), (sensor.Read().Temperature, sensor.Read().OnBattery));

        Write("sys/class/power_supply/AC/type", "Mains\n");
        Write("sys/class/power_supply/AC/online", "1\n");
        Assert.False(Sensor().Read().OnBattery);
    }

    [Fact]
    public void Pressure_is_told_where_the_kernel_tells_it()
    {
        foreach (var (what, percent) in new[] { ("cpu", "42.50"), ("memory", "0.77"), ("io", "3.00") })
            Write($"proc/pressure/{what}", $"some avg10={percent} avg60=1.00 avg300=1.00 total=1\nfull avg10=9.00 avg60=0.00 avg300=0.00 total=0\n");
        Assert.Equal(new Pressure(0.425, 0.0077, 0.03), Sensor().Read().Pressure);
    }

    private sealed class Work : IOwnWork
    {
        public List<int> Processes { get; } = [];
        public List<string> Containers { get; } = [];
        public IEnumerable<int> ProcessIds() => Processes;
        public IEnumerable<string> ContainerIds() => Containers;
    }
}

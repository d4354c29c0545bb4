using System.Diagnostics;
using System.Globalization;
using DreamerActors.Adapters.Energy;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Adapters.Tests.Guarding;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Tests.Energy;

/// <summary>A real busy sandbox, here of normal priority so that it gets its turn, is not foreign load; a real busy foreign process is (invariant I6).</summary>
public sealed class OwnLoadTests : IAsyncLifetime
{
    private const string Spinning = "def f(x):\n    while True: pass\n";
    private const string Tests = "from solution import f\n\ndef test_f():\n    assert f(2) == 4\n";
    private const double Hertz = 100;
    private readonly Sandbox _sandbox = new(new BubblewrapJailer(new BubblewrapOptions(Priority: 0)), SandboxLimits.Default with { Wall = TimeSpan.FromMinutes(5), Cpu = TimeSpan.FromMinutes(5) }, 1, TimeProvider.System);
    private readonly CancellationTokenSource _end = new();
    private Task _judging = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        Needs.Sandbox();
        _judging = GuardianFixture.Over(_sandbox).JudgeAsync(new Submission(Spinning, Tests, false), _end.Token);
        while (Busiest() is null) await Task.Delay(20);
    }

    public async Task DisposeAsync()
    {
        await _end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _judging);
        await _sandbox.DisposeAsync();
        _end.Dispose();
    }

    [SkippableFact]
    public async Task Load_is_told_apart()
    {
        // Its parent ends at once: nothing but its time tells whose it is.
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "/usr/bin/python3 -c 'while True: pass' >/dev/null 2>&1 & echo $!"]) { RedirectStandardOutput = true })!;
        var foreign = int.Parse(await shell.StandardOutput.ReadLineAsync() ?? "", CultureInfo.InvariantCulture);
        await shell.WaitForExitAsync();
        try
        {
            var dream = Busiest()!.Value;
            var sensor = new MachineLoad(TimeProvider.System, [_sandbox]);
            sensor.Read();
            var (began, foreignBefore, dreamBefore) = (Stopwatch.GetTimestamp(), Ticks(foreign), Ticks(dream));
            // Long enough for both to have had their turn, however busy the machine is; and for a reading that is held up between clock and counters to be off by little.
            while (Ticks(foreign) - foreignBefore < 200 || Ticks(dream) - dreamBefore < 100) await Task.Delay(50);
            var (foreignUsed, dreamUsed) = ((Ticks(foreign) - foreignBefore) / Hertz, (Ticks(dream) - dreamBefore) / Hertz);
            var reading = sensor.Read();
            var whole = Stopwatch.GetElapsedTime(began).TotalSeconds * reading.Processors!.Value;

            Assert.True(reading.OwnCpu * whole >= dreamUsed * 0.9, $"own {reading.OwnCpu * whole:0.00} s, the dream alone {dreamUsed:0.00} s");
            Assert.True(reading.Cpu * whole >= foreignUsed * 0.9, $"foreign {reading.Cpu * whole:0.00} s, the process alone {foreignUsed:0.00} s");
            Assert.True(reading.Cpu + reading.OwnCpu <= 1.05, $"foreign {reading.Cpu:P0} and own {reading.OwnCpu:P0} are more than there is");
        }
        finally
        {
            Process.GetProcessById(foreign).Kill();
        }
    }

    private static string[] Stat(int pid)
    {
        try
        {
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return []; // it ended while we looked
        }
    }

    private static long Ticks(int pid) => Stat(pid) is { Length: > 13 } stat ? long.Parse(stat[11], CultureInfo.InvariantCulture) + long.Parse(stat[12], CultureInfo.InvariantCulture) : 0;

    /// <summary>Every process of the jails, found by their parents.</summary>
    private List<int> Inside()
    {
        var found = _sandbox.ProcessIds().ToHashSet();
        var all = Directory.EnumerateDirectories("/proc").Select(folder => Path.GetFileName(folder)).Where(name => char.IsAsciiDigit(name[0]))
            .Select(name => int.Parse(name, CultureInfo.InvariantCulture)).Select(pid => (pid, stat: Stat(pid))).Where(each => each.stat.Length > 16 && each.stat[0] != "Z").ToList();
        for (var more = true; more;)
        {
            more = false;
            foreach (var (pid, stat) in all) more |= found.Contains(int.Parse(stat[1], CultureInfo.InvariantCulture)) && found.Add(pid);
        }

        return [.. found.Where(pid => all.Any(each => each.pid == pid))];
    }

    /// <summary>The process in the sandbox that spins, known by more time than any needs to start; null before there is one.</summary>
    private int? Busiest() => Inside().Where(pid => Ticks(pid) > 150).OrderByDescending(Ticks).Select(pid => (int?)pid).FirstOrDefault();
}

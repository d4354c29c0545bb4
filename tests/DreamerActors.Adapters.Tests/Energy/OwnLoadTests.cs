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
            var (began, foreignBefore, dreamBefore) = (Stopwatch.GetTimestamp(), Outside.Ticks(foreign), Outside.Ticks(dream));
            // Long enough for both to have had their turn, however busy the machine is; and for a reading that is held up between clock and counters to be off by little.
            while (Outside.Ticks(foreign) - foreignBefore < 200 || Outside.Ticks(dream) - dreamBefore < 100) await Task.Delay(50);
            var (foreignUsed, dreamUsed) = ((Outside.Ticks(foreign) - foreignBefore) / Hertz, (Outside.Ticks(dream) - dreamBefore) / Hertz);
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

    /// <summary>The process in the sandbox that spins, known by more time than any needs to start; null before there is one.</summary>
    private int? Busiest() => _sandbox.ProcessIds().SelectMany(pid => Outside.Descendants(pid).Append(pid))
        .Where(pid => Outside.Ticks(pid) > 150).OrderByDescending(Outside.Ticks).Select(pid => (int?)pid).FirstOrDefault();
}

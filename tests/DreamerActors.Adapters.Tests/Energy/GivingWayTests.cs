using System.Diagnostics;
using System.Globalization;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Adapters.Tests.Guarding;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Tests.Energy;

/// <summary>
/// A jail gives way to any process of normal priority, also when its processes fork and try to leave their session: the kernel gives every session the same share
/// of the processors, whatever the nice values in it (invariant I7).
/// </summary>
public sealed class GivingWayTests : IAsyncLifetime
{
    private const string Greedy = """
        import os
        def f(x):
            for _ in range(3):
                if os.fork() == 0:
                    try: os.setsid()
                    except OSError: pass
                    if os.fork() == 0:
                        try: os.setsid()
                        except OSError: pass
                    while True: pass
            while True: pass
        """;

    private const int Spinning = 7;
    private readonly BubblewrapJailer _jailer = new(new BubblewrapOptions());
    private readonly CancellationTokenSource _end = new();
    private Sandbox? _sandbox;
    private Task _judging = Task.CompletedTask;

    public async Task InitializeAsync()
    {
        Needs.Sandbox();
        _sandbox = new Sandbox(_jailer, SandboxLimits.Default with { Wall = TimeSpan.FromMinutes(1), Cpu = TimeSpan.FromMinutes(1) }, 1, TimeProvider.System);
        var hostile = new Submission(Greedy, "from solution import f\n\ndef test_f():\n    assert f(2) == 4\n", false);
        _judging = _sandbox.TryAsync("id", hostile, new GuardingDemands(false), 1, _end.Token);
        while (Spinners().Count < Spinning) await Task.Delay(20);
    }

    public async Task DisposeAsync()
    {
        await _end.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _judging);
        await _sandbox!.DisposeAsync();
        _end.Dispose();
    }

    [SkippableFact]
    public void All_of_a_jail_are_in_one_session_that_counts_as_little_as_can_be()
    {
        var inside = BubblewrapFixture.Inside(_jailer);
        Assert.True(inside.Count > Spinning, $"{inside.Count} processes");
        Assert.Single(inside.Select(pid => Outside.Stat(pid)[3]).Distinct());
        Assert.All(inside, pid => Assert.Equal(("19", true), (Outside.Stat(pid)[16], IoClass(pid).StartsWith("idle", StringComparison.Ordinal))));
        if (File.Exists("/proc/self/autogroup"))
            Assert.All(inside, pid => Assert.EndsWith(" nice 19", File.ReadAllText($"/proc/{pid}/autogroup").Trim(), StringComparison.Ordinal));
    }

    [SkippableFact]
    public void The_host_stays_as_it_was()
    {
        // What is started at the same time, without being told anything else, has the priority that the host was started with.
        using var started = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "nice; ionice; cat /proc/$PPID/autogroup 2>/dev/null"]) { RedirectStandardOutput = true })!;
        var told = started.StandardOutput.ReadToEnd().Split('\n');
        Assert.Equal((Outside.Stat(Environment.ProcessId)[16], IoClass(Environment.ProcessId).Trim()), (told[0], told[1]));
        Assert.InRange(int.Parse(told[0], CultureInfo.InvariantCulture), -20, 18);
        Assert.DoesNotContain("idle", told[1], StringComparison.Ordinal);
        Assert.DoesNotContain(" nice 19", told[2], StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Beside_a_process_of_normal_priority_they_get_next_to_nothing()
    {
        // All on one processor, and only compared with each other: what else the machine does takes from both.
        using var foreign = Process.Start("setsid", ["taskset", "-c", "0", "/usr/bin/python3", "-c", "while True: pass"]);
        try
        {
            var spinners = Spinners();
            foreach (var pid in spinners) await ConfineAsync(pid);
            var (foreignBefore, insideBefore) = (Outside.Ticks(foreign.Id), spinners.Sum(Outside.Ticks));
            while (Outside.Ticks(foreign.Id) - foreignBefore < 100) await Task.Delay(20);
            var (foreignUsed, insideUsed) = (Outside.Ticks(foreign.Id) - foreignBefore, spinners.Sum(Outside.Ticks) - insideBefore);
            Assert.True(insideUsed * 4 < foreignUsed, $"{spinners.Count} processes of the jail used {insideUsed} ticks, the other one {foreignUsed}");
        }
        finally
        {
            foreign.Kill();
        }
    }

    private List<int> Spinners() => [.. BubblewrapFixture.Inside(_jailer).Where(pid => Outside.Stat(pid) is [_, ..] stat && stat[0] == "R")];

    private static async Task ConfineAsync(int pid)
    {
        using var tool = Process.Start(new ProcessStartInfo("taskset", ["-p", "-c", "0", pid.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        await tool.WaitForExitAsync();
        Assert.Equal(0, tool.ExitCode);
    }

    private static string IoClass(int pid)
    {
        using var tool = Process.Start(new ProcessStartInfo("ionice", ["-p", pid.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true })!;
        return tool.StandardOutput.ReadToEnd();
    }
}

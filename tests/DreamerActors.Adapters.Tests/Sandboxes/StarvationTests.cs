using System.Diagnostics;
using System.Globalization;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Adapters.Tests.Guarding;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Tests.Sandboxes;

/// <summary>A machine that is busy with something else is not a slow candidate (invariant I2).</summary>
public sealed class StarvationTests
{
    /// <summary>Alone it takes a quarter of the wall limit.</summary>
    private const string Computing = "import time\n\ndef f(x):\n    until = time.process_time() + 0.5\n    while time.process_time() < until: pass\n    return 2 * x\n";
    private const string Tests = "from solution import f\n\ndef test_f():\n    assert f(2) == 4\n";

    [SkippableTheory]
    [InlineData("slept", 10, 1, 0.1, 0, 0)]
    [InlineData("computed all the time", 10, 1, 10, 0, 0)]
    [InlineData("waited all the time", 10, 1, 0.5, 9.5, 9.5)]
    [InlineData("waited, computed and slept", 10, 1, 2, 3, 3)]
    [InlineData("threads that waited for each other and for others", 10, 1, 4, 60, 6)]
    [InlineData("two processes on one processor", 10, 2, 10, 10, 0)]
    [InlineData("many processes that are not seen to use anything", 10, 3, 0, 60, 0)]
    [InlineData("more processor time than time has passed", 10, 2, 15, 5, 0)]
    public async Task Time_is_owed_to_whom_the_machine_kept_waiting_and_to_nobody_else(string who, double elapsed, int ready, double used, double waited, double owed)
    {
        var asked = string.Create(CultureInfo.InvariantCulture, $"from guard.waits import owed\nprint(owed({elapsed}, {ready}, {used}, {waited})[0])");
        Assert.Equal((who, owed), (who, double.Parse(await PlainPython.RunScriptAsync(asked), CultureInfo.InvariantCulture)));
    }

    /// <summary>The kernel tells a wait when it is over: looked at meanwhile, it is owed all the same, and nobody is late while it lasts.</summary>
    [SkippableTheory]
    [InlineData("one long wait", "(0.25, 1, 0.0, 0.0), (0.25, 1, 0.0, 0.0), (0.25, 1, 0.05, 0.7)", "0.00 0.25, 0.00 0.50, 0.70 0.00")]
    [InlineData("slept before it waited", "(0.25, 0, 0.0, 0.0), (0.25, 1, 0.05, 0.7)", "0.00 0.00, 0.20 0.00")]
    [InlineData("ran a little each time", "(0.25, 1, 0.01, 0.01), (0.25, 1, 0.01, 0.01), (0.25, 1, 0.01, 0.7)", "0.01 0.00, 0.01 0.00, 0.24 0.00")]
    [InlineData("many in line", "(0.25, 3, 0.0, 0.0), (0.25, 1, 0.05, 0.7)", "0.00 0.00, 0.20 0.00")]
    public async Task A_wait_that_lasts_longer_than_from_look_to_look_is_owed_as_a_whole(string who, string looks, string told)
    {
        var asked = $$"""
            from guard.waits import owed
            open, told = 0.0, []
            for look in [{{looks}}]:
                more, open = owed(*look, open)
                told.append(f"{more:.2f} {open:.2f}")
            print(", ".join(told))
            """;
        Assert.Equal((who, told), (who, (await PlainPython.RunScriptAsync(asked)).Trim()));
    }

    [SkippableFact]
    public async Task Who_waits_for_a_processor_gets_its_verdict_and_who_sleeps_is_late()
    {
        Needs.Sandbox();
        var limits = GuardianFixture.Tight with { Wall = TimeSpan.FromSeconds(2) };
        await using var sandbox = new Sandbox(new BubblewrapJailer(new BubblewrapOptions(Priority: 0)), limits, concurrency: 1, TimeProvider.System);
        var guardian = GuardianFixture.Over(sandbox);
        var others = Enumerable.Range(0, 5 * Environment.ProcessorCount).Select(_ => Spin()).ToList();
        try
        {
            var computing = await guardian.JudgeAsync(new Submission(Computing, Tests, Strict: false), default);
            Assert.Equal((VerdictOutcome.Pass, ""), (computing.Outcome, string.Join("; ", computing.Reasons)));
            Assert.True(computing.Duration > limits.Wall, "it did not have to wait: nothing was shown");

            var sleeping = await guardian.JudgeAsync(new Submission("import time\n\ndef f(x):\n    time.sleep(60)\n", Tests, Strict: false), default);
            Assert.Equal((VerdictOutcome.Fail, VerdictKind.Timeout), (sleeping.Outcome, sleeping.Kind!.Value));
        }
        finally
        {
            others.ForEach(each => each.Kill());
            others.ForEach(each => each.Dispose());
        }
    }

    /// <summary>The place of the tester, which has ended, is free: one process can be started on a full machine.</summary>
    [SkippableTheory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public async Task A_candidate_that_can_start_no_process_is_to_blame_only_if_others_could(int places, bool full)
    {
        var asked = $$"""
            import os
            from guard.jails import Namespaces
            started = []
            def fork():
                if len(started) == {{places}}: raise BlockingIOError(11, "Resource temporarily unavailable")
                started.append(os.fork())
                return started[-1]
            jail = Namespaces.__new__(Namespaces)
            jail.fork_beside = fork
            print(jail.machine_is_full(refusals=0))
            """;
        Assert.Equal(full ? "True" : "False", (await PlainPython.RunScriptAsync(asked)).Trim());
    }

    /// <summary>Strict stages need one candidate after the other: none can be had on a full machine, and the one before is not to blame.</summary>
    [SkippableFact]
    public async Task A_strict_trial_that_gets_no_further_candidate_is_an_error()
    {
        const string Asked = """
            import os, types, _socket
            from guard.frames import Closed
            from guard.job import Job
            class Full:
                waits, alone = None, True
                def clear(self, spared=None): return True
                def oom_kills(self): return 0
            child = types.SimpleNamespace(pid=2, stop=lambda reason: {"how": reason, "code": None}, look=lambda: None, filled=lambda most: False, ended=None)
            job = Job(Full(), None, None, {"id": "a", "mode": "strict"}, b"")
            job.tester, job.candidates, job.oom_kills = child, [child], 0
            job.told, telling = os.pipe()
            os.write(telling, b"D")
            job.control, _ = _socket.socketpair()
            def spawn(run): raise BlockingIOError(11, "Resource temporarily unavailable")
            job.spawn = spawn
            try: job.obey("S", b'{"run": 0}')
            except Closed: print(job.close()["error"])
            """;
        Assert.Equal("no further candidate can be started: [Errno 11] Resource temporarily unavailable", (await PlainPython.RunScriptAsync(Asked)).Trim());
    }

    /// <summary>In a session of its own: where the kernel shares processors out by session, each counts as much as a jail.</summary>
    private static Process Spin() => Process.Start("/usr/bin/setsid", ["/usr/bin/python3", "-c", "while True: pass"])!;
}

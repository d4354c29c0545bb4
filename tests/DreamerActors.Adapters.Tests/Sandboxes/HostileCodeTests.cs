using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Adapters.Tests.Guarding;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Tests.Sandboxes;

/// <summary>Untrusted code runs only inside the sandbox, within its bounds, and leaves nothing behind (invariants I5 and I8).</summary>
public abstract class HostileCodeTests(GuardianFixture fixture)
{
    private const string Honest = "def f(x):\n    return 2 * x\n";
    protected const string Tests = "from solution import f\n\ndef test_f():\n    assert f(2) == 4\n\ndef test_g():\n    assert f(3) == 6\n";

    [SkippableTheory]
    [InlineData("while True: pass", VerdictKind.Timeout)]
    [InlineData("x = bytearray(10 * 2**30)", VerdictKind.Oom)]
    [InlineData("import os\n    while True: os.fork()", VerdictKind.Limit)]
    [InlineData("with open('big', 'wb') as out:\n        while True: out.write(b'x' * 2**20)", VerdictKind.Limit)]
    [InlineData("while True: print('x' * 4096)", VerdictKind.Limit)]
    [InlineData("import socket; socket.create_connection(('127.0.0.1', 80), 1)", VerdictKind.Tests)]
    [InlineData("open('/etc/shadow').read()", VerdictKind.Tests)]
    [InlineData("import os; os.listdir('/root')", VerdictKind.Tests)]
    [InlineData("import os; os._exit(0)", VerdictKind.Cheat)]
    [InlineData("import os; os.abort()", VerdictKind.Crash)]
    [InlineData("import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\n    while True: pass", VerdictKind.Tests)]
    [InlineData("import resource; resource.prlimit(0, resource.RLIMIT_CPU, (1, 1))\n    while True: pass", VerdictKind.Tests)]
    public async Task It_is_refused_for_the_right_reason_and_the_next_candidate_is_judged_right(string body, VerdictKind expected)
    {
        fixture.Need();
        var hostile = await fixture.JudgeAsync($"def f(x):\n    {body}\n    return 2 * x\n", Tests, strict: false);
        Assert.Equal((VerdictOutcome.Fail, expected), (hostile.Outcome, hostile.Kind!.Value));

        var honest = await fixture.JudgeAsync(Honest, Tests, strict: false);
        Assert.Equal(VerdictOutcome.Pass, honest.Outcome);
    }

    /// <summary>A crash, an exception or no end in time may come of it, by how fast the machine is just now: the memory is full before, and that is what is told.</summary>
    [SkippableTheory]
    [InlineData("import sys; sys.setrecursionlimit(10**9)\n    return f(x)", VerdictKind.Oom)]
    [InlineData("fill()\n    while True: pass", VerdictKind.Oom)]
    [InlineData("fill()\n    os.abort()", VerdictKind.Oom)]
    [InlineData("fill()\n    raise ValueError", VerdictKind.Oom)]
    [InlineData("fill()\n    return 0", VerdictKind.Tests)]
    [InlineData("fill()", null)]
    public async Task Who_has_filled_the_memory_is_told_so_whatever_comes_of_it(string body, VerdictKind? expected)
    {
        fixture.Need();
        await using var sandbox = GuardianFixture.Make(fixture.NewJailer(), 1, GuardianFixture.Tight with { MemoryBytes = 96 << 20 });
        const string Fill = "import os\n\ndef fill():\n    held = []\n    try:\n        while True: held.append(bytearray(1 << 16))\n    except MemoryError:\n        held.clear()\n\n";
        var demands = new GuardingDemands(false);
        var answer = await sandbox.TryAsync("id", new Submission($"{Fill}def f(x):\n    {body}\n    return 2 * x\n", Tests, false), demands, 1, CancellationToken.None);
        Assert.Equal(expected, VerdictRule.Decide("id", Observations.Read(answer), [], demands).Kind);
    }

    [SkippableTheory]
    [InlineData("import os, signal\n    os.kill(os.getppid(), 9)")]
    [InlineData("import os\n    os.kill(-1, 9)")]
    [InlineData("import os, signal, time\n    if os.fork() == 0:\n        try: os.setsid()\n        except OSError: pass\n        signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(100)")]
    public async Task Who_kills_or_daemonises_is_never_accepted_and_never_an_error(string body)
    {
        fixture.Need();
        var verdict = await fixture.JudgeAsync($"def f(x):\n    {body}\n    return 2 * x\n", Tests);
        Assert.Equal(VerdictOutcome.Fail, verdict.Outcome);
    }

    [SkippableTheory]
    [InlineData("import os\n    if os.fork() == 0:\n        try: os.setsid()\n        except OSError: pass\n        while True:\n            try: os.fork()\n            except OSError: pass")]
    [InlineData("import os\n    if os.fork() == 0:\n        try: os.setsid()\n        except OSError: pass\n        while True:\n            if os.fork(): os._exit(0)")]
    [InlineData("import os\n    os.fork()")]
    [InlineData("import os\n    while os.environ.get('TZ') == 'Asia/Kolkata': os.fork()")] // in the repeated runs only
    public async Task Who_floods_or_forks_the_conversation_is_never_accepted_and_never_an_error(string body)
    {
        fixture.Need();
        var verdict = await fixture.JudgeAsync($"def f(x):\n    {body}\n    return 2 * x\n", Tests);
        Assert.Equal(VerdictOutcome.Fail, verdict.Outcome);
        Assert.Equal(VerdictOutcome.Pass, (await fixture.JudgeAsync(Honest, Tests)).Outcome);
    }

    [SkippableFact]
    public async Task Nothing_that_one_candidate_leaves_reaches_the_next()
    {
        fixture.Need();
        await using var sandbox = GuardianFixture.Make(fixture.NewJailer(), 1);
        const string Littering = """
            import os, time
            def f(x):
                if os.fork() == 0:
                    try: os.setsid()
                    except OSError: pass
                    while True: time.sleep(1); open('/tmp/late', 'w').close()
                for place in ('/tmp', '/var/tmp', '/dev/shm', '/dev/mqueue', '/run', '/dev', '/'):
                    try: open(place + '/left', 'w').close()
                    except OSError: pass
                os.chdir('/tmp')
                for _ in range(1500): os.mkdir('deep'); os.chdir('deep')
                os.chdir('/tmp'); os.mkdir('closed'); os.mkdir('closed/in'); open('closed/in/file', 'w').close(); os.chmod('closed/in', 0); os.chmod('closed', 0)
                return 2 * x
            """;
        const string Looking = """
            import os
            def f(x):
                left = [name for place in ('/tmp', '/var/tmp', '/dev/shm', '/dev/mqueue', '/run', '/dev', '/') if os.path.isdir(place)
                        for name in os.listdir(place) if name in ('left', 'deep', 'closed', 'late')]
                others = [pid for pid in os.listdir('/proc') if pid.isdigit() and int(pid) not in (1, os.getpid(), os.getpid() - 1)]
                return 2 * x if not left and not others else (left, others)
            """;
        foreach (var code in new[] { Littering, Looking })
            Assert.Equal(("passed", null), await GuardianFixture.ReportAsync(sandbox, code, "assert f(2) == 4"));
    }

    [SkippableFact]
    public async Task A_cancelled_trial_leaves_no_process()
    {
        fixture.Need();
        var jailer = fixture.NewJailer();
        await using var sandbox = GuardianFixture.Make(jailer, 1, GuardianFixture.Long);
        using var wake = new CancellationTokenSource();
        var judging = GuardianFixture.Over(sandbox).JudgeAsync(new Submission("def f(x):\n    while True: pass\n", Tests, false), wake.Token);
        await UntilAsync(async () => await fixture.AliveAsync(jailer) > 0);

        await wake.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => judging);
        await sandbox.EndAllAsync(CancellationToken.None);
        Assert.Equal(0, await fixture.AliveAsync(jailer));
    }

    [SkippableFact]
    public async Task Ending_all_ends_those_at_work_those_that_wait_and_those_that_start()
    {
        fixture.Need();
        var jailer = fixture.NewJailer();
        await using var sandbox = GuardianFixture.Make(jailer, 4, GuardianFixture.Long);
        var guardian = GuardianFixture.Over(sandbox);
        sandbox.BeginSession("98e51873");
        var judging = guardian.JudgeAsync(new Submission("import os\nfor _ in range(8): os.fork()\nwhile True: pass\n", Tests, false), default);
        await UntilAsync(async () => await fixture.AliveAsync(jailer) > 2);

        await sandbox.EndAllAsync(CancellationToken.None);

        Assert.Equal(0, await fixture.AliveAsync(jailer));
        Assert.Equal(VerdictOutcome.Error, (await judging).Outcome);
        Assert.Equal(VerdictOutcome.Pass, (await guardian.JudgeAsync(new Submission(Honest, Tests, false), default)).Outcome);
    }

    [SkippableFact]
    public async Task A_jail_that_breaks_under_a_trial_is_replaced_and_the_verdict_is_right()
    {
        fixture.Need();
        var jailer = fixture.NewJailer();
        await using var sandbox = GuardianFixture.Make(jailer, 1);
        var guardian = GuardianFixture.Over(sandbox);
        var judging = guardian.JudgeAsync(new Submission("import time\ntime.sleep(1)\ndef f(x):\n    return 2 * x\n", Tests, false), default);
        await UntilAsync(async () => await fixture.AliveAsync(jailer) > 0);

        await fixture.BreakAsync(jailer);

        Assert.Equal(VerdictOutcome.Pass, (await judging).Outcome);
    }

    protected static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await holds())
            await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
    }
}

[Collection(nameof(BubblewrapFixture))]
public sealed class HostileCodeInBubblewrapTests(BubblewrapFixture fixture) : HostileCodeTests(fixture)
{
    /// <summary>As when it is killed at the wrong moment: the outer process is gone, an inner one waits.</summary>
    [SkippableFact]
    public async Task A_start_that_leaves_somebody_waiting_ends_at_once()
    {
        Needs.Sandbox();
        using var folder = new TemporaryFolder();
        var program = folder.File("bwrap", "#!/bin/sh\nsleep 300 &\nkill -9 $$\n");
        using (var chmod = System.Diagnostics.Process.Start("chmod", ["-R", "755", folder.Path]))
            await chmod.WaitForExitAsync();
        await using var jailer = new BubblewrapJailer(new BubblewrapOptions(Program: program));
        await using var process = await jailer.StartAsync(new JailOrder("trial", "", JailPool.NoSession, default), default);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Assert.Equal(0, await process.Output.ReadAsync(new byte[1], patience.Token));
    }

    /// <summary>Each process stays within its own limit; the second candidate's share theirs, and hold little.</summary>
    [SkippableTheory]
    [InlineData("for _ in range(10):\n        if os.fork() == 0:\n            held = bytearray(60 << 20)\n            time.sleep(60)\n    time.sleep(60)", VerdictKind.Oom)]
    [InlineData("held = bytearray(60 << 20)\n    for _ in range(10):\n        if os.fork() == 0: time.sleep(60)\n    time.sleep(0.6)", null)]
    public async Task The_memory_of_all_processes_of_a_trial_is_bounded_together(string body, VerdictKind? expected)
    {
        Needs.Sandbox();
        await using var sandbox = GuardianFixture.Make(fixture.NewJailer(), 1, GuardianFixture.Tight with { MemoryBytes = 96 << 20 });
        // Past the static rules, which refuse such code by its looks.
        var demands = new GuardingDemands(false);
        var answer = await sandbox.TryAsync("id", new Submission($"import os, time\n\ndef f(x):\n    {body}\n    return 2 * x\n", "from solution import f\n\ndef test_f():\n    assert f(2) == 4\n", false), demands, 1, CancellationToken.None);
        Assert.Equal(expected, VerdictRule.Decide("id", Observations.Read(answer), [], demands).Kind);
    }

    [SkippableFact]
    public async Task A_candidate_that_is_killed_from_outside_is_not_to_blame()
    {
        Needs.Sandbox();
        var jailer = fixture.NewJailer();
        await using var sandbox = GuardianFixture.Make(jailer, 1, GuardianFixture.Long);
        const string Sleeping = "import ctypes, time\n\ndef f(x):\n    ctypes.CDLL(None).prctl(15, b'victim')\n    time.sleep(600)\n";
        var demands = new GuardingDemands(false);
        var trying = sandbox.TryAsync("id", new Submission(Sleeping, Tests, false), demands, 1, CancellationToken.None);
        int[] Victims() => [.. BubblewrapFixture.Inside(jailer).Where(pid => Outside.Name(pid) == "victim")];
        await UntilAsync(() => Task.FromResult(Victims().Length > 0));
        HostProcesses.Kill(Victims().Single());
        var ruling = VerdictRule.Decide("id", Observations.Read(await trying), [], demands);
        Assert.Equal((VerdictOutcome.Error, "an interpreter was killed from outside"), (ruling.Outcome, ruling.Reason));
    }

    [Fact]
    public async Task Without_bubblewrap_nothing_runs_and_nothing_is_judged()
    {
        await using var sandbox = GuardianFixture.Make(new BubblewrapJailer(new BubblewrapOptions(Program: "/nonexistent/bwrap")), 1);
        var verdict = await GuardianFixture.Over(sandbox).JudgeAsync(new Submission("def f(x):\n    return 2 * x\n", "", false), CancellationToken.None);
        Assert.Equal(VerdictOutcome.Error, verdict.Outcome);
        var refusal = await Assert.ThrowsAsync<SandboxUnavailableException>(() => sandbox.CallAsync("findings", "inspect", default, CancellationToken.None));
        Assert.Equal("apt-get install bubblewrap", refusal.Remedy);
    }
}

[Collection(nameof(DockerFixture))]
public sealed class HostileCodeInDockerTests(DockerFixture fixture) : HostileCodeTests(fixture)
{
    [SkippableFact]
    public async Task Who_finds_a_way_to_shoot_at_the_tests_only_ends_its_own_trial()
    {
        Needs.Docker();
        var verdict = await fixture.JudgeAsync(
            """
            import fcntl, os
            def f(x):
                read, write = os.pipe()
                for pid in map(int, filter(str.isdigit, os.listdir('/proc'))):
                    if pid != os.getpid():
                        fcntl.fcntl(read, fcntl.F_SETOWN, pid)
                        fcntl.fcntl(read, 10, 9)
                        fcntl.fcntl(read, fcntl.F_SETFL, os.O_ASYNC)
                        os.write(write, b'x')
                return 2 * x
            """,
            "from solution import f\n\ndef test_f():\n    assert f(2) == 4\n",
            strict: false);
        Assert.Equal(VerdictOutcome.Fail, verdict.Outcome);
    }

    [SkippableFact]
    public async Task Nobody_inside_reaches_the_tester_or_the_zygote()
    {
        Needs.Docker();
        const string Code = """
            import os, resource
            def f():
                reached = [] if os.path.exists(f'/proc/{os.getpid() - 1}') else ['nobody to reach']
                for pid in (1, os.getpid() - 1):
                    for act in (lambda: os.kill(pid, 0), lambda: os.kill(-1, 0), lambda: os.kill(-pid, 0), lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE),
                                lambda: os.sched_setaffinity(pid, {0}), lambda: open(f'/proc/{pid}/mem', 'rb'), lambda: open(f'/proc/{pid}/environ'),
                                lambda: os.listdir(f'/proc/{pid}/fd'), lambda: open(f'/proc/{pid}/oom_score_adj', 'w')):
                        try: reached.append((pid, act()))
                        except PermissionError: pass
                return reached
            """;
        Assert.Equal(("passed", null), await GuardianFixture.ReportAsync(fixture.Sandbox, Code, "assert f() == []"));
    }

    [SkippableFact]
    public async Task Without_the_image_nothing_runs_and_nothing_is_judged()
    {
        Needs.Docker();
        await using var sandbox = GuardianFixture.Make(new DockerJailer(new DockerOptions("nowhere/nothing:none", DockerFixture.Prefix, 0, DockerFixture.Engine), GuardianFixture.Tight), 1);
        var verdict = await GuardianFixture.Over(sandbox).JudgeAsync(new Submission("def f(x):\n    return 2 * x\n", "", false), CancellationToken.None);
        Assert.Equal(VerdictOutcome.Error, verdict.Outcome);
        var refusal = await Assert.ThrowsAsync<SandboxUnavailableException>(() => sandbox.RequireAsync(CancellationToken.None));
        Assert.Equal("deploy/sandbox/build --tag nowhere/nothing:none", refusal.Remedy);
    }
}

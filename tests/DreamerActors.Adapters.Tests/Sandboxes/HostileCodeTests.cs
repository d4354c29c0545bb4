using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Adapters.Tests.Guarding;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Tests.Sandboxes;

/// <summary>Untrusted code runs only inside the sandbox, within its bounds, and leaves nothing behind (invariants I5 and I8).</summary>
[Collection(nameof(GuardianFixture))]
public sealed class HostileCodeTests(GuardianFixture fixture)
{
    private const string Tests = "from solution import f\n\ndef test_f():\n    assert f(2) == 4\n\ndef test_g():\n    assert f(3) == 6\n";

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
    public async Task It_is_refused_for_the_right_reason_and_the_next_candidate_is_judged_right(string body, VerdictKind expected)
    {
        Needs.Sandbox();
        var hostile = await fixture.JudgeAsync($"def f(x):\n    {body}\n    return 2 * x\n", Tests, strict: false);
        Assert.Equal((VerdictOutcome.Fail, expected), (hostile.Outcome, hostile.Kind!.Value));

        var honest = await fixture.JudgeAsync("def f(x):\n    return 2 * x\n", Tests, strict: false);
        Assert.Equal(VerdictOutcome.Pass, honest.Outcome);
    }

    [SkippableTheory]
    [InlineData("import os, signal\n    os.kill(os.getppid(), 9)")]
    [InlineData("import os\n    os.kill(-1, 9)")]
    [InlineData("import os, signal, time\n    if os.fork() == 0:\n        os.setsid(); signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(100)")]
    public async Task Who_kills_or_daemonises_is_never_accepted_and_never_an_error(string body)
    {
        Needs.Sandbox();
        var verdict = await fixture.JudgeAsync($"def f(x):\n    {body}\n    return 2 * x\n", Tests);
        Assert.Equal(VerdictOutcome.Fail, verdict.Outcome);
    }

    [SkippableFact]
    public async Task A_cancelled_trial_leaves_no_process()
    {
        Needs.Sandbox();
        var jailer = new Bubblewrap(new BubblewrapOptions(Priority: 0));
        await using var sandbox = new Sandbox(jailer, SandboxLimits.Default, 1, TimeProvider.System);
        var guardian = new Guardian(sandbox, new GuardingDemands(true), TimeProvider.System);
        using var wake = new CancellationTokenSource();
        var judging = guardian.JudgeAsync(new Submission("def f(x):\n    while True: pass\n", Tests, false), wake.Token);
        await Until(() => BubblewrapProcesses.Find(jailer.Token).Count > 0);

        await wake.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => judging);
        Assert.Empty(BubblewrapProcesses.Find(jailer.Token));
    }

    [SkippableFact]
    public async Task A_jail_killed_from_outside_is_replaced_and_the_verdict_is_right()
    {
        Needs.Sandbox();
        await using var sandbox = Sandbox.Of(new BubblewrapOptions(Priority: 0), SandboxLimits.Default, 1, TimeProvider.System);
        var guardian = new Guardian(sandbox, new GuardingDemands(true), TimeProvider.System);
        var submission = new Submission("def f(x):\n    return 2 * x\n", Tests, false);
        Assert.Equal(VerdictOutcome.Pass, (await guardian.JudgeAsync(submission, CancellationToken.None)).Outcome);

        Assert.NotEqual(0, await sandbox.EndAllAsync(CancellationToken.None));

        Assert.Equal(VerdictOutcome.Pass, (await guardian.JudgeAsync(submission, CancellationToken.None)).Outcome);
    }

    [Fact]
    public async Task Without_bubblewrap_nothing_runs_and_nothing_is_judged()
    {
        await using var sandbox = Sandbox.Of(new BubblewrapOptions(Program: "/nonexistent/bwrap"), SandboxLimits.Default, 1, TimeProvider.System);
        var verdict = await new Guardian(sandbox, new GuardingDemands(true), TimeProvider.System).JudgeAsync(new Submission("def f(x):\n    return 2 * x\n", Tests, false), CancellationToken.None);
        Assert.Equal(VerdictOutcome.Error, verdict.Outcome);
        var refusal = await Assert.ThrowsAsync<SandboxUnavailableException>(() => sandbox.CallAsync("findings", "inspect", default, CancellationToken.None));
        Assert.Equal("apt-get install bubblewrap", refusal.Remedy);
    }

    private static async Task Until(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!holds())
            await Task.Delay(TimeSpan.FromMilliseconds(5), limit.Token);
    }
}

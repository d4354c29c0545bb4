using System.Diagnostics;
using System.Globalization;
using DreamerActors.Adapters.Sandboxes;

namespace DreamerActors.Adapters.Tests.Sandboxes;

/// <summary>What is killed gives way to nobody any more: at the lowest priority a process takes seconds to end beside busy ones. Seen from what is left of it, for nobody waits for it here.</summary>
public sealed class EndingTests : IDisposable
{
    private const string Forgetful = """
        import os, signal
        child = os.fork()
        if child == 0:
            os.setsid()
            os.nice(19)
            print(os.getpid(), flush=True)
        signal.pause()
        """;

    private readonly Process _parent = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Forgetful]) { RedirectStandardOutput = true })!;

    public void Dispose()
    {
        _parent.Kill();
        _parent.Dispose();
    }

    [SkippableFact]
    public async Task A_session_that_is_ended_has_its_usual_priority_back()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "only root may raise a priority");
        var session = int.Parse(await _parent.StandardOutput.ReadLineAsync() ?? "", CultureInfo.InvariantCulture);
        Assert.Equal("19", Nice(session));
        Assert.Equal(1, HostProcesses.EndSessions(new HashSet<int> { session }, CancellationToken.None));
        Assert.Equal("0", Nice(session));
    }

    [SkippableFact]
    public async Task A_group_is_hurried_at_once_without_looking_for_its_processes()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "only root may raise a priority");
        var session = int.Parse(await _parent.StandardOutput.ReadLineAsync() ?? "", CultureInfo.InvariantCulture);
        HostProcesses.HastenGroup(session);
        Assert.Equal("0", Nice(session));
        HostProcesses.Kill(session);
    }

    private static string Nice(int pid) => Outside.Stat(pid)[16];
}

using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Tests.Sandboxes;

/// <summary>A jail dies with this process, and not with the thread that asked for it.</summary>
public sealed class LastingThreadTests
{
    [SkippableFact]
    public async Task A_jail_outlives_the_thread_that_asked_for_it()
    {
        Needs.Sandbox();
        await using var sandbox = new Sandbox(new BubblewrapJailer(new BubblewrapOptions(Priority: 0)), SandboxLimits.Default, 1, TimeProvider.System);
        Task<byte[]>? asked = null;
        var passing = new Thread(() => asked = sandbox.CallAsync("answers", "installed", default, default));
        passing.Start();
        passing.Join();
        Assert.NotEmpty(await asked!);
    }
}

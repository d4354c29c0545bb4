using DreamerActors.Adapters.Sandboxes;

namespace DreamerActors.Adapters.Tests.Sandboxes;

/// <summary>A jail dies with this process, and not with the thread that asked for it.</summary>
public sealed class LastingThreadTests
{
    [SkippableFact]
    public async Task A_jail_outlives_the_thread_that_asked_for_it()
    {
        Needs.Sandbox();
        await using var jailer = new BubblewrapJailer(new BubblewrapOptions(Priority: 0));
        Jail? jail = null;
#pragma warning disable VSTHRD002 // This thread is there to wait, and then to end.
        var passing = new Thread(() => jail = Jail.StartAsync(jailer, new Delivery(), new JailOrder("reader", "", "session", CancellationToken.None), default).GetAwaiter().GetResult());
#pragma warning restore VSTHRD002
        passing.Start();
        passing.Join();
        var job = """{"id": "1", "module": "answers", "function": "installed", "limits": {}}"""u8.ToArray();
        var answer = await jail!.AskAsync([('X', job), ('C', default), ('E', default)], TimeSpan.FromSeconds(30), default);
        Assert.True(answer.TryGetProperty("result", out _), answer.ToString());
    }
}

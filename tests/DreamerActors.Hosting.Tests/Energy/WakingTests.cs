using System.Globalization;
using Akka.Actor;
using Akka.Event;
using DreamerActors.Actors.Energy;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Hosting.Tests.Energy;

/// <summary>From every phase a wake-up leaves nothing alive, loses nothing, and tells the truth about how it went (invariant I3).</summary>
public sealed class WakingTests
{
    private static Task<WakeReport> WakeAsync(Dreaming dreaming) => dreaming.Energy.WakeUpAsync(InterruptReason.Asked, CancellationToken.None);

    /// <summary>The jails that run, each by its session.</summary>
    private static HashSet<string> Jails(Dreaming dreaming) =>
        [.. dreaming.Host.Services.GetRequiredService<Sandbox>().ProcessIds().Select(pid => pid.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Every living process of these sessions, whoever leads it.</summary>
    private static List<string> Alive(HashSet<string> sessions) =>
        [.. Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0]) && Stat(folder) is [not ("Z" or "X"), _, _, var session, ..] && sessions.Contains(session))];

    private static string[] Stat(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return []; // it ended while we looked
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        while (!condition()) await Task.Delay(10);
    }

    [Theory]
    [InlineData("weaving")]
    [InlineData("coding")]
    public async Task A_request_to_the_brain_is_given_up_at_once(string phase)
    {
        await using var dreaming = await Dreaming.StartAsync(each => each.Brain.StopsAt = phase);
        var session = dreaming.DreamAsync();
        await dreaming.Brain.Reached;

        var woken = await WakeAsync(dreaming);

        Assert.Equal((true, 0, null), (woken.Interrupted, woken.Killed, woken.Problem));
        var report = await session;
        Assert.Equal(RemStatus.Interrupted, report.Status);
        Assert.Equal((InterruptReason.Asked, woken.StoppedIn, null), (report.Interruption!.Reason, report.Interruption.StopLatency, report.Interruption.Problem));
        dreaming.Brain.Release();
        Assert.NotEqual(RemStatus.NothingToResume, (await dreaming.Engine.ResumeAsync(null, CancellationToken.None)).Status);
    }

    [SkippableFact]
    public async Task A_trial_is_killed_at_once_whatever_it_does()
    {
        Needs.Sandbox();
        await using var dreaming = await Dreaming.StartAsync(each => each.Brain.Code =
            "import os, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ndef f(x):\n    if os.fork() == 0:\n        try: os.setsid()\n        except OSError: pass\n    while True: pass\n");
        var session = dreaming.DreamAsync();
        await Until(() => Alive(Jails(dreaming)).Count > 4); // outer process, those of the zygote, tester, candidate
        var jails = Jails(dreaming);

        var woken = await WakeAsync(dreaming);

        Assert.Equal((true, null), (woken.Interrupted, woken.Problem));
        Assert.Empty(Alive(jails));
        Assert.Equal((RemStatus.Interrupted, 0), ((await session).Status, (await session).Lost));
        Assert.Empty(Jails(dreaming));
    }

    [SkippableFact]
    public async Task What_is_being_saved_is_kept_once()
    {
        Needs.Sandbox();
        await using var dreaming = await Dreaming.StartAsync(each => each.Saving.Holds = true);
        var session = dreaming.DreamAsync();
        await dreaming.Saving.Reached;

        var woken = await WakeAsync(dreaming);
        dreaming.Saving.Release();

        Assert.Null(woken.Problem);
        Assert.Equal(1, (await session).Successful);
        Assert.Single(dreaming.Saving.Applied, entry => entry.Event is DreamCompleted);
    }

    [Fact]
    public async Task A_brain_that_ignores_its_cancellation_is_overtaken_and_named_and_the_session_ends()
    {
        await using var dreaming = await Dreaming.StartAsync(each => (each.Brain.StopsAt, each.Brain.IsDeaf) = ("coding", true));
        var session = dreaming.DreamAsync();
        await dreaming.Brain.Reached;

        var woken = await WakeAsync(dreaming);

        Assert.Contains("coder", woken.Problem, StringComparison.Ordinal);
        var report = await session;
        Assert.Equal(RemStatus.Interrupted, report.Status);
        Assert.Contains("coder", report.Interruption!.Problem, StringComparison.Ordinal);
        Assert.Contains("1 operations", (await WakeAsync(dreaming)).Problem, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Jails_end_though_the_thread_pool_is_used_up()
    {
        Needs.Sandbox();
        await using var dreaming = await Dreaming.StartAsync(each => each.Brain.Code = "while True: pass\n");
        var session = dreaming.DreamAsync();
        await Until(() => Alive(Jails(dreaming)).Count > 4);
        var jails = Jails(dreaming);
        var outcome = await Task.Factory.StartNew(() =>
        {
            using var food = new ManualResetEventSlim();
            using var hungry = new CountdownEvent(200);
            for (var i = 0; i < hungry.InitialCount; i++)
            {
                ThreadPool.QueueUserWorkItem(_ =>
                {
                    food.Wait();
                    hungry.Signal();
                });
            }

            // No thread but those of the wake-up itself can act now.
            dreaming.Host.Services.GetRequiredService<ActorSystem>().EventStream.Publish(new EnergyProtocol.Wake(InterruptReason.Asked));
            var gone = SpinWait.SpinUntil(() => Alive(jails).Count == 0, TimeSpan.FromSeconds(30));
            var starved = hungry.CurrentCount == hungry.InitialCount;
            food.Set();
            hungry.Wait();
            return (gone, starved);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        Assert.Equal((true, true), outcome);
        Assert.Equal(RemStatus.Interrupted, (await session).Status);
    }

    [Fact]
    public async Task A_host_that_stops_tells_the_journal()
    {
        var dreaming = await Dreaming.StartAsync(each => each.Brain.StopsAt = "coding");
        var session = dreaming.DreamAsync();
        await dreaming.Brain.Reached;

        await dreaming.Host.StopAsync();

        Assert.Equal(InterruptReason.Shutdown, (await session).Interruption!.Reason);
        await dreaming.DisposeAsync();
    }

    [Fact]
    public async Task Load_wakes_what_began_by_itself_and_nothing_begins_so_soon_again()
    {
        await using var dreaming = await Dreaming.StartAsync(each => each.Brain.StopsAt = "coding");
        // Somebody has just started the host.
        Assert.Equal(RemStatus.Busy, (await dreaming.DreamAsync("idle")).Status);
        dreaming.Time.Advance(EnergyPolicy.StillThere);
        await StateAsync(dreaming, EnergyCause.Resting);
        var session = dreaming.DreamAsync("idle");
        await dreaming.Brain.Reached;

        dreaming.Load.Memory = 0.95;

        var interruption = (await session).Interruption!;
        Assert.Equal(InterruptReason.Load, interruption.Reason);
        Assert.Contains("of the memory", interruption.Detail, StringComparison.Ordinal);
        dreaming.Load.Memory = 0.1;
        await StateAsync(dreaming, EnergyCause.CoolDown);
        var refused = await dreaming.DreamAsync("idle");
        Assert.Equal(RemStatus.Busy, refused.Status);
        Assert.Contains("woke a short while ago", refused.Error, StringComparison.Ordinal);
    }

    private static Task StateAsync(Dreaming dreaming, EnergyCause cause) => UntilAsync(async () => (await dreaming.Energy.GetStatusAsync(CancellationToken.None)).State.Cause == cause);

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition()) await Task.Delay(10);
    }
}

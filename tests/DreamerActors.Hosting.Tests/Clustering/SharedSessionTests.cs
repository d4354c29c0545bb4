using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Journal;
using DreamerActors.Actors.Machines;
using DreamerActors.Actors.Sessions;
using DreamerActors.Adapters.Energy.Activity;
using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Clustering;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Settings;
using DreamerActors.Hosting.Tests.Dreaming;
using DreamerActors.Hosting.Tests.Energy;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Hosting.Tests.Clustering;

/// <summary>One session on three machines, each with a user of its own: who needs his machine has it, and the others go on.</summary>
public sealed class SharedSessionTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    // So many that three machines still dream when something is done to one of them.
    private const int Scenarios = 120;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly EmbeddedDreamer[] _machines = [new(), new(), new()];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var machine in _machines) await machine.DisposeAsync();
    }

    private async Task StartAsync()
    {
        Needs.Sandbox();
        var journal = PostgresConnection.Complete(await server.CreateDatabaseAsync());
        var places = _machines.Select(_ => new ClusterPlace("127.0.0.1", Ports.Free())).ToList();
        foreach (var (machine, place) in _machines.Zip(places))
        {
            var settings = machine.Settings with { PostgresJournal = journal, ClusterPlace = place, Seeds = [places[0]], Unattended = true, ValidationStrict = false };
            await machine.StartAsync(settings, services =>
            {
                services.AddSingleton<ILoadSensor>(new Machine());
                services.AddSingleton(provider =>
                {
                    var sources = new ActivitySources();
                    sources.Add(provider.GetRequiredService<HostActivity>());
                    return sources;
                });
            });
        }

        await UntilAsync(() => Task.FromResult(_machines.All(machine => Cluster.Get(machine.System).State.Members.Count(member => member.Status == MemberStatus.Up) == _machines.Length)));
        await _machines[0].LearnAsync(Scenarios);
    }

    [SkippableFact]
    public async Task What_a_machine_gives_back_when_its_user_returns_is_dreamt_by_the_others_and_all_know_everything()
    {
        await StartAsync();
        var helping = _machines.Skip(1).Select(Dreams).ToList();
        var dreaming = _machines[0].Engine.EnterRemPhaseAsync(new RemRequest(Scenarios), null, CancellationToken.None);
        var elsewhere = SeenAsync(_machines[2], happened => happened is DreamCompleted);
        await Task.WhenAll(helping).WaitAsync(Patience);
        Assert.Equal("dreaming", (await _machines[1].Engine.GetStatisticsAsync(CancellationToken.None)).State);

        var woken = HeardAsync<EnergyProtocol.WokenUp>(_machines[1], _ => true);
        _machines[1].Engine.MarkActivity("keyboard");

        Assert.True(await woken.WaitAsync(Patience) is { Interrupted: true, Problem: null, StoppedIn.TotalSeconds: < 2 });
        Assert.Empty(_machines[1].Services.GetRequiredService<Sandbox>().ProcessIds());
        var report = await dreaming.WaitAsync(Patience);
        Assert.Equal((RemStatus.Completed, Scenarios, 0, null), (report.Status, report.Attempted, report.Lost, report.Error));
        await elsewhere.WaitAsync(Patience);
        foreach (var machine in _machines)
        {
            await UntilAsync(async () => (await machine.Reader.SessionAsync(new SessionId(report.SessionId!), CancellationToken.None))?.Status == "completed");
            Assert.Equal(report.Successful, Directory.GetFiles(machine.Services.GetRequiredService<DreamerSettings>().OutputDirectory, "dream_*.py").Length);
        }
    }

    [SkippableFact]
    public async Task When_no_machine_may_dream_the_session_is_interrupted_and_any_of_them_finishes_it()
    {
        await StartAsync();
        var helping = _machines.Skip(1).Select(Dreams).ToList();
        var dreaming = _machines[0].Engine.EnterRemPhaseAsync(new RemRequest(Scenarios, UntilActive: true), null, CancellationToken.None);
        await Task.WhenAll(helping).WaitAsync(Patience);
        foreach (var machine in _machines) machine.Engine.MarkActivity("keyboard");

        var interrupted = await dreaming.WaitAsync(Patience);
        Assert.Equal((RemStatus.Interrupted, InterruptReason.UserActivity), (interrupted.Status, interrupted.Interruption!.Reason));
        Assert.InRange(interrupted.Interruption.StopLatency, TimeSpan.FromTicks(1), TimeSpan.FromSeconds(2));
        await IdleAsync(_machines[2]); // which may hear of the end later than who asked for it
        var finished = await _machines[2].Engine.ResumeAsync(null, CancellationToken.None).WaitAsync(Patience);
        Assert.Equal((RemStatus.Completed, interrupted.SessionId, Scenarios, 0), (finished.Status, finished.SessionId, finished.Attempted, finished.Lost));
    }

    [SkippableFact]
    public async Task Whoever_asked_ends_it_everywhere_and_meanwhile_the_others_are_busy()
    {
        await StartAsync();
        using var control = new CancellationTokenSource();
        var helping = _machines.Skip(1).Select(Dreams).ToList();
        var dreaming = _machines[0].Engine.EnterRemPhaseAsync(new RemRequest(Scenarios), null, control.Token);
        await Task.WhenAll(helping).WaitAsync(Patience);
        var busy = await _machines[1].Engine.EnterRemPhaseAsync(new RemRequest(1), null, CancellationToken.None);
        Assert.Equal(RemStatus.Busy, busy.Status);

        await control.CancelAsync();

        var interrupted = await dreaming.WaitAsync(Patience);
        Assert.Equal((RemStatus.Interrupted, InterruptReason.Asked), (interrupted.Status, interrupted.Interruption!.Reason));
        foreach (var machine in _machines) await IdleAsync(machine);
    }

    [SkippableFact]
    public async Task A_call_to_all_machines_wakes_each_and_the_session_is_interrupted()
    {
        await StartAsync();
        var helping = _machines.Skip(1).Select(Dreams).ToList();
        var dreaming = _machines[0].Engine.EnterRemPhaseAsync(new RemRequest(Scenarios), null, CancellationToken.None);
        await Task.WhenAll(helping).WaitAsync(Patience);

        Assert.True((await _machines[1].Engine.WakeClusterAsync(InterruptReason.Asked, CancellationToken.None)).Interrupted);

        var interrupted = await dreaming.WaitAsync(Patience);
        Assert.Equal((RemStatus.Interrupted, InterruptReason.Asked), (interrupted.Status, interrupted.Interruption!.Reason));
    }

    [SkippableFact]
    public async Task The_session_moves_when_its_machine_leaves_and_is_finished_by_those_that_stay()
    {
        await StartAsync();
        var begun = await _machines[0].Engine.BeginRemPhaseAsync(new RemRequest(Scenarios), null, CancellationToken.None);
        var kept = SeenAsync(_machines[1], happened => happened is DreamCompleted);
        await kept.WaitAsync(Patience);
        var leaving = await OfSessionAsync();

        Cluster.Get(leaving.System).Leave(Cluster.Get(leaving.System).SelfAddress);

        await leaving.System.WhenTerminated.WaitAsync(Patience);
        foreach (var machine in _machines.Where(machine => machine != leaving))
        {
            await UntilAsync(async () => (await machine.Reader.SessionAsync(new SessionId(begun.SessionId!), CancellationToken.None)) is { Status: "completed", Attempted: Scenarios, Lost: 0 });
        }
    }

    private async Task<EmbeddedDreamer> OfSessionAsync()
    {
        foreach (var machine in _machines)
        {
            var region = machine.Services.GetRequiredService<ActorRegistry>().Get<DreamSessionActor>();
            if ((await region.Ask<ShardRegionStats>(GetShardRegionStats.Instance, Patience)).Stats.Values.Sum() > 0) return machine;
        }

        throw new InvalidOperationException("the session is nowhere");
    }

    [SkippableFact]
    public async Task What_is_as_large_as_a_plan_of_ten_thousand_functions_crosses()
    {
        await StartAsync();
        var large = new SessionQuarantined(new SessionId("s"), DateTimeOffset.UnixEpoch, new string('x', 10_000 * 4_000), []);
        var heard = HeardAsync<JournalProtocol.EventsWritten>(_machines[0], _ => true);
        ClusterMachines.At(_machines[1].System, Cluster.Get(_machines[0].System).SelfAddress).Tell(large);
        Assert.Equal(large.Reason.Length, ((SessionQuarantined)Assert.Single((await heard.WaitAsync(Patience)).Events)).Reason.Length);
    }

    /// <summary>Ends when this machine begins to dream.</summary>
    private static Task Dreams(EmbeddedDreamer machine) => HeardAsync<EnergyProtocol.DreamingBegan>(machine, _ => true);

    private static Task SeenAsync(EmbeddedDreamer machine, Func<ISessionEvent, bool> wanted) =>
        HeardAsync<JournalProtocol.EventsWritten>(machine, written => written.Events.Any(wanted));

    private static Task<T> HeardAsync<T>(EmbeddedDreamer machine, Func<T, bool> wanted) where T : class
    {
        var heard = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Listening.To<T>(machine.System, told =>
        {
            if (wanted(told)) heard.TrySetResult(told);
        });
        return heard.Task;
    }

    private static Task IdleAsync(EmbeddedDreamer machine) =>
        UntilAsync(async () => (await machine.Engine.GetStatisticsAsync(CancellationToken.None)).State == "idle");

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition()) await Task.Delay(20, patience.Token); // states tell over a question only
    }
}

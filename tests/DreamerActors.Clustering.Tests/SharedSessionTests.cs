using System.Diagnostics;
using System.Globalization;
using System.Net;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Clustering.Tests;

/// <summary>Three real machines on one journal: one after the other is killed, and their users come and go.</summary>
[Collection(Processes.Name)]
public sealed class SharedSessionTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private const int Scenarios = 60;
    private const int Killings = 4;
    private const string Ends = "'dream-completed.v1', 'dream-rejected.v1', 'dream-lost.v1'";

    /// <summary>How often: <c>DREAMER_TEST_KILLINGS</c>.</summary>
    public static TheoryData<int> Seeds() =>
        [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("DREAMER_TEST_KILLINGS") ?? "1", CultureInfo.InvariantCulture))];

    [SkippableTheory]
    [MemberData(nameof(Seeds))]
    public async Task Machines_that_are_killed_one_after_the_other_lose_and_double_no_scenario(int seed)
    {
        using var cluster = await ThreeAsync(
            ("DREAMING_IDLE_DAILY_SCENARIOS", "0"), ("DREAMING_CONCURRENCY", "1"), ("DREAMING_VALIDATION_STRICT", "false"));
        await cluster.StartAsync();
        var random = new Random(seed);
        var session = await cluster.Nodes[0].Host.DreamAsync(Scenarios);
        // The session's own machine first, and then whichever: each as soon as the one before is back and something was dreamt since, for of three machines only one at a time may be missing.
        for (var killed = 0; killed < Killings && !await IsOverAsync(cluster); killed++)
        {
            var victim = killed == 0 ? await cluster.OfSessionAsync() : cluster.Nodes[random.Next(cluster.Nodes.Count)];
            await victim.KillAsync();
            var ended = await EndedAsync(cluster);
            await victim.StartAsync();
            await cluster.UntilAsync($"after death {killed + 1} all are together again and go on", async () =>
                await cluster.IsWholeAsync() && (await EndedAsync(cluster) > ended || await IsOverAsync(cluster)));
        }

        await cluster.UntilAsync("the session ends", () => IsOverAsync(cluster));
        await EveryScenarioEndedOnceAsync(cluster, session);
        foreach (var node in cluster.Nodes)
            await node.Host.SessionAsync(session, it => it.GetProperty("status").GetString() == "completed");
    }

    [SkippableFact]
    public async Task A_user_who_returns_has_his_machine_at_once_the_others_go_on_and_what_all_leave_is_finished_by_those_that_sleep_again()
    {
        using var cluster = await ThreeAsync(
            ("DREAMING_MAX_SCENARIOS", $"{Scenarios}"), ("DREAMING_IDLE_DAILY_SCENARIOS", $"{Scenarios}"), ("DREAMING_COOLDOWN_MINUTES", "0"), ("DREAMING_CONCURRENCY", "1"),
            ("DREAMING_VALIDATION_STRICT", "false"), ("DREAMING_MEMORY_THRESHOLD", (Node.Least / 100).ToString(CultureInfo.InvariantCulture)));
        await cluster.StartAsync();
        var (asked, returned, helping) = (cluster.Nodes[0], cluster.Nodes[1], cluster.Nodes[2]);
        await asked.SpareAsync(true);
        // Whoever falls asleep before that begins a session, too, and only one of them gets the right to dream.
        await cluster.UntilAsync("the machine that sleeps dreams by itself", async () => await EndedAsync(cluster) > 0);
        foreach (var node in new[] { returned, helping })
        {
            await node.SpareAsync(true);
            await cluster.UntilAsync("the next helps it", async () => await node.DreamsAsync() && node.Processes().Count > 0);
        }

        var began = Stopwatch.GetTimestamp();
        Assert.Equal(HttpStatusCode.OK, (await returned.Host.PostAsync("/api/v1/dreams/activity", new { source = "keyboard" })).Status);
        await cluster.UntilAsync("nothing dreams where the user is", () => Task.FromResult(returned.Processes().Count == 0));
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(2));
        var ended = await EndedAsync(cluster);
        await cluster.UntilAsync("the others go on", async () => await EndedAsync(cluster) > ended + 2);
        Assert.Empty(returned.Processes());

        await asked.SpareAsync(false);
        await helping.SpareAsync(false);
        await cluster.UntilAsync("the session is interrupted", async () => await cluster.CountAsync("session-interrupted.v1") == 1);
        Assert.All(cluster.Nodes, node => Assert.Empty(node.Processes()));
        Assert.InRange(await EndedAsync(cluster), ended, Scenarios - 1);

        // The other one's own attempt was interrupted: its schedule lets some minutes pass.
        await helping.SpareAsync(true);
        await cluster.UntilAsync("the session is resumed", async () => await cluster.CountAsync("session-resumed.v1") > 0);
        await asked.SpareAsync(true);
        await cluster.UntilAsync("the session is completed", async () => await cluster.CountAsync("session-completed.v1") == 1);
        Assert.Equal((1, 1, 0), (await cluster.CountAsync("session-interrupted.v1"), await cluster.CountAsync("session-resumed.v1"), await cluster.CountAsync("dream-lost.v1")));
        await EveryScenarioEndedOnceAsync(cluster, await cluster.SqlAsync("SELECT DISTINCT replace(persistence_id, 'dream-session-', '') FROM journal"));
    }

    private async Task<RunningCluster> ThreeAsync(params (string Key, string Value)[] environment)
    {
        Needs.Sandbox();
        Needs.Python("more_itertools", "python3-more-itertools");
        return new RunningCluster(server, await server.CreateDatabaseAsync(), [Ports.Free(), Ports.Free(), Ports.Free()],
            [("DREAMING_NIGHT_HOURS", $"{(DateTime.Now.Hour + 12) % 24}-{(DateTime.Now.Hour + 13) % 24}"), .. environment]);
    }

    private static async Task EveryScenarioEndedOnceAsync(RunningCluster cluster, string session)
    {
        var found = await cluster.SqlAsync($"""
            SELECT count(*) FILTER (WHERE manifest IN ({Ends})),
                count(DISTINCT coalesce(event->>'scenarioId', event->'scenario'->>'id', event->>'scenario')) FILTER (WHERE manifest IN ({Ends})),
                count(*) FILTER (WHERE manifest = 'session-completed.v1'), min(event->>'session'), max(event->>'session')
            FROM (SELECT manifest, convert_from(message, 'UTF8')::json AS event FROM journal) AS events
            """);
        if (found != $"{Scenarios}|{Scenarios}|1|{session}|{session}") Assert.Fail($"{found}\n{await cluster.TellAsync()}");
    }

    private static Task<int> EndedAsync(RunningCluster cluster) => cluster.CountAsync("dream-completed.v1", "dream-rejected.v1", "dream-lost.v1");

    private static async Task<bool> IsOverAsync(RunningCluster cluster) => await cluster.CountAsync("session-completed.v1", "session-quarantined.v1", "session-interrupted.v1") > 0;
}

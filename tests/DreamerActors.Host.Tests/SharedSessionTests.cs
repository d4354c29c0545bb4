using System.Globalization;
using System.Text.Json;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>Three real machines on one journal, of which one after the other is killed.</summary>
[Collection(Processes.Name)]
public sealed class SharedSessionTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private const int Scenarios = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(5);

    private readonly List<Node> _nodes = [];

    public void Dispose()
    {
        foreach (var node in _nodes) node.Dispose();
    }

    /// <summary>How often: <c>DREAMER_TEST_KILLINGS</c>.</summary>
    public static TheoryData<int> Seeds() =>
        [.. Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("DREAMER_TEST_KILLINGS") ?? "1", CultureInfo.InvariantCulture))];

    [SkippableTheory]
    [MemberData(nameof(Seeds))]
    public async Task Machines_that_are_killed_one_after_the_other_lose_and_double_no_scenario(int seed)
    {
        Needs.Sandbox();
        Needs.Python("more_itertools", "python3-more-itertools");
        var journal = await server.CreateDatabaseAsync();
        await StartAsync(journal);
        var random = new Random(seed);
        var session = await _nodes[0].Host.DreamAsync(Scenarios);
        using var patience = new CancellationTokenSource(Patience);
        // The session's own machine first, and then whichever.
        for (var victim = await OfSessionAsync(); !await IsOverAsync(journal); victim = _nodes[random.Next(_nodes.Count)])
        {
            await victim.KillAsync();
            await ReviveAsync();
            await Task.Delay(BetweenKills, patience.Token); // the pause between two deaths is what is tried
        }

        Assert.Equal($"{Scenarios}|{Scenarios}|1|{session}", await server.SqlAsync(PostgresServer.NameOf(journal), """
            SELECT count(*) FILTER (WHERE manifest IN ('dream-completed.v1', 'dream-rejected.v1', 'dream-lost.v1')),
                count(DISTINCT coalesce(event->>'scenarioId', event->'scenario'->>'id', event->>'scenario')) FILTER (WHERE manifest IN ('dream-completed.v1', 'dream-rejected.v1', 'dream-lost.v1')),
                count(*) FILTER (WHERE manifest = 'session-completed.v1'), min(event->>'session')
            FROM (SELECT manifest, convert_from(message, 'UTF8')::json AS event FROM journal) AS events
            """));
        await ReviveAsync();
        foreach (var node in _nodes)
            await node.Host.SessionAsync(session, it => it.GetProperty("status").GetString() == "completed");
    }

    private async Task StartAsync(string journal)
    {
        var ports = Enumerable.Range(0, 3).Select(_ => Ports.Free()).ToList();
        foreach (var port in ports)
        {
            _nodes.Add(new Node(
                ("DREAMER_JOURNAL", journal), ("DREAMER_CLUSTER", $"127.0.0.1:{port}"), ("DREAMER_SEEDS", string.Join(',', ports.Select(each => $"127.0.0.1:{each}"))),
                ("DREAMING_UNATTENDED", "true"), ("DREAMING_IDLE_DAILY_SCENARIOS", "0"), ("DREAMING_NIGHT_HOURS", $"{(DateTime.Now.Hour + 12) % 24}-{(DateTime.Now.Hour + 13) % 24}"),
                ("DREAMING_CONCURRENCY", "1"), ("DREAMING_VALIDATION_STRICT", "false")));
        }

        Assert.Equal(0, (await _nodes[0].Workspace.RunAsync("ingest", Repository.LargeKnowledge)).Exit);
        foreach (var node in _nodes) await node.StartAsync();
        await UntilAsync(async () => (await _nodes[0].ManagementAsync("/cluster/members")).GetProperty("members").EnumerateArray().Count(member => member.GetProperty("status").GetString() == "Up") == 3);
    }

    /// <summary>What systemd does: a machine that was killed is started again, and one that ended itself because it took the others for lost, too.</summary>
    private async Task ReviveAsync()
    {
        foreach (var node in _nodes.Where(node => node.HasEnded)) await node.StartAsync();
    }

    private async Task<Node> OfSessionAsync()
    {
        foreach (var node in _nodes)
        {
            var shards = (await node.ManagementAsync("/cluster/shards/dream-session")).GetProperty("regions");
            if (shards.EnumerateArray().Any(shard => shard.GetProperty("numEntities").GetInt32() > 0)) return node;
        }

        throw new InvalidOperationException("the session is nowhere");
    }

    private async Task<bool> IsOverAsync(string journal) =>
        await server.SqlAsync(PostgresServer.NameOf(journal), "SELECT count(*) FROM journal WHERE manifest IN ('session-completed.v1', 'session-quarantined.v1', 'session-interrupted.v1')") != "0";

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await condition()) await Task.Delay(50, patience.Token); // it tells over a question only
    }

    private sealed class Node(params (string Key, string Value)[] environment) : IDisposable
    {
        private RunningHost? _host;

        public Workspace Workspace { get; } = new();

        public RunningHost Host => _host!;

        public bool HasEnded => Host.Running.Process.HasExited;

        public async Task StartAsync()
        {
            _host?.Dispose();
            _host = await RunningHost.StartAsync(Workspace, environment);
        }

        public async Task KillAsync()
        {
            if (!HasEnded) await Host.Running.SignalAsync("KILL");
            await Host.Running.EndAsync(TimeSpan.FromMinutes(1));
        }

        public async Task<JsonElement> ManagementAsync(string path)
        {
            using var http = new HttpClient { BaseAddress = Host.Management };
            return JsonDocument.Parse(await http.GetStringAsync(path)).RootElement.Clone();
        }

        public void Dispose()
        {
            _host?.Dispose();
            Workspace.Dispose();
        }
    }
}

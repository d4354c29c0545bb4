using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Clustering.Tests;

/// <summary>Several real <c>run</c>s on one journal, each in a folder of its own, that find each other.</summary>
internal sealed class RunningCluster : IDisposable
{
    private const int LinesOfALog = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly PostgresServer _server;
    private readonly string _database;

    public RunningCluster(PostgresServer server, string journal, IReadOnlyList<int> ports, params (string Key, string Value)[] environment)
    {
        (_server, _database) = (server, PostgresServer.NameOf(journal));
        var seeds = string.Join(',', ports.Select(port => $"127.0.0.1:{port}"));
        Nodes = [.. ports.Select(port => new Node(
            [("DREAMER_JOURNAL", journal), ("DREAMER_CLUSTER", $"127.0.0.1:{port}"), ("DREAMER_SEEDS", seeds), ("DREAMING_UNATTENDED", "true"), .. environment]))];
    }

    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>Starts them at the same time: the first founds the cluster as soon as the others say that there is none. Every one knows the same.</summary>
    public async Task StartAsync()
    {
        const string Graph = "data/dreamer/knowledge_graph.json";
        var learnt = await Nodes[0].Workspace.RunAsync("ingest", Repository.LargeKnowledge);
        Assert.True(learnt.Exit == 0, learnt.ToString());
        var graph = await File.ReadAllTextAsync(Path.Combine(Nodes[0].Workspace.Path, Graph));
        foreach (var node in Nodes.Skip(1)) node.Workspace.Write(Graph, graph);
        await Task.WhenAll(Nodes.Select(node => node.StartAsync()));
        await UntilAsync("all are together", IsWholeAsync);
    }

    /// <summary>Whether every machine runs and sees all others, and nobody else.</summary>
    public async Task<bool> IsWholeAsync()
    {
        var members = await Task.WhenAll(Nodes.Select(async node => (await node.ManagementAsync("/cluster/members")).GetProperty("members").EnumerateArray().Select(member => member.GetProperty("status").GetString()).ToList()));
        return members.All(seen => seen.Count == Nodes.Count && seen.All(status => status == "Up"));
    }

    /// <summary>The machine that has the session.</summary>
    public async Task<Node> OfSessionAsync()
    {
        foreach (var node in Nodes)
        {
            var shards = (await node.ManagementAsync("/cluster/shards/dream-session")).GetProperty("regions");
            if (shards.EnumerateArray().Any(shard => shard.GetProperty("numEntities").GetInt32() > 0)) return node;
        }

        throw new InvalidOperationException("the session is nowhere");
    }

    /// <summary>What the journal answers.</summary>
    public Task<string> SqlAsync(string statement) => _server.SqlAsync(_database, statement);

    /// <summary>How many events of these kinds the journal has.</summary>
    public async Task<int> CountAsync(params string[] manifests) =>
        int.Parse(await SqlAsync($"SELECT count(*) FROM journal WHERE manifest IN ('{string.Join("','", manifests)}')"), CultureInfo.InvariantCulture);

    /// <summary>Waits until something is so; it tells over a question only. Whoever waits in vain hears what the machines and the journal say.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await isSo())
        {
            if (patience.IsCancellationRequested) Assert.Fail($"in {Patience} it did not come about that {what}\n{await TellAsync()}");
            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <summary>The last lines of every machine's log, and what is in the journal.</summary>
    public async Task<string> TellAsync()
    {
        var told = new StringBuilder();
        foreach (var (node, number) in Nodes.Select((node, number) => (node, number + 1)))
        {
            told.Append(CultureInfo.InvariantCulture, $"--- machine {number}\n");
            var lines = Directory.EnumerateFiles(Path.Combine(node.Workspace.Path, "logs")).Order(StringComparer.Ordinal).SelectMany(File.ReadLines).TakeLast(LinesOfALog);
            foreach (var line in lines.Select(line => JsonDocument.Parse(line).RootElement))
                told.Append(CultureInfo.InvariantCulture, $"{line.GetProperty("@t").GetString()} {line.GetProperty("@m").GetString()}\n");
        }

        var journal = await SqlAsync("SELECT ordering, sequence_number, manifest, to_timestamp((created - 621355968000000000) / 10000000.0) FROM journal ORDER BY ordering DESC LIMIT 40");
        return told.Append("--- journal, newest first\n").Append(journal).ToString();
    }

    public void Dispose()
    {
        foreach (var node in Nodes) node.Dispose();
    }
}

/// <summary>One of them.</summary>
internal sealed class Node((string Key, string Value)[] environment) : IDisposable
{
    /// <summary>Percent of the memory that others need on every machine.</summary>
    public const double Least = 0.1;

    private RunningHost? _host;

    public Workspace Workspace { get; } = new();

    public RunningHost Host => _host!;

    public async Task StartAsync()
    {
        _host?.Dispose();
        _host = await RunningHost.StartAsync(Workspace, environment);
    }

    /// <summary>It dies without a word.</summary>
    public async Task KillAsync()
    {
        await Host.Running.SignalAsync("KILL");
        await Host.Running.EndAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>Whether it has memory to spare; without any it is awake.</summary>
    public async Task SpareAsync(bool spares)
    {
        var changed = await Host.SendAsync(new HttpRequestMessage(HttpMethod.Patch, "/api/v1/dreams/energy") { Content = JsonContent.Create(new { memory_threshold = spares ? 100 : Least }) });
        Assert.True(changed.Status == HttpStatusCode.OK, changed.ToString());
    }

    /// <summary>Whether it dreams: by its own word.</summary>
    public async Task<bool> DreamsAsync() => (await Host.GetAsync("/api/v1/dreams/status"))["dreams"].GetProperty("state").GetString() == "dreaming";

    /// <summary>What it has started and is alive, seen from outside.</summary>
    public IReadOnlyCollection<int> Processes() => Outside.Descendants(Host.Running.Process.Id);

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

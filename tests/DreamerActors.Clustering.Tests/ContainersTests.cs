using System.Text.RegularExpressions;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Clustering.Tests;

/// <summary>README's cluster in containers of a real engine, command by command: it comes up and dreams by itself, and leaves nothing.</summary>
[Collection(Processes.Name)]
public sealed partial class ContainersTests
{
    private const string Event = "convert_from(message, 'UTF8')::json";
    private const string Ends = "manifest IN ('dream-completed.v1', 'dream-rejected.v1', 'dream-lost.v1')";

    private static readonly string[] Nodes = ["node-1", "node-2", "node-3"];

    [SkippableFact]
    public async Task Three_machines_in_containers_come_up_dream_by_themselves_survive_a_partition_and_leave_nothing()
    {
        Needs.Docker();
        await using var cluster = new ComposedCluster();
        await ComposedCluster.UntilAsync("its images are made (.dreamer/machines.log)", async () =>
            (await cluster.RunAsync("docker", "image", "inspect", "-f", "{{.Id}}", "dreamer-base:test", "dreamer-postgres:test")).Exit == 0);
        var built = await cluster.RunAsync(Path.Combine(Repository.Root, "deploy/container/build"), "--tag", ComposedCluster.Image, "--base", "dreamer-debian:bookworm", "--libraries", "python3-more-itertools", "--from", "dreamer-base:test");
        Assert.True(built.Exit == 0, built.ToString());

        foreach (var command in Command().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"))).Select(match => match.Groups[1].Value.Trim()))
        {
            if (command == "stop node-3")
            {
                await ComposedCluster.UntilAsync("they dream", async () => await CountAsync(cluster, Ends) > 0);
                await CutOffAsync(cluster);
            }

            await cluster.ComposeAsync(command.Replace(" --build", "", StringComparison.Ordinal).Split(' '));
            if (command.StartsWith("up", StringComparison.Ordinal)) await HealthyAsync(cluster);
            if (command == "stop node-3") await HasLeftAsync(cluster, "node-3");
        }

        Assert.Equal("", await cluster.LeftAsync());
    }

    private static async Task HealthyAsync(ComposedCluster cluster)
    {
        foreach (var node in Nodes)
            await ComposedCluster.UntilAsync($"{node} is healthy", async () => await InspectAsync(cluster, node, "{{.State.Health.Status}}") == "healthy");
        Assert.Equal(3, await MembersAsync(cluster, "node-1"));
        await IsShutInAsync(cluster);
    }

    /// <summary>The machine that has the session is cut off from all others and the journal, until they go on with it, and comes back while they dream: nothing is lost or done twice.</summary>
    private static async Task CutOffAsync(ComposedCluster cluster)
    {
        var alone = await OfSessionAsync(cluster);
        var restarts = await InspectAsync(cluster, alone, "{{.RestartCount}}");
        await cluster.DisconnectAsync(alone);
        await ComposedCluster.UntilAsync("the others go on with the session", async () => await CountAsync(cluster, "manifest = 'session-resumed.v1'") > 0);
        await cluster.ConnectAsync(alone);
        await ComposedCluster.UntilAsync("the session is completed", async () => await CountAsync(cluster, "manifest = 'session-completed.v1'") > 0);
        await ComposedCluster.UntilAsync($"{alone} is one of them again", async () => await MembersAsync(cluster, Nodes.First(node => node != alone)) == 3);

        // Of two parts the smaller ends itself, and Docker starts it again.
        Assert.NotEqual(restarts, await InspectAsync(cluster, alone, "{{.RestartCount}}"));
        var doubled = $"SELECT count(*) FROM journal WHERE {Ends} GROUP BY persistence_id, coalesce({Event}->>'scenarioId', {Event}->'scenario'->>'id', {Event}->>'scenario') HAVING count(*) > 1";
        Assert.Equal("", await cluster.SqlAsync(doubled));
        var complete = $"SELECT DISTINCT count(*) FROM journal WHERE manifest IN ('dream-completed.v1', 'dream-rejected.v1') AND persistence_id IN (SELECT persistence_id FROM journal WHERE manifest = 'session-completed.v1') GROUP BY persistence_id";
        Assert.Equal($"{ComposedCluster.Scenarios}", (await cluster.SqlAsync(complete)).Trim());
        var mostAtOnce = "SELECT max(unfinished) FROM (SELECT sum(CASE manifest WHEN 'session-started.v1' THEN 1 WHEN 'session-completed.v1' THEN -1 ELSE 0 END) OVER (ORDER BY ordering) AS unfinished FROM journal) AS sessions";
        Assert.Equal("1", (await cluster.SqlAsync(mostAtOnce)).Trim());
    }

    private static async Task<string> OfSessionAsync(ComposedCluster cluster)
    {
        foreach (var node in Nodes)
        {
            var shards = (await cluster.ManagementAsync(node, "/cluster/shards/dream-session")).GetProperty("regions");
            if (shards.EnumerateArray().Any(shard => shard.GetProperty("numEntities").GetInt32() > 0)) return node;
        }

        throw new InvalidOperationException("the session is nowhere");
    }

    /// <summary>What was told to stop has ended by itself and in order.</summary>
    private static async Task HasLeftAsync(ComposedCluster cluster, string node)
    {
        Assert.Equal("0", await InspectAsync(cluster, node, "{{.State.ExitCode}}"));
        await ComposedCluster.UntilAsync($"{node} has left", async () => await MembersAsync(cluster, Nodes.First(each => each != node)) == 2);
    }

    /// <summary>What the sandbox needs is all that it gets: an ordinary user without capabilities on a system that cannot be written.</summary>
    private static async Task IsShutInAsync(ComposedCluster cluster)
    {
        var status = await cluster.ComposeAsync("exec", "-T", "node-1", "cat", "/proc/1/status");
        foreach (var line in new[] { "Uid:\t10001\t10001\t10001\t10001", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2" })
            Assert.Contains(line, status.Split('\n'));
        Assert.NotEqual(0, (await cluster.RunAsync("docker", "exec", cluster.Container("node-1"), "touch", "/opt/dreamer/written")).Exit);
        // Whoever gets one machine's certificate does not get the authority's key, nor another's.
        var secrets = await cluster.ComposeAsync("exec", "-T", "node-1", "ls", "/run/dreamer");
        Assert.Equal(["ca.pem", "dreamer.env", "node.key", "node.pem"], secrets.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    private static async Task<string> InspectAsync(ComposedCluster cluster, string node, string format) =>
        (await cluster.DockerAsync("inspect", "-f", format, cluster.Container(node))).Trim();

    private static async Task<int> MembersAsync(ComposedCluster cluster, string node) =>
        (await cluster.ManagementAsync(node, "/cluster/members")).GetProperty("members").EnumerateArray().Count(member => member.GetProperty("status").GetString() == "Up");

    private static async Task<int> CountAsync(ComposedCluster cluster, string condition) =>
        int.Parse(await cluster.SqlAsync($"SELECT count(*) FROM journal WHERE {condition}"), System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^docker compose ([^#\n]*)", RegexOptions.Multiline)]
    private static partial Regex Command();
}

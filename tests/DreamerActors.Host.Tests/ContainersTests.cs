using System.Text.RegularExpressions;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>README's cluster in containers of a real engine, command by command: it comes up and dreams by itself, and leaves nothing.</summary>
[Collection(Processes.Name)]
public sealed partial class ContainersTests
{
    private const string Ends = "manifest IN ('dream-completed.v1', 'dream-rejected.v1', 'dream-lost.v1')";

    private static readonly string[] Nodes = ["node-1", "node-2", "node-3"];

    [SkippableFact]
    public async Task Three_machines_in_containers_come_up_dream_by_themselves_and_leave_nothing()
    {
        Needs.Docker();
        await using var cluster = new ComposedCluster();
        await ComposedCluster.UntilAsync("its images are made (.dreamer/machines.log)", async () =>
            (await cluster.RunAsync("docker", "image", "inspect", "-f", "{{.Id}}", "dreamer-base:test", "dreamer-postgres:test")).Exit == 0);
        var built = await cluster.RunAsync(Path.Combine(Repository.Root, "deploy/container/build"), "--tag", ComposedCluster.Image, "--base", "dreamer-debian:bookworm", "--libraries", "python3-more-itertools", "--from", "dreamer-base:test");
        Assert.True(built.Exit == 0, built.ToString());

        foreach (var command in Command().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"))).Select(match => match.Groups[1].Value.Trim()))
        {
            if (command == "stop node-3") await ComposedCluster.UntilAsync("they dream", async () => await CountAsync(cluster, Ends) > 0);
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

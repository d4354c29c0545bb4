using System.Diagnostics;
using System.Text.Json;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Clustering.Tests;

/// <summary>The cluster of <c>docker-compose.yml</c> in the engine of the tests, under a project's name of its own.</summary>
internal sealed class ComposedCluster : IAsyncDisposable
{
    public const string Image = "dreamer:test";

    /// <summary>How many scenarios a session has.</summary>
    public const int Scenarios = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _project = $"dreamer-e2e-{Guid.NewGuid():N}"[..20];

    /// <summary>The network that its containers share.</summary>
    public string Network => _project + "_default";

    /// <summary>The container of a service.</summary>
    public string Container(string service) => $"{_project}-{service}-1";

    /// <summary>From now on nobody reaches a machine, and it reaches nobody.</summary>
    public Task DisconnectAsync(string service) => DockerAsync("network", "disconnect", Network, Container(service));

    /// <summary>It is there again, under its name.</summary>
    public Task ConnectAsync(string service) => DockerAsync("network", "connect", "--alias", service, Network, Container(service));

    /// <summary>What is left of it: containers, networks and volumes.</summary>
    public async Task<string> LeftAsync()
    {
        var filter = new[] { "--filter", $"label=com.docker.compose.project={_project}" };
        var left = await Task.WhenAll(DockerAsync(["ps", "-aq", .. filter]), DockerAsync(["network", "ls", "-q", .. filter]), DockerAsync(["volume", "ls", "-q", .. filter]));
        return string.Concat(left);
    }

    /// <summary>A statement's rows, as psql prints them.</summary>
    public Task<string> SqlAsync(string statement) =>
        ComposeAsync("exec", "-T", "postgres", "sh", "-c", "PGPASSWORD=$(cat /run/database/password) psql -h 127.0.0.1 -qAt -U dreamer -d dreamer -c \"$0\"", statement);

    /// <summary>What a machine's management answers.</summary>
    public async Task<JsonElement> ManagementAsync(string node, string path) => JsonDocument.Parse(await ComposeAsync(
        "exec", "-T", node, "sh", "-c", ". /run/dreamer/dreamer.env; exec curl -fsS -m 10 -H \"Authorization: Bearer $DREAMER_API_TOKEN\" \"$0\"", "http://127.0.0.1:8558" + path)).RootElement;

    /// <summary>Waits until something is so; it tells over a question only.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await isSo())
        {
            if (patience.IsCancellationRequested) Assert.Fail($"in {Patience} it did not come about that {what}");
            await Task.Delay(200, CancellationToken.None);
        }
    }

    public async Task<string> ComposeAsync(params string[] arguments) => Succeeded(await RunAsync("docker", ["compose", .. arguments]));

    public async Task<string> DockerAsync(params string[] arguments) => Succeeded(await RunAsync("docker", arguments));

    /// <summary>Runs a program in the repository's root, as a person would who uses this engine.</summary>
    public async Task<Ran> RunAsync(string program, params string[] arguments)
    {
        using var running = new Running(Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["DOCKER_HOST"] = Needs.Engine, ["DOCKER_CONFIG"] = Needs.Compose, ["DOCKER_BUILDKIT"] = "0", ["COMPOSE_PROJECT_NAME"] = _project, ["COMPOSE_PROGRESS"] = "plain",
                ["DREAMER_IMAGE"] = Image, ["POSTGRES_IMAGE"] = "dreamer-postgres:test", ["KNOWLEDGE"] = Repository.LargeKnowledge, ["DREAMING_MAX_SCENARIOS"] = $"{Scenarios}",
                ["NODE_1_PORT"] = "0", ["NODE_2_PORT"] = "0", ["NODE_3_PORT"] = "0",
            },
        })!);
        return await running.EndAsync(Patience);
    }

    public async ValueTask DisposeAsync() => await ComposeAsync("down", "-v", "-t", "0", "--remove-orphans");

    private static string Succeeded(Ran ran)
    {
        Assert.True(ran.Exit == 0, ran.ToString());
        return ran.Out;
    }
}

using System.Diagnostics;
using System.Globalization;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>A whole session in containers of a real engine.</summary>
[Collection(Processes.Name)]
public sealed class DockerDreamingTests : IDisposable
{
    private readonly Workspace _workspace = new();
    private readonly string _prefix = $"dreamer-e2e-{Guid.NewGuid():N}"[..24];

    public void Dispose() => _workspace.Dispose();

    private (string, string)[] InDocker => [
        ("DREAMING_SANDBOX", "docker"), ("DREAMING_SANDBOX_IMAGE", Needs.Image), ("DREAMING_DOCKER_NAMESPACE", _prefix), ("DOCKER_HOST", Needs.Engine), ("DREAMING_CONCURRENCY", "1"),
    ];

    [SkippableFact]
    public async Task A_session_dreams_in_containers_that_carry_its_id_and_leaves_none()
    {
        Needs.Docker();
        using var running = _workspace.Start(["dream", "--knowledge", Repository.SmallKnowledge, "--max-scenarios", "4", "--json"], InDocker);
        Assert.True(await running.SaysAsync(line => line.StartsWith("[1/", StringComparison.Ordinal)));
        var containers = await ContainersAsync();
        var ran = await running.EndAsync(TimeSpan.FromMinutes(2));

        Assert.True(ran.Exit == 0, ran.ToString());
        Assert.InRange(ran.Json.GetProperty("dreams_successful").GetInt32(), 1, 4);
        Assert.Equal(0, ran.Json.GetProperty("dreams_lost").GetInt32());
        Assert.Contains(containers, container => container.EndsWith(" " + ran.Json.GetProperty("session_id").GetString(), StringComparison.Ordinal));
        await NoneIsLeftAsync();
    }

    [SkippableFact]
    public async Task A_wake_up_leaves_no_container_and_after_a_kill_the_next_start_does_not()
    {
        Needs.Docker();
        foreach (var (signal, exit) in new[] { ("TERM", 4), ("KILL", 137) })
        {
            using var running = _workspace.Start(["dream", "--knowledge", Repository.SmallKnowledge, "--max-scenarios", "9", "--json"], InDocker);
            Assert.True(await running.SaysAsync(line => line.StartsWith("[1/", StringComparison.Ordinal)));
            await running.SignalAsync(signal);
            var ran = await running.EndAsync(TimeSpan.FromMinutes(1));
            Assert.True(ran.Exit == exit, ran.ToString());
            if (signal == "KILL")
                Assert.Equal("docker", (await _workspace.RunAsync(["status", "--json"], InDocker)).Json.GetProperty("sandbox").GetString());
            await NoneIsLeftAsync();
        }
    }

    private async Task<string[]> ContainersAsync()
    {
        using var docker = Process.Start(new ProcessStartInfo(
            "docker", ["-H", Needs.Engine, "ps", "-a", "--filter", $"name={_prefix}", "--format", "{{.Names}} {{.Label \"dreamer.session\"}}"]) { RedirectStandardOutput = true })!;
        var listed = await docker.StandardOutput.ReadToEndAsync();
        await docker.WaitForExitAsync();
        Assert.Equal(0, docker.ExitCode);
        return listed.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The engine removes what has ended a moment later.</summary>
    private async Task NoneIsLeftAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await ContainersAsync()).Length > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
    }
}

using Docker.DotNet;
using Docker.DotNet.Models;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Tests.Guarding;

/// <summary>One real sandbox for all guardian tests, with tight limits so that hostile programs end soon.</summary>
public abstract class GuardianFixture : IAsyncLifetime
{
    public static readonly SandboxLimits Tight = SandboxLimits.Default with { Wall = TimeSpan.FromSeconds(4), Cpu = TimeSpan.FromSeconds(3) };

    /// <summary>For what is to be ended from outside, also when looking at it takes its time.</summary>
    public static readonly SandboxLimits Long = SandboxLimits.Default with { Wall = TimeSpan.FromMinutes(2), Cpu = TimeSpan.FromMinutes(2) };

    private readonly Lazy<Sandbox> _sandbox;

    protected GuardianFixture() => _sandbox = new Lazy<Sandbox>(() => Make(NewJailer(), 2));

    public Sandbox Sandbox => _sandbox.Value;

    public Guardian Guardian => Over(Sandbox);

    /// <summary>A guardian that knows no kept dream and no benchmark.</summary>
    public static Guardian Over(Sandbox sandbox) => new(
        sandbox, new GuardingDemands(true), new KeptDreams(() => throw new InvalidOperationException("novelty was not asked")), new Benchmarks([]), TimeProvider.System);

    /// <summary>Skips the test, or fails it in CI, when this machine lacks the sandbox.</summary>
    public abstract void Need();

    /// <summary>Kills what a jailer's jails consist of, as a fault would; the jailer is not told.</summary>
    internal abstract Task BreakAsync(IJailer jailer);

    /// <summary>How many jails of it are alive.</summary>
    internal abstract Task<int> AliveAsync(IJailer jailer);

    /// <summary>Another jailer of this kind.</summary>
    internal abstract IJailer NewJailer();

    internal static Sandbox Make(IJailer jailer, int concurrency, SandboxLimits? limits = null) => new(jailer, limits ?? Tight, concurrency, TimeProvider.System);

    /// <summary>What a job tells of its only test. Past the static rules, which refuse much code by its looks.</summary>
    internal static async Task<(string Outcome, string? Message)> ReportAsync(Sandbox sandbox, string code, string test)
    {
        var submission = new Submission(code, $"from solution import f\n\ndef test_f():\n    {test}\n", false);
        var seen = Observations.Read(await sandbox.TryAsync("id", submission, new GuardingDemands(false), 1, CancellationToken.None));
        return seen.Reports.Select(report => (report.Outcome, report.Message)).Single();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_sandbox.IsValueCreated)
            await Sandbox.DisposeAsync();
    }

    public Task<Verdict> JudgeAsync(string code, string tests, bool strict = true, CancellationToken cancellation = default) =>
        Guardian.JudgeAsync(new Submission(code, tests, strict), cancellation);
}

public sealed class BubblewrapFixture : GuardianFixture
{
    public override void Need() => Needs.Sandbox();

    internal override Task BreakAsync(IJailer jailer)
    {
        foreach (var pid in Inside(jailer)) HostProcesses.Kill(pid);
        return Task.CompletedTask;
    }

    internal override Task<int> AliveAsync(IJailer jailer) => Task.FromResult(Inside(jailer).Count);

    internal override IJailer NewJailer() => new BubblewrapJailer(new BubblewrapOptions(Priority: 0));

    /// <summary>Every living process of its jails: by what they were started with, not by what the jailer goes by.</summary>
    internal static HashSet<int> Inside(IJailer jailer) => Outside.StartedWith(((BubblewrapJailer)jailer).Token);
}

public sealed class DockerFixture : GuardianFixture
{
    private int _jailers;

    /// <summary>Names of this process's containers start with this.</summary>
    public static string Prefix { get; } = $"dreamer-test-{Environment.ProcessId}-";

    internal static Uri Engine => Needs.Engine.Length > 0 ? new Uri(Needs.Engine) : DockerOptions.DefaultEngine;

    public override void Need() => Needs.Docker();

    internal override async Task BreakAsync(IJailer jailer)
    {
        using var client = Client();
        foreach (var container in await ListAsync(client, ((DockerJailer)jailer).Namespace))
            HostProcesses.Kill((int)(await client.Containers.InspectContainerAsync(container.ID)).State.Pid);
    }

    internal override async Task<int> AliveAsync(IJailer jailer)
    {
        using var client = Client();
        // The engine learns of an end a little later than it happens: the kernel is asked.
        return (await ListAsync(client, ((DockerJailer)jailer).Namespace)).Count(container => HasProcesses(container.ID));
    }

    /// <summary>Whether a process of this container is alive.</summary>
    internal static bool HasProcesses(string id) => Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => name!.All(char.IsAsciiDigit))
        .Select(name => int.Parse(name!)).Any(pid => HostProcesses.IsInGroup(pid, id) && HostProcesses.IsAlive(pid));

    internal override IJailer NewJailer() => new DockerJailer(
        new DockerOptions(Needs.Image, $"{Prefix}{Interlocked.Increment(ref _jailers)}", 0, Engine), Tight);

    internal static DockerClient Client(Uri? engine = null)
    {
        using var configuration = new DockerClientConfiguration(engine ?? Engine);
        return configuration.CreateClient();
    }

    internal static Task<IList<ContainerListResponse>> ListAsync(DockerClient client, string name) => client.Containers.ListContainersAsync(
        new ContainersListParameters { All = true, Filters = new Dictionary<string, IDictionary<string, bool>> { ["name"] = new Dictionary<string, bool> { [name] = true } } });
}

[CollectionDefinition(nameof(BubblewrapFixture))]
public sealed class BubblewrapCollection : ICollectionFixture<BubblewrapFixture>;

[CollectionDefinition(nameof(DockerFixture))]
public sealed class DockerCollection : ICollectionFixture<DockerFixture>;

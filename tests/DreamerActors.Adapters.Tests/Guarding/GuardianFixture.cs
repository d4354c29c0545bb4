using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Tests.Guarding;

/// <summary>One real sandbox for all guardian tests, with tight limits so that hostile programs end soon.</summary>
public sealed class GuardianFixture : IAsyncLifetime
{
    public static readonly SandboxLimits Tight = SandboxLimits.Default with { Wall = TimeSpan.FromSeconds(4), Cpu = TimeSpan.FromSeconds(3) };

    public Sandbox Sandbox { get; } = Sandbox.Of(new BubblewrapOptions(Priority: 0), Tight, 2, TimeProvider.System);

    public Guardian Guardian => new(Sandbox, new GuardingDemands(true), TimeProvider.System);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Sandbox.DisposeAsync();

    public Task<Verdict> JudgeAsync(string code, string tests, bool strict = true, CancellationToken cancellation = default) =>
        Guardian.JudgeAsync(new Submission(code, tests, strict), cancellation);
}

[CollectionDefinition(nameof(GuardianFixture))]
public sealed class GuardianCollection : ICollectionFixture<GuardianFixture>;

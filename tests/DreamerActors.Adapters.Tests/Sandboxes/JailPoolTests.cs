using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Adapters.Tests.Guarding;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Tests.Sandboxes;

public sealed class JailPoolTests
{
    private static readonly byte[] Source = "x = 1\n"u8.ToArray();

    [SkippableFact]
    public async Task What_fails_for_a_moment_is_tried_again()
    {
        Needs.Sandbox();
        var failing = new Failing(new BubblewrapJailer(new BubblewrapOptions(Priority: 0)), new SandboxUnavailableException("not now")) { Times = 3 };
        await using var sandbox = new Sandbox(failing, GuardianFixture.Tight, 1, new HurriedTime());

        Assert.NotEmpty(await sandbox.CallAsync("findings", "inspect", Source, CancellationToken.None));
        Assert.Equal(0, failing.Times);
    }

    [SkippableFact]
    public async Task Patience_ends_and_is_not_spent_twice_until_something_starts_again()
    {
        Needs.Sandbox();
        var failing = new Failing(new BubblewrapJailer(new BubblewrapOptions(Priority: 0)), new SandboxUnavailableException("not now")) { Times = 1000 };
        await using var sandbox = new Sandbox(failing, GuardianFixture.Tight, 1, new HurriedTime());
        await Assert.ThrowsAsync<SandboxUnavailableException>(() => sandbox.CallAsync("findings", "inspect", Source, CancellationToken.None));

        failing.Times = 1;
        await Assert.ThrowsAsync<SandboxUnavailableException>(() => sandbox.CallAsync("findings", "inspect", Source, CancellationToken.None));
        Assert.NotEmpty(await sandbox.CallAsync("findings", "inspect", Source, CancellationToken.None));
    }

    [Fact]
    public async Task What_is_missing_is_said_at_once()
    {
        var failing = new Failing(new BubblewrapJailer(new BubblewrapOptions()), new SandboxUnavailableException("missing") { Remedy = "install it" }) { Times = 2 };
        await using var sandbox = new Sandbox(failing, GuardianFixture.Tight, 1, TimeProvider.System);
        await Assert.ThrowsAsync<SandboxUnavailableException>(() => sandbox.CallAsync("findings", "inspect", Source, CancellationToken.None));
        Assert.Equal(1, failing.Times);
    }

    [SkippableFact]
    public async Task Auto_takes_the_first_that_works_and_says_why_not_the_one_before()
    {
        Needs.Sandbox();
        var told = new List<string>();
        var nowhere = new DockerOptions("dreamer-sandbox:latest", "dreamer", 0, new Uri("unix:///nonexistent/docker.sock"));
        await using var sandbox = Sandbox.Of("auto", new BubblewrapOptions(Priority: 0), nowhere, GuardianFixture.Tight, 1, TimeProvider.System, told.Add);

        Assert.NotEmpty(await sandbox.CallAsync("findings", "inspect", Source, CancellationToken.None));

        Assert.Equal("bubblewrap", sandbox.Name);
        Assert.Contains("/nonexistent/docker.sock", Assert.Single(told), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task What_a_jail_said_before_it_ended_is_the_reason_however_soon_that_was()
    {
        Needs.Sandbox();
        await using var jailer = new BubblewrapJailer(new BubblewrapOptions(Priority: 0, Program: "/usr/bin/cat")); // which knows none of these options

        // Whether its end or what it said is heard first is chance.
        for (var start = 0; start < 50; start++)
        {
            var failure = await Assert.ThrowsAsync<SandboxUnavailableException>(() => Jail.StartAsync(jailer, new Delivery(), new JailOrder("trial", "", "none", CancellationToken.None), CancellationToken.None));
            Assert.Equal("the sandbox does not start: Try '/usr/bin/cat --help' for more information.", failure.Message);
        }
    }

    [Fact]
    public void An_owner_is_gone_only_where_that_can_be_known()
    {
        var owner = new Owner("machine/pid:[1]", 42, 1000);
        Assert.Equal(owner, Owner.Parse(owner.ToString()));
        Assert.Null(Owner.Parse("machine 42"));
        var here = owner with { Pid = 7, Start = 5 };
        Assert.True(owner.IsGone(here, _ => null));
        Assert.True(owner.IsGone(here, _ => 2000));
        Assert.False(owner.IsGone(here, _ => 1000));
        Assert.False(owner.IsGone(here with { Place = "another" }, _ => null));
    }

    /// <summary>A real jailer whose first starts fail.</summary>
    private sealed class Failing(IJailer jailer, SandboxUnavailableException failure) : IJailer
    {
        private int _times;

        public int Times
        {
            get => _times;
            set => _times = value;
        }

        public string Name => jailer.Name;

        public Task RequireAsync(CancellationToken cancellation) => jailer.RequireAsync(cancellation);

        public Task<string> DigestAsync(CancellationToken cancellation) => jailer.DigestAsync(cancellation);

        public Task<IJailProcess> StartAsync(JailOrder order, CancellationToken cancellation) =>
            Interlocked.Decrement(ref _times) >= 0 ? Task.FromException<IJailProcess>(failure) : StartIndeedAsync(order, cancellation);

        public Task<int> EndAllAsync(CancellationToken cancellation) => jailer.EndAllAsync(cancellation);

        public ValueTask DisposeAsync() => jailer.DisposeAsync();

        private Task<IJailProcess> StartIndeedAsync(JailOrder order, CancellationToken cancellation)
        {
            Interlocked.Increment(ref _times);
            return jailer.StartAsync(order, cancellation);
        }
    }
}

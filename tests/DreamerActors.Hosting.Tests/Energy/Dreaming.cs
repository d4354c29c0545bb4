using DreamerActors.Adapters.Energy.Activity;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Energy;
using DreamerActors.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace DreamerActors.Hosting.Tests.Energy;

/// <summary>A whole dreamer with a brain that a test holds in its hand, on a machine that is as calm as the test says.</summary>
internal sealed class Dreaming : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dreamer-waking-");

    public HeldBrain Brain { get; } = new();

    public HeldProjection Saving { get; } = new();

    public Machine Load { get; } = new();

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(50));

    public IHost Host { get; private set; } = null!;

    public IDreamEngine Engine => Host.Services.GetRequiredService<IDreamEngine>();

    public IEnergyManager Energy => Host.Services.GetRequiredService<IEnergyManager>();

    public static async Task<Dreaming> StartAsync(Action<Dreaming>? prepare = null)
    {
        var dreaming = new Dreaming();
        prepare?.Invoke(dreaming);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddSingleton<IBrain>(dreaming.Brain);
        builder.Services.AddSingleton<IKnowledgeStore>(new OneThing());
        builder.Services.AddSingleton<ILoadSensor>(dreaming.Load);
        builder.Services.AddSingleton<TimeProvider>(dreaming.Time);
        builder.Services.AddSingleton(provider =>
        {
            var sources = new ActivitySources();
            sources.Add(provider.GetRequiredService<HostActivity>());
            return sources;
        });
        builder.Services.AddSingleton<IProjection>(dreaming.Saving);
        builder.Services.AddDreamer(new DreamerSettings
        {
            EnableDreaming = true, OutputDirectory = dreaming.In("out"), MemoryRoot = dreaming.In("memory"), DataDirectory = dreaming.In("data"), Concurrency = 2, ValidationStrict = false, Sandbox = "bubblewrap", ProcessPriority = 0,
        });
        dreaming.Host = builder.Build();
        await dreaming.Host.StartAsync();
        return dreaming;
    }

    public Task<RemReport> DreamAsync(string trigger = "manual", bool untilActive = false) =>
        Engine.EnterRemPhaseAsync(new RemRequest(1, Trigger: trigger, UntilActive: untilActive), null, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        Brain.Release();
        Saving.Release();
        await Host.StopAsync();
        Host.Dispose();
        _directory.Delete(recursive: true);
    }

    private string In(string name) => Path.Combine(_directory.FullName, name);

    private sealed class OneThing : IKnowledgeStore
    {
        public Task<KnowledgeGraph> LoadAsync(CancellationToken cancellation) => Task.FromResult(new KnowledgeGraph(
            [new KnowledgeEntity("m.f", "f", "Function", "f", [], new Provenance("m.f", "m.py"), new RememberedCode("f", "", "", []))], []));

        public Task<IngestReport> IngestAsync(IReadOnlyList<string> paths, IProgress<IngestProgress>? progress, CancellationToken cancellation) => throw new NotSupportedException();
    }
}

/// <summary>A calm machine, unless a test says otherwise.</summary>
internal sealed class Machine : ILoadSensor
{
    public double Memory { get; set; } = 0.1;

    public LoadReading Read() => new() { Cpu = 0.1, Memory = Memory };
}

/// <summary>A brain that stops where a test wants it.</summary>
internal sealed class HeldBrain : IBrain
{
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary><c>weaving</c> or <c>coding</c>; anything else never.</summary>
    public string StopsAt { get; set; } = "";

    /// <summary>Whether a cancellation means nothing to it.</summary>
    public bool IsDeaf { get; set; }

    public string Code { get; set; } = "def f(x):\n    return 2 * x\n";

    /// <summary>It is where it stops.</summary>
    public Task Reached => _reached.Task;

    public string Name => "held";

    public void Release() => _release.TrySetResult();

    public async Task<Weaving> WeaveAsync(PlannedScenario planned, CancellationToken cancellation)
    {
        await HoldAsync("weaving", cancellation);
        return new Weaving.Woven(new Scenario(planned.Id, "Double", "d", "p", [],
            "from solution import f\n\ndef test_f():\n    assert f(2) == 4\n", planned.Difficulty, [], planned.Fragment.Provenance));
    }

    public async Task<Coding> CodeAsync(CodingTask task, CancellationToken cancellation)
    {
        await HoldAsync("coding", cancellation);
        return new Coding.Written(Code);
    }

    private async Task HoldAsync(string phase, CancellationToken cancellation)
    {
        if (phase != StopsAt) return;
        _reached.TrySetResult();
        await (IsDeaf ? _release.Task : _release.Task.WaitAsync(cancellation));
    }
}

/// <summary>Derived files that take as long to write as a test wants.</summary>
internal sealed class HeldProjection : IProjection
{
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _offset;

    public bool Holds { get; set; }

    public Task Reached => _reached.Task;

    public List<JournalEntry> Applied { get; } = [];

    public string Name => "held";

    public void Release() => _release.TrySetResult();

    public Task<long> LastOffsetAsync(CancellationToken cancellation) => Task.FromResult(_offset);

    public async Task ApplyAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
    {
        if (Holds && entries.Any(entry => entry.Event is Domain.Sessions.DreamCompleted))
        {
            _reached.TrySetResult();
            await _release.Task;
        }

        Applied.AddRange(entries);
        _offset = entries[^1].Offset;
    }

    public Task ResetAsync(CancellationToken cancellation) => Task.CompletedTask;
}

using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DreamerActors.Hosting.Tests.Dreaming;

/// <summary>What an embedding host can do, on a real sandbox and a real journal.</summary>
public sealed class DreamEngineTests : IAsyncLifetime
{
    private const int Entities = 6;
    private const int Many = 60; // more than are dreamt before the user acts

    private readonly string _directory = Directory.CreateTempSubdirectory("dreamer-engine-").FullName;
    private IHost? _host;

    private IDreamEngine Engine => _host!.Services.GetRequiredService<IDreamEngine>();

    private DreamerSettings Settings => new()
    {
        OutputDirectory = Path.Combine(_directory, "out"),
        MemoryRoot = Path.Combine(_directory, "memory"),
        DataDirectory = Path.Combine(_directory, "data"),
        Concurrency = 1,
        // What else this machine does must not wake what a test dreams.
        ProcessPriority = 0,
        CpuThreshold = 1,
        MemoryThreshold = 1,
    };

    public async Task InitializeAsync()
    {
        await WriteAsync(Entities);
        await StartAsync();
    }

    private async Task WriteAsync(int entities)
    {
        for (var n = 1; n <= entities; n++)
        {
            await File.WriteAllTextAsync(Path.Combine(_directory, $"part{n}.py"), $"""
                def shift{n}(x):
                    '''Adds {n} to x unless it is negative.

                    >>> shift{n}(1)
                    {1 + n}
                    >>> shift{n}(10)
                    {10 + n}
                    >>> shift{n}(-1)
                    -1
                    '''
                    if x < 0:
                        return x
                    return x + {n}

                """);
        }
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartAsync(DreamerSettings? settings = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddLogging();
        builder.Services.AddDreamer(settings ?? Settings);
        _host = builder.Build();
        await _host.StartAsync();
    }

    private async Task StopAsync()
    {
        if (_host is null) return;
        await _host.StopAsync();
        _host.Dispose();
        _host = null;
    }

    private Task LearnAsync() => _host!.Services.GetRequiredService<IKnowledgeStore>().IngestAsync([_directory], null, CancellationToken.None);

    [SkippableFact]
    public async Task Difficulty_rises_with_success_and_the_journal_tells_why()
    {
        Needs.Sandbox();
        await StopAsync();
        await StartAsync(Settings with { ScenarioComplexity = null, ValidationStrict = false });
        await LearnAsync();
        Assert.Equal(Entities, (await Engine.EnterRemPhaseAsync(new RemRequest(Entities), null, CancellationToken.None)).Successful);
        var second = await Engine.EnterRemPhaseAsync(new RemRequest(1), null, CancellationToken.None);
        var dream = Assert.Single(await _host!.Services.GetRequiredService<IJournalReader>().DreamsAsync(new DreamQuery(new SessionId(second.SessionId!)), CancellationToken.None));
        Assert.Equal("complex", dream.Difficulty);
        Assert.EndsWith("6 of the last 6 medium dreams were kept; time for more", dream.DifficultyReason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_session_is_interrupted_by_the_callers_token_and_resumed_to_its_end()
    {
        Needs.Sandbox();
        await LearnAsync();
        using var wake = new CancellationTokenSource();
        var interrupted = await Engine.EnterRemPhaseAsync(new RemRequest(Entities), new Once(progress => progress.Ended == 2, wake.Cancel), wake.Token);
        Assert.Equal(RemStatus.Interrupted, interrupted.Status);
        Assert.InRange(interrupted.Attempted, 2, Entities - 1);

        await StopAsync();
        await StartAsync();
        var resumed = await Engine.ResumeAsync(null, CancellationToken.None);

        Assert.Equal((RemStatus.Completed, Entities, interrupted.SessionId), (resumed.Status, resumed.Attempted, resumed.SessionId));
        Assert.Equal(RemStatus.NothingToResume, (await Engine.ResumeAsync(null, CancellationToken.None)).Status);
        var statistics = await Engine.GetStatisticsAsync(CancellationToken.None);
        Assert.Equal(("idle", 1, Entities, resumed.Successful), (statistics.State, statistics.Sessions, statistics.TotalDreams, statistics.SuccessfulDreams));
        Assert.Equal(resumed.Successful, Directory.GetFiles(Settings.OutputDirectory, "dream_*.py").Length);
    }

    [SkippableFact]
    public async Task A_user_who_acts_wakes_a_session_and_a_second_session_has_to_wait()
    {
        Needs.Sandbox();
        await WriteAsync(Many);
        await LearnAsync();
        var dreaming = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = Engine.EnterRemPhaseAsync(new RemRequest(Many), new Once(_ => true, dreaming.SetResult), CancellationToken.None);
        await dreaming.Task;
        Assert.Equal(RemStatus.Busy, (await Engine.EnterRemPhaseAsync(new RemRequest(1), null, CancellationToken.None)).Status);

        Engine.MarkActivity("keyboard");

        Assert.Equal(RemStatus.Interrupted, (await first).Status);
        Assert.False((await Engine.WakeUpAsync(InterruptReason.Asked, CancellationToken.None)).Interrupted);
    }

    [SkippableFact]
    public async Task What_was_deleted_is_derived_again_byte_for_byte()
    {
        Needs.Sandbox();
        await LearnAsync();
        Assert.Equal(RemStatus.Completed, (await Engine.EnterRemPhaseAsync(new RemRequest(2), null, CancellationToken.None)).Status);
        var before = Directory.GetFiles(Settings.OutputDirectory).ToDictionary(file => file, File.ReadAllBytes);
        Assert.NotEmpty(before);
        Directory.Delete(Settings.OutputDirectory, recursive: true);

        await Engine.RebuildJournalAsync(CancellationToken.None);

        Assert.Equal(before.Keys.Order(), Directory.GetFiles(Settings.OutputDirectory).Order());
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }

    [Fact]
    public async Task Without_knowledge_there_is_nothing_to_dream_about() =>
        Assert.Equal(RemStatus.NoKnowledge, (await Engine.EnterRemPhaseAsync(new RemRequest(), null, CancellationToken.None)).Status);

    /// <summary>Acts at the first step that fits.</summary>
    private sealed class Once(Func<DreamProgress, bool> fits, Action act) : IProgress<DreamProgress>
    {
        private int _done;

        public void Report(DreamProgress value)
        {
            if (fits(value) && Interlocked.Exchange(ref _done, 1) == 0) act();
        }
    }
}

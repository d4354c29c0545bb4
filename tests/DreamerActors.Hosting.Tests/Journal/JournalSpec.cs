using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Settings;
using DreamerActors.Hosting.Tests.Dreaming;

namespace DreamerActors.Hosting.Tests.Journal;

/// <summary>What a session and its files owe to the journal, whichever it is.</summary>
public abstract class JournalSpec : IAsyncLifetime
{
    protected const int Entities = 6;

    internal EmbeddedDreamer Dreamer { get; } = new();

    /// <summary>Settings with the journal under test.</summary>
    protected abstract Task<DreamerSettings> SettingsAsync();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Dreamer.DisposeAsync();

    [SkippableFact]
    public async Task A_session_is_interrupted_by_the_callers_token_and_resumed_to_its_end()
    {
        Needs.Sandbox();
        var settings = await SettingsAsync();
        await Dreamer.StartAsync(settings);
        await Dreamer.LearnAsync(Entities);
        using var wake = new CancellationTokenSource();
        var interrupted = await Dreamer.Engine.EnterRemPhaseAsync(new RemRequest(Entities), new Once(progress => progress.Ended == 2, wake.Cancel), wake.Token);
        Assert.Equal(RemStatus.Interrupted, interrupted.Status);
        Assert.InRange(interrupted.Attempted, 2, Entities - 1);

        await Dreamer.StopAsync();
        await Dreamer.StartAsync(settings);
        var resumed = await Dreamer.Engine.ResumeAsync(null, CancellationToken.None);

        Assert.Equal((RemStatus.Completed, Entities, interrupted.SessionId), (resumed.Status, resumed.Attempted, resumed.SessionId));
        Assert.Equal(RemStatus.NothingToResume, (await Dreamer.Engine.ResumeAsync(null, CancellationToken.None)).Status);
        var statistics = await Dreamer.Engine.GetStatisticsAsync(CancellationToken.None);
        Assert.Equal(("idle", 1, Entities, resumed.Successful), (statistics.State, statistics.Sessions, statistics.TotalDreams, statistics.SuccessfulDreams));
        Assert.Equal(resumed.Successful, Directory.GetFiles(settings.OutputDirectory, "dream_*.py").Length);
    }

    [SkippableFact]
    public async Task What_was_deleted_is_derived_again_byte_for_byte()
    {
        Needs.Sandbox();
        var settings = await SettingsAsync();
        await Dreamer.StartAsync(settings);
        await Dreamer.LearnAsync(Entities);
        Assert.Equal(RemStatus.Completed, (await Dreamer.Engine.EnterRemPhaseAsync(new RemRequest(2), null, CancellationToken.None)).Status);
        var before = Directory.GetFiles(settings.OutputDirectory).ToDictionary(file => file, File.ReadAllBytes);
        Assert.NotEmpty(before);
        Directory.Delete(settings.OutputDirectory, recursive: true);

        await Dreamer.Engine.RebuildJournalAsync(CancellationToken.None);

        Assert.Equal(before.Keys.Order(), Directory.GetFiles(settings.OutputDirectory).Order());
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
    }
}

/// <summary>The embedded journal.</summary>
public sealed class SqliteJournalTests : JournalSpec
{
    protected override Task<DreamerSettings> SettingsAsync() => Task.FromResult(Dreamer.Settings);
}

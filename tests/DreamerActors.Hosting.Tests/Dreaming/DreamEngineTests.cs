using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;

namespace DreamerActors.Hosting.Tests.Dreaming;

/// <summary>What an embedding host can do, on a real sandbox and a real journal.</summary>
public sealed class DreamEngineTests : IAsyncLifetime
{
    private const int Entities = 6;
    private const int Many = 60; // more than are dreamt before the user acts

    private readonly EmbeddedDreamer _dreamer = new();

    private IDreamEngine Engine => _dreamer.Engine;

    public Task InitializeAsync() => _dreamer.StartAsync();

    public async Task DisposeAsync() => await _dreamer.DisposeAsync();

    [SkippableFact]
    public async Task Difficulty_rises_with_success_and_the_journal_tells_why()
    {
        Needs.Sandbox();
        await _dreamer.StopAsync();
        await _dreamer.StartAsync(_dreamer.Settings with { ScenarioComplexity = null, ValidationStrict = false });
        await _dreamer.LearnAsync(Entities);
        Assert.Equal(Entities, (await Engine.EnterRemPhaseAsync(new RemRequest(Entities), null, CancellationToken.None)).Successful);
        var second = await Engine.EnterRemPhaseAsync(new RemRequest(1), null, CancellationToken.None);
        var dream = Assert.Single(await _dreamer.Reader.DreamsAsync(new DreamQuery(new SessionId(second.SessionId!)), CancellationToken.None));
        Assert.Equal("complex", dream.Difficulty);
        Assert.EndsWith("6 of the last 6 medium dreams were kept; time for more", dream.DifficultyReason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_user_who_acts_wakes_a_session_and_a_second_session_has_to_wait()
    {
        Needs.Sandbox();
        await _dreamer.LearnAsync(Many);
        var dreaming = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = Engine.EnterRemPhaseAsync(new RemRequest(Many), new Once(_ => true, dreaming.SetResult), CancellationToken.None);
        await dreaming.Task;
        Assert.Equal(RemStatus.Busy, (await Engine.EnterRemPhaseAsync(new RemRequest(1), null, CancellationToken.None)).Status);

        Engine.MarkActivity("keyboard");

        Assert.Equal(RemStatus.Interrupted, (await first).Status);
        Assert.False((await Engine.WakeUpAsync(InterruptReason.Asked, CancellationToken.None)).Interrupted);
    }

    [Fact]
    public async Task Without_knowledge_there_is_nothing_to_dream_about() =>
        Assert.Equal(RemStatus.NoKnowledge, (await Engine.EnterRemPhaseAsync(new RemRequest(), null, CancellationToken.None)).Status);
}

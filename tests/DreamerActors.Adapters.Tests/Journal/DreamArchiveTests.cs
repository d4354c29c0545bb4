using System.Text.Json;
using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Sessions;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Adapters.Tests.Journal;

public sealed class DreamArchiveTests : IDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly TemporaryFolder _output = new();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _data.Dispose();
        _output.Dispose();
    }

    private static DreamCompleted Certified() => Some.Dream() with
    {
        Verdict = Some.Dream().Verdict with { Certificate = Certificate.Of("code", "tests", new Circumstances("1", "docker", "sha256:1", "3.11.2", 7, true, 3, 0.5, SandboxLimits.Default)) },
        Effort = new Effort([new Attempt("def f():\n    return 2\n", Some.Rejected().Verdict)], []),
    };

    [Fact]
    public async Task A_dream_comes_back_whole_with_what_was_said_about_it_last()
    {
        var archive = new DreamArchive(new ReadModel(_data.Path));
        var (dream, refused) = (Certified(), Some.Rejected() with { Code = "def g(): ...", Scenario = Some.Scenario() });
        var entries = Some.Entries(Some.Started(), dream, refused, Some.Rejected() with { Dream = new DreamId("00000002") },
            new DreamApproved(Some.Session, Some.Night, dream.Dream, "ewa", null), new DreamDeclined(Some.Session, Some.Night, dream.Dream, "jan", "żółć"));
        await archive.ApplyAsync(entries, default);
        await archive.ApplyAsync(entries, default);

        var kept = Assert.Single(await archive.KeptAsync(default));
        Assert.Equal(JsonSerializer.Serialize(dream), JsonSerializer.Serialize(kept.Dream));
        Assert.Equal((Approval.Declined, "jan", "żółć"), (kept.Remark.Approval, kept.Remark.Actor, kept.Remark.Comment));
        Assert.Equal("00000001", Assert.Single(await archive.RejectedAsync(default)).Dream.Value);

        await archive.ApplyAsync(Some.Entries(new ApprovalUndone(Some.Session, Some.Night, dream.Dream, "jan", null)), default);
        Assert.Equal(Domain.Journal.Remark.None, (await archive.FindAsync(dream.Dream, default))!.Remark);
        await archive.ApplyAsync(Some.Entries(new SessionQuarantined(Some.Session, Some.Night, "why", [dream.Dream])), default);
        Assert.Null(await archive.FindAsync(dream.Dream, default));
        await archive.ResetAsync(default);
        Assert.Empty(await archive.RejectedAsync(default));
    }

    [Fact]
    public async Task Files_and_read_model_tell_where_a_dream_was_proven_again_and_where_not()
    {
        var (files, model) = (new DreamFiles(_output.Path, new ReadModel(_data.Path)), new ReadModel(_data.Path));
        DreamReplayed Replayed(bool proven, string image) => new(Some.Session, Some.Night, new ReplayResult(Some.Dream().Dream, proven, "docker", image, "3.13.0"));
        var entries = Some.Entries(Some.Started(), Some.Dream(), Replayed(false, "a"), Replayed(true, "b"), Replayed(true, "a"));
        await files.ApplyAsync(entries, default);
        await model.ApplyAsync(entries, default);
        var json = await File.ReadAllTextAsync(Path.Combine(_output.Path, "dream_3ad33cf3.json"));
        Assert.Equal([("b", true), ("a", true)], JsonDocument.Parse(json).RootElement.GetProperty("replays").EnumerateArray().Select(each => (each.GetProperty("image").GetString()!, each.GetProperty("proven").GetBoolean())));
        Assert.Equal(json, await new JournalReader(model).DreamAsync(Some.Dream().Dream, default));
    }

    [Fact]
    public async Task Files_and_read_model_tell_of_an_approval_and_forget_one_that_is_taken_back()
    {
        var model = new ReadModel(_data.Path);
        var files = new DreamFiles(_output.Path, model);
        var path = Path.Combine(_output.Path, "dream_3ad33cf3.json");
        await Task.WhenAll(model.ApplyAsync(Some.Entries(Some.Dream()), default), files.ApplyAsync(Some.Entries(Some.Dream()), default));
        var before = await File.ReadAllTextAsync(path);
        var approved = Some.Entries(new DreamApproved(Some.Session, Some.Night, Some.Dream().Dream, "ewa", "🌙"));
        await Task.WhenAll(model.ApplyAsync(approved, default), files.ApplyAsync(approved, default));

        var said = JsonDocument.Parse(await File.ReadAllTextAsync(path)).RootElement;
        Assert.Equal(("approved", "ewa", "🌙"), (said.GetProperty("approval").GetString(), said.GetProperty("remark").GetProperty("actor").GetString(), said.GetProperty("remark").GetProperty("comment").GetString()));
        Assert.Equal(await File.ReadAllTextAsync(path), await new JournalReader(model).DreamAsync(Some.Dream().Dream, default));
        var undone = Some.Entries(new ApprovalUndone(Some.Session, Some.Night, Some.Dream().Dream, "ewa", null));
        await Task.WhenAll(model.ApplyAsync(undone, default), files.ApplyAsync(undone, default));
        Assert.Equal(before, await File.ReadAllTextAsync(path));
    }
}

using System.Net;
using System.Text.Json;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>What a person says about a kept dream, from the command line and over the API.</summary>
[Collection(Processes.Name)]
public sealed class ApprovalTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [SkippableFact]
    public async Task A_dream_is_approved_once_survives_a_rebuild_and_is_undone()
    {
        Needs.Sandbox();
        Assert.Equal(0, (await _workspace.RunAsync("dream", "--knowledge", Repository.SmallKnowledge, "--max-scenarios", "3", "--json")).Exit);
        var file = Directory.GetFiles(_workspace.Output, "dream_*.json").Order().First();
        var id = Path.GetFileNameWithoutExtension(file)["dream_".Length..];
        JsonElement Document() => JsonDocument.Parse(File.ReadAllText(file)).RootElement;

        var approved = await _workspace.RunAsync("approve", id, "--actor", "ewa", "--comment", "żółć 🌙", "--json");
        Assert.True(approved.Exit == 0, approved.ToString());
        Assert.Equal(("approved", "żółć 🌙"), (Document().GetProperty("approval").GetString(), Document().GetProperty("remark").GetProperty("comment").GetString()));
        var again = await _workspace.RunAsync("approve", id);
        Assert.Equal(2, again.Exit);
        Assert.Contains("already approved", Assert.Single(again.ErrorLines), StringComparison.Ordinal);
        Assert.Equal(2, (await _workspace.RunAsync("decline", "00000000")).Exit);

        var before = await File.ReadAllTextAsync(file);
        File.Delete(file);
        Assert.Equal(0, (await _workspace.RunAsync("journal", "rebuild")).Exit);
        Assert.Equal(before, await File.ReadAllTextAsync(file));

        using var host = await RunningHost.StartAsync(_workspace, ("ENABLE_DREAMING", "false"));
        Assert.Equal(HttpStatusCode.Conflict, (await host.PostAsync($"/api/v1/dreams/{id}/approve")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await host.PostAsync("/api/v1/dreams/00000000/reject")).Status);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await host.PostAsync($"/api/v1/dreams/{id}/undo", new { actor = new string('x', 101) })).Status);
        Assert.Equal("pending", (await host.PostAsync($"/api/v1/dreams/{id}/undo", new { actor = "jan" }))["approval"].GetString());
        Assert.Equal("pending", Document().GetProperty("approval").GetString());
        // The command line asks the host that holds the journal.
        Assert.Equal(0, (await _workspace.RunAsync("decline", id, "--actor", "jan")).Exit);
        Assert.Equal("declined", Document().GetProperty("approval").GetString());
    }
}

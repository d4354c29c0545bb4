using System.Net;
using System.Reflection;
using DreamerActors.Host.Tests.Running;
using Microsoft.OpenApi;
using Refit;

namespace DreamerActors.Host.Tests;

/// <summary>The API as its document describes it.</summary>
[Collection(Processes.Name)]
public sealed class ApiTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task The_document_is_valid_complete_and_what_the_client_was_written_after()
    {
        using var host = await RunningHost.StartAsync(_workspace, ("ENABLE_DREAMING", "false"));
        using var text = new MemoryStream(await host.Http.GetByteArrayAsync("/openapi/v1.json"));
        var read = await OpenApiDocument.LoadAsync(text, "json");
        Assert.True(read.Diagnostic!.Errors.Count == 0 && read.Diagnostic.Warnings.Count == 0, string.Join('\n', read.Diagnostic.Errors.Concat(read.Diagnostic.Warnings)));

        var operations = read.Document!.Paths.SelectMany(path => path.Value.Operations!.Select(operation => (Route: $"{operation.Key} {path.Key}".ToLowerInvariant(), Operation: operation.Value))).ToList();
        Assert.All(operations, each => Assert.True(
            each.Operation is { OperationId.Length: > 0, Summary.Length: > 0, Tags.Count: > 0 } && each.Operation.Responses!.Any(answer => answer.Key[0] == '2' && answer.Value.Content!.Count > 0), each.Route));
        Assert.Equal(operations.Count, operations.Select(each => each.Operation.OperationId).Distinct().Count());
        var called = typeof(IDreamer).GetMethods().Select(method => method.GetCustomAttribute<HttpMethodAttribute>()).OfType<HttpMethodAttribute>();
        Assert.All(called, call => Assert.Contains(operations, each => each.Route == $"{call.Method} {call.Path}".ToLowerInvariant()));
    }

    [SkippableFact]
    public async Task A_morning_with_nothing_but_the_api()
    {
        Needs.Sandbox();
        Needs.Python("more_itertools", "python3-more-itertools");
        Assert.Equal(0, (await _workspace.RunAsync("ingest", Repository.SmallKnowledge, Repository.LargeKnowledge)).Exit);
        using var host = await RunningHost.StartAsync(_workspace, ("DREAMING_VALIDATION_STRICT", "false"));
        var dreamer = IDreamer.Of(host.Http);
        Assert.True((int)(await dreamer.KnowledgeAsync()).Stats["total_nodes"]! > 0);
        var night = (await dreamer.DreamAsync(new SessionWish(MaxScenarios: 6))).Session;
        Assert.True(night.Status == "completed" && night.DreamsSuccessful >= 4, night.ToString());

        // What came of it, page by page.
        var kept = await dreamer.DreamsAsync(status: "kept", approval: "pending");
        Assert.Equal((night.DreamsSuccessful, night.DreamsSuccessful, null), (kept.Count, kept.Total, kept.Next));
        var (paged, behind) = (new List<string>(), (string?)null);
        do
        {
            var page = await dreamer.DreamsAsync(status: "kept", behind: behind, limit: 2);
            paged.AddRange(page.Dreams.Select(dream => dream.DreamId));
            behind = page.Next;
        }
        while (behind is not null);
        Assert.Equal(kept.Dreams.Select(dream => dream.DreamId), paged);
        var library = kept.Dreams[0].Libraries[0];
        Assert.All((await dreamer.DreamsAsync(library: library)).Dreams, dream => Assert.Contains(library, dream.Libraries));
        Assert.Contains(kept.Dreams[0].DreamId, (await dreamer.DreamsAsync(text: kept.Dreams[0].Title[..5])).Dreams.Select(dream => dream.DreamId));
        Assert.Equal(night.DreamsSuccessful, (await dreamer.NightAsync()).Kept);

        // What a person says about it.
        Assert.Equal(paged[0], (string?)(await dreamer.DreamAsync(paged[0])).Dream["dream_id"]);
        Assert.StartsWith("# Dream: ", await dreamer.CodeAsync(paged[0]), StringComparison.Ordinal);
        Assert.Equal("approved", (await dreamer.ApproveAsync(paged[0])).Approval);
        Assert.Equal("approved", (await dreamer.ApproveAsync(paged[1], new Remark("ewa", "useful"))).Approval);
        var why = new Remark("ewa", "we have that already");
        Assert.Equal("declined", (await dreamer.DeclineAsync(paged[2], why)).Approval);
        Assert.Equal("declined", (await dreamer.DeclineAsync(paged[2], why)).Approval); // as often as the answer gets lost
        Assert.Equal(HttpStatusCode.Conflict, (await Assert.ThrowsAsync<ApiException>(() => dreamer.DeclineAsync(paged[2], new Remark("jan", "I say so, too")))).StatusCode);
        Assert.Equal(paged.Take(2), (await dreamer.DreamsAsync(approval: "approved")).Dreams.Select(dream => dream.DreamId));
        Assert.Contains("we have that already", (await dreamer.DreamAsync(paged[2])).Dream.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(night.DreamsSuccessful - 1, (await dreamer.LessonsAsync(tags: "dream")).Count);
        Assert.Equal(night.DreamsSuccessful - 1, (int)(await dreamer.LessonStatisticsAsync()).Stats["total_lessons"]!);

        // What is made of it.
        var dataset = await dreamer.ExportAsync(new DatasetWish("chatml", ApprovedOnly: true));
        Assert.True(dataset.Success && File.Exists(dataset.DatasetPath));
        var lines = (await dreamer.DatasetFileAsync(dataset.Files[0])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Contains(paged.Take(2), id => line.Contains(id, StringComparison.Ordinal)));

        // And then the machine is needed.
        var running = (await dreamer.BeginAsync(new SessionWish(MaxScenarios: 60))).SessionId;
        await host.SessionAsync(running, it => it.GetProperty("dreams_attempted").GetInt32() > 0);
        Assert.True((await dreamer.WakeAsync()) is { Interrupted: true, StoppedInMs: < 2000 });
        await host.SessionAsync(running, it => it.GetProperty("status").GetString() == "interrupted");
        Assert.Equal(("asked", true), ((await dreamer.SessionAsync(running)).Session is var woken ? woken.InterruptReason : null, woken.StoppedInMs < 2000));
        var newest = await dreamer.SessionsAsync(limit: 1);
        Assert.Equal((running, running), (newest.Sessions[0].SessionId, newest.Next));
        Assert.Equal(night.SessionId, Assert.Single((await dreamer.SessionsAsync(newest.Next)).Sessions).SessionId);
    }
}

using System.Net;
using System.Net.ServerSentEvents;
using DreamerActors.Host.Http.Journal;
using DreamerActors.Host.Tests.Running;
using Microsoft.Extensions.Time.Testing;

namespace DreamerActors.Host.Tests;

/// <summary>Who listens hears what happens, and nobody waits for who does not.</summary>
[Collection(Processes.Name)]
public sealed class LiveEventsTests : IDisposable
{
    private const int Deaf = 200;
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public async Task One_who_does_not_keep_up_loses_the_oldest_and_is_told_how_many()
    {
        using var listening = new LiveEvents.Listener(new FakeTimeProvider(), _ => { });
        for (var number = 0; number < 1000; number++)
            listening.Tell(new LiveEvent("N", $"{number}"));
        listening.Dispose();
        var heard = new List<LiveEvent>();
        await foreach (var told in listening.ReadAsync(TimeSpan.FromHours(1), CancellationToken.None))
            heard.Add(told!);
        Assert.Contains("\"count\":744", heard[0].Json, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(744, 256).Select(number => $"{number}"), heard.Skip(1).Select(told => told.Json));
    }

    [SkippableFact]
    public async Task Two_hundred_who_never_read_hold_up_neither_a_session_nor_who_reads()
    {
        Needs.Sandbox();
        Needs.Python("more_itertools", "python3-more-itertools");
        Assert.Equal(0, (await _workspace.RunAsync("ingest", Repository.LargeKnowledge)).Exit);
        using var host = await RunningHost.StartAsync(_workspace, ("DREAMING_CONCURRENCY", "1"));
        var address = host.Http.BaseAddress!;
        using var deaf = await DeafListeners.ConnectAsync(address, Deaf);
        using var listener = await Listener.ConnectAsync(address);
        await listener.SayAsync("nobody is interested");
        using var stream = await host.Http.GetStreamAsync("/api/v1/dreams/stream");
        await using var events = SseParser.Create(stream).EnumerateAsync().GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("listening", events.Current.EventType);

        var brief = (await host.PostAsync("/api/v1/dreams/sessions?wait=true", new { max_scenarios = 2 }))["session"];
        Assert.Equal("completed", brief.GetProperty("status").GetString());
        Assert.Equal(brief.GetProperty("session_id").GetString(), (await listener.NextAsync("DREAM_STARTED")).Data.GetProperty("session_id").GetString());
        Assert.Equal(2, (await listener.NextAsync("DREAM_SESSION")).Data.GetProperty("report").GetProperty("dreams_attempted").GetInt32());

        var session = await host.DreamAsync(20);
        await host.PostAsync("/api/v1/dreams/wake");
        Assert.Equal(session, (await listener.NextAsync("DREAM_INTERRUPTED")).Data.GetProperty("session_id").GetString());
        var types = new List<string>();
        while (types.LastOrDefault() != "DREAM_INTERRUPTED" && await events.MoveNextAsync())
            types.Add(events.Current.EventType);
        Assert.Equal(["DREAM_STARTED", "DREAM_SESSION", "DREAM_STARTED", "DREAM_INTERRUPTED"], types.Where(type => type is not ("DREAM_COMPLETED" or "DREAM_REJECTED" or "DREAM_LOST" or "LESSON_LEARNED" or "ENERGY_CHANGED" or "silence")));
        // What is kept is a lesson, and told as one right after.
        types.RemoveAll(type => type is "ENERGY_CHANGED" or "silence");
        Assert.Equal(types.Index().Where(type => type.Item == "DREAM_COMPLETED").Select(type => type.Index + 1), types.Index().Where(type => type.Item == "LESSON_LEARNED").Select(type => type.Index));

        // There is a last one, and whoever wants something else is served all the same.
        using (await DeafListeners.ConnectAsync(address, LiveEvents.MostListeners - Deaf - 2))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await Assert.ThrowsAsync<HttpRequestException>(() => Listener.ConnectAsync(address))).StatusCode);
            Assert.Equal("TOO_MANY_LISTENERS", (await host.GetAsync("/api/v1/dreams/stream")).Code);
            Assert.Equal("idle", (await host.GetAsync("/api/v1/dreams/status"))["dreams"].GetProperty("state").GetString());
        }

        await host.Running.SignalAsync("TERM");
        await listener.Reading;
        Assert.Equal(0, (await host.Running.EndAsync(TimeSpan.FromMinutes(1))).Exit);
    }

    [SkippableFact]
    public async Task Who_watches_sees_a_session_begin_and_end_and_has_seen_enough_with_ctrl_c()
    {
        Needs.Sandbox();
        Needs.Python("more_itertools", "python3-more-itertools");
        Assert.Equal(0, (await _workspace.RunAsync("ingest", Repository.LargeKnowledge)).Exit);
        using var watch = _workspace.Start(["status", "--watch"], []);
        Assert.True(await watch.PrintsAsync(line => line.Contains("does not run", StringComparison.Ordinal)));
        using var host = await RunningHost.StartAsync(_workspace, ("DREAMING_CONCURRENCY", "1"));
        Assert.True(await watch.PrintsAsync(line => line.Contains(" idle; the machine is ", StringComparison.Ordinal)));
        var session = await host.DreamAsync(80);
        Assert.True(await watch.PrintsAsync(line => line.Contains(" judged, ", StringComparison.Ordinal) && line.Contains(session, StringComparison.Ordinal)));
        await host.PostAsync("/api/v1/dreams/wake");
        Assert.True(await watch.PrintsAsync(line => line.Contains(" idle; the machine is ", StringComparison.Ordinal)));
        await watch.SignalAsync("INT");
        var ended = await watch.EndAsync(TimeSpan.FromMinutes(1));
        Assert.True(ended is { Exit: 0, Err: "" }, ended.ToString());
    }

    [Fact]
    public async Task Pages_of_other_origins_and_whoever_has_no_token_do_not_listen()
    {
        const string Token = "a-token-of-thirty-two-characters";
        using var host = await RunningHost.StartAsync(_workspace, ("ENABLE_DREAMING", "false"), ("DREAMER_API_TOKEN", Token));
        var (address, token) = (host.Http.BaseAddress!, ("X-Venom-Dreamer-Token", Token));
        async Task<HttpStatusCode?> RefusedAsync(params (string, string)[] headers) => (await Assert.ThrowsAsync<HttpRequestException>(() => Listener.ConnectAsync(address, headers))).StatusCode;
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync());
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync((token.Item1, "another-token-of-as-many-letters")));
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(token, ("Origin", "http://attacker.example")));
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(token, ("Origin", "null")));
        Assert.Equal(HttpStatusCode.BadRequest, await RefusedAsync(token, ("Host", "attacker.example")));
        Assert.Equal("TOKEN_REQUIRED", (await host.GetAsync("/api/v1/dreams/stream")).Code);
        host.Http.DefaultRequestHeaders.Add(token.Item1, token.Item2);
        Assert.Equal("UPGRADE_REQUIRED", (await host.GetAsync("/ws/events")).Code);
        using var listener = await Listener.ConnectAsync(address, token, ("Origin", address.GetLeftPart(UriPartial.Authority)));
        await host.PostAsync("/api/v1/scheduler/pause");
        await host.Running.SignalAsync("TERM");
        await listener.Reading;
    }
}

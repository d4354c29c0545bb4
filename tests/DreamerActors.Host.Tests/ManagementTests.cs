using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.RegularExpressions;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>Akka.Management's contract, route by route, over a real <c>run</c>.</summary>
[Collection(Processes.Name)]
public sealed partial class ManagementTests : IDisposable
{
    private const string Json = "application/json";
    private const string Plain = "text/plain";

    private static readonly (string, string) Writes = ("DREAMER_MANAGEMENT_WRITES", "true");

    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [SkippableFact]
    public async Task Every_route_answers_as_the_contract_says()
    {
        Needs.Sandbox();
        using var host = await RunningHost.StartAsync(_workspace, Writes);
        using var http = new HttpClient { BaseAddress = host.Management };
        foreach (var probe in new[] { "/alive", "/ready", "/health/alive", "/health/ready" })
            Assert.Equal((HttpStatusCode.OK, Plain, "OK"), await AskAsync(http, HttpMethod.Get, probe));

        var listed = JsonDocument.Parse(await OkAsync(http, "/cluster/members")).RootElement;
        var self = listed.GetProperty("selfNode").GetString()!;
        Assert.Matches(@"^akka\.tcp://DreamerActors@127\.0\.0\.1:[0-9]+$", self);
        var member = Assert.Single(listed.GetProperty("members").EnumerateArray());
        Assert.Matches(MemberBody(), member.GetRawText());
        Assert.Equal($$$"""{"selfNode":"{{{self}}}","members":[{{{member.GetRawText()}}}],"unreachable":[],"leader":"{{{self}}}","oldest":"{{{self}}}","oldestPerRole":{"dreamer":"{{{self}}}"}}""", listed.GetRawText());

        var named = self["akka.tcp://".Length..];
        foreach (var name in new[] { self, named, Uri.EscapeDataString(self), named + "/" })
            Assert.Equal(member.GetRawText(), await OkAsync(http, $"/cluster/members/{name}"));
        const string Stranger = "DreamerActors@127.0.0.1:1";
        var unknown = (HttpStatusCode.NotFound, Json, $$"""{"message":"Member [{{Stranger}}] not found"}""");
        Assert.Equal(unknown, await AskAsync(http, HttpMethod.Get, $"/cluster/members/{Stranger}"));
        Assert.Equal(unknown, await AskAsync(http, HttpMethod.Delete, $"/cluster/members/{Stranger}"));
        Assert.Equal(unknown, await AskAsync(http, HttpMethod.Put, $"/cluster/members/{Stranger}", ("operation", "Down")));
        var unsupported = (HttpStatusCode.BadRequest, Json, """{"message":"Operation not supported"}""");
        Assert.Equal(unsupported, await AskAsync(http, HttpMethod.Put, $"/cluster/members/{named}", ("operation", "Restart")));
        Assert.Equal(unsupported, await AskAsync(http, HttpMethod.Put, "/cluster", ("operation", "prepare-for-full-shutdown")));
        Assert.Equal((HttpStatusCode.BadRequest, Json, """{"message":"Request is missing required form field \u0027operation\u0027"}"""), await AskAsync(http, HttpMethod.Put, $"/cluster/members/{named}", ("x", "y")));
        Assert.Equal((HttpStatusCode.BadRequest, Json, """{"message":"Request is missing required form field \u0027address\u0027"}"""), await AskAsync(http, HttpMethod.Post, "/cluster/members", ("x", "y")));
        Assert.Equal((HttpStatusCode.InternalServerError, Json, """{"message":"[nowhere] is not an address"}"""), await AskAsync(http, HttpMethod.Post, "/cluster/members", ("address", "nowhere")));
        Assert.Equal((HttpStatusCode.OK, Json, $$"""{"message":"Joining {{self}}"}"""), await AskAsync(http, HttpMethod.Post, "/cluster/members", ("address", self)));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, Json, """{"message":"Method Not Allowed"}"""), await AskAsync(http, HttpMethod.Delete, "/cluster/shards"));

        Assert.Equal("""{"entityTypeKeys":["dream-session"]}""", await OkAsync(http, "/cluster/shards"));
        Assert.Equal("""{"regions":[],"failed":[]}""", await OkAsync(http, "/cluster/shards/dream-session"));
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((await OkAsync(http, "/cluster/shards/dream-session/stats")).StartsWith("""{"regions":{},""", StringComparison.Ordinal))
            await Task.Delay(50, patience.Token); // a region that has just started is not known at once
        Assert.Equal($$$"""{"regions":{"{{{self}}}":{"shards":[],"failed":[]}},"totalEntities":0,"totalShards":0}""", await OkAsync(http, "/cluster/shards/dream-session/stats"));
        foreach (var path in new[] { "/cluster/shards/x", "/cluster/shards/x/stats" })
            Assert.Equal((HttpStatusCode.NotFound, Json, """{"message":"Shard Region x is not started"}"""), await AskAsync(http, HttpMethod.Get, path));

        var address = $$"""{"Host":"127.0.0.1","Port":{{self.Split(':')[^1]}},"System":"DreamerActors","Protocol":"akka.tcp","HasLocalScope":false,"HasGlobalScope":true}""";
        var uid = member.GetProperty("nodeUid").GetString();
        Assert.Equal($$"""{"SelfNode":{{address}},"Nodes":[{"Node":{{address}},"NodeUid":{{uid}},"Status":1,"Roles":["dreamer"]}]}""", await OkAsync(http, "/bootstrap/seed-nodes"));
        Assert.Equal($$"""{"Address":"{{self}}"}""", await OkAsync(http, "/remote/address"));

        var uids = $$"""{"member":{"uniqueAddress":{"address":"{{self}}","longUid":{{uid}}},"status":"Up","roles":["dreamer"],"dataCenter":"default"},"type":"MemberUp"}""";
        var leader = ("LeaderChanged", $$"""{"address":"{{self}}","type":"LeaderChanged"}""");
        Assert.Equal([("MemberUp", uids), leader, ("RoleLeaderChanged", $$"""{"role":"dreamer","address":"{{self}}","type":"RoleLeaderChanged"}""")],
            (await HearAsync(http, "/cluster/domain-events", 3)).OrderBy(told => told.Type, StringComparer.Ordinal).OrderBy(told => told.Type != "MemberUp"));
        Assert.Equal([("MemberUp", uids)], await HearAsync(http, "/cluster/domain-events?type=MemberEvent", 1));
        Assert.Equal([leader], await HearAsync(http, "/cluster/domain-events?type=ReachableMember&type=LeaderChanged", 1));
        Assert.Equal(HttpStatusCode.BadRequest, (await http.GetAsync("/cluster/domain-events?type=Earthquake")).StatusCode);

        using var foreign = new HttpRequestMessage(HttpMethod.Delete, $"/cluster/members/{named}") { Headers = { { "Origin", "http://attacker.example" } } };
        Assert.Equal(HttpStatusCode.Forbidden, (await http.SendAsync(foreign)).StatusCode);
        using var rebound = new HttpRequestMessage(HttpMethod.Get, "/cluster/members") { Headers = { Host = "attacker.example" } };
        Assert.Equal(HttpStatusCode.BadRequest, (await http.SendAsync(rebound)).StatusCode);
    }

    [SkippableFact]
    public async Task Whoever_leaves_gives_up_its_dreams_first()
    {
        Needs.Sandbox();
        Needs.Python("more_itertools", "python3-more-itertools");
        Assert.Equal(0, (await _workspace.RunAsync("ingest", Repository.LargeKnowledge)).Exit);
        using var host = await RunningHost.StartAsync(_workspace, Writes, ("DREAMING_CONCURRENCY", "1"));
        using var http = new HttpClient { BaseAddress = host.Management };
        var session = await host.DreamAsync(20);
        var shards = JsonDocument.Parse(await OkAsync(http, "/cluster/shards/dream-session")).RootElement.GetProperty("regions");
        Assert.Equal(1, Assert.Single(shards.EnumerateArray()).GetProperty("numEntities").GetInt32());
        var self = JsonDocument.Parse(await OkAsync(http, "/cluster/members")).RootElement.GetProperty("selfNode").GetString()!;
        var listening = new TaskCompletionSource();
        var heard = HearAsync(http, "/cluster/domain-events?type=MemberEvent", 3, listening);
        await listening.Task.WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal((HttpStatusCode.OK, Json, $$"""{"message":"Leaving {{self}}"}"""), await AskAsync(http, HttpMethod.Delete, $"/cluster/members/{self}"));
        Assert.Equal((HttpStatusCode.OK, Json, $$"""{"message":"Leaving {{self}}"}"""), await AskAsync(http, HttpMethod.Put, $"/cluster/members/{self}", ("operation", "leave")));

        Assert.Equal(["MemberUp", "MemberLeft", "MemberExited"], (await heard).Select(told => told.Type));
        var ran = await host.Running.EndAsync(TimeSpan.FromMinutes(1));
        Assert.True(ran.Exit == 0, ran.ToString());
        var listed = Assert.Single((await _workspace.RunAsync("journal", "list", "--json")).Json.EnumerateArray());
        Assert.Equal((session, "interrupted"), (listed.GetProperty("session_id").GetString(), listed.GetProperty("status").GetString()));
    }

    [SkippableFact]
    public async Task It_is_not_ready_without_its_sandbox_and_beyond_loopback_it_asks_for_the_token()
    {
        Needs.Sandbox();
        const string Token = "a-token-of-thirty-two-characters";
        using var host = await RunningHost.StartAsync(_workspace, ("DREAMING_SANDBOX", "docker"), ("DREAMING_SANDBOX_IMAGE", "no-such-image:1"), ("DREAMER_MANAGEMENT", "http://0.0.0.0:0"), ("DREAMER_API_TOKEN", Token));
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{host.Management.Port}") };
        Assert.Equal((HttpStatusCode.InternalServerError, Plain, "Not Healthy: sandbox"), await AskAsync(http, HttpMethod.Get, "/ready"));
        Assert.Equal((HttpStatusCode.OK, Plain, "OK"), await AskAsync(http, HttpMethod.Get, "/alive"));
        string[] guarded = ["/cluster/members", "/cluster/domain-events", "/cluster/shards", "/bootstrap/seed-nodes", "/remote/address", "/metrics"];
        foreach (var path in guarded)
            Assert.Equal((path, HttpStatusCode.Unauthorized), (path, (await http.GetAsync(path)).StatusCode));
        http.DefaultRequestHeaders.Add("Authorization", $"Bearer {Token}");
        foreach (var path in guarded)
            Assert.Equal((path, HttpStatusCode.OK), (path, (await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead)).StatusCode));

        var (method, _, refusal) = await AskAsync(http, HttpMethod.Post, "/cluster/members", ("address", "akka.tcp://DreamerActors@127.0.0.1:1"));
        Assert.Equal((HttpStatusCode.MethodNotAllowed, """{"message":"Method Not Allowed: DREAMER_MANAGEMENT_WRITES=true allows it"}"""), (method, refusal));
        foreach (var verb in new[] { HttpMethod.Put, HttpMethod.Delete })
            Assert.Equal(HttpStatusCode.MethodNotAllowed, (await AskAsync(http, verb, "/cluster/members/DreamerActors@127.0.0.1:1", ("operation", "Down"))).Status);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await AskAsync(http, HttpMethod.Put, "/cluster", ("operation", "prepare-for-full-shutdown"))).Status);

        var refused = await _workspace.RunAsync(["run"], [("DREAMER_MANAGEMENT", "http://0.0.0.0:8558"), ("DREAMER_DATA", "elsewhere")]);
        Assert.True(refused.Exit == 2 && refused.ErrorLines.Single().Contains("DREAMER_API_TOKEN", StringComparison.Ordinal), refused.ToString());
    }

    private static async Task<string> OkAsync(HttpClient http, string path)
    {
        var (status, type, body) = await AskAsync(http, HttpMethod.Get, path);
        Assert.True((status, type) == (HttpStatusCode.OK, Json), $"{path}: {status} {type} {body}");
        return body;
    }

    /// <summary>The first events of a stream; <paramref name="listening"/> ends with the first.</summary>
    internal static async Task<List<(string Type, string Data)>> HearAsync(HttpClient http, string path, int count, TaskCompletionSource? listening = null)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var response = await http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, patience.Token);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var heard = new List<(string, string)>();
        await foreach (var told in SseParser.Create(await response.Content.ReadAsStreamAsync(patience.Token)).EnumerateAsync(patience.Token))
        {
            heard.Add((told.EventType, told.Data));
            listening?.TrySetResult();
            if (heard.Count == count) break;
        }

        return heard;
    }

    internal static async Task<(HttpStatusCode Status, string? Type, string Body)> AskAsync(HttpClient http, HttpMethod method, string path, params (string Name, string Value)[] form)
    {
        using var request = new HttpRequestMessage(method, path);
        if (form.Length > 0)
            request.Content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var response = await http.SendAsync(request);
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync());
    }

    [GeneratedRegex("""^\{"node":"akka\.tcp://DreamerActors@127\.0\.0\.1:[0-9]+","nodeUid":"-?[0-9]+","status":"Up","roles":\["dreamer"\]\}$""")]
    private static partial Regex MemberBody();
}

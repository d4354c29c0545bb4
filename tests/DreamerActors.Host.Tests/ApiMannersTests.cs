using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>What the API does for programs that ask again, too often, or for what is none of their business.</summary>
[Collection(Processes.Name)]
public sealed class ApiMannersTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [SkippableFact]
    public async Task A_session_begins_once_however_often_its_request_is_sent_and_what_did_not_change_is_not_sent_again()
    {
        Needs.Sandbox();
        Assert.Equal(0, (await _workspace.RunAsync("ingest", Repository.SmallKnowledge)).Exit);
        var wish = new SessionWish(MaxScenarios: 2);
        string session;
        using (var host = await RunningHost.StartAsync(_workspace))
        {
            var dreamer = IDreamer.Of(host.Http);
            var begun = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => dreamer.BeginAsync(wish, "one-and-the-same")));
            session = Assert.Single(begun.Select(answer => answer.SessionId).Distinct());
            await host.SessionAsync(session, it => it.GetProperty("status").GetString() == "completed");
            Assert.Equal(session, (await dreamer.BeginAsync(wish, "one-and-the-same")).SessionId);
            Assert.Equal(1, (await dreamer.SessionsAsync()).Count);
            using (var unnamed = new HttpRequestMessage(HttpMethod.Post, "/api/v1/dreams/sessions") { Headers = { { "Idempotency-Key", new string('k', 201) } } })
                Assert.Equal(HttpStatusCode.UnprocessableEntity, (await host.SendAsync(unnamed)).Status);

            var dream = (await dreamer.DreamsAsync(status: "kept")).Dreams[0].DreamId;
            foreach (var path in new[] { "/api/v1/dreams?status=kept", $"/api/v1/dreams/{dream}", $"/api/v1/dreams/sessions/{session}", "/api/v1/lessons" })
            {
                using var first = await host.Http.GetAsync(path);
                var (status, body) = await AgainAsync(host.Http, path, first.Headers.ETag!.ToString());
                Assert.Equal((HttpStatusCode.NotModified, ""), (status, body));
                Assert.Equal(HttpStatusCode.OK, (await AgainAsync(host.Http, path, "\"another\"")).Status);
            }

            Assert.Equal("proven", (await host.PostAsync($"/api/v1/dreams/{dream}/replay"))["result"].GetString());
            Assert.Equal(HttpStatusCode.NotFound, (await host.PostAsync("/api/v1/dreams/00000000/replay")).Status);
            Assert.True((await host.PostAsync("/api/v1/dreams/knowledge/reload"))["stats"].GetProperty("total_nodes").GetInt32() > 0);

            using var before = await host.Http.GetAsync($"/api/v1/dreams/{dream}");
            await dreamer.ApproveAsync(dream);
            Assert.Equal(HttpStatusCode.OK, (await AgainAsync(host.Http, $"/api/v1/dreams/{dream}", before.Headers.ETag!.ToString())).Status);
        }

        using var again = await RunningHost.StartAsync(_workspace);
        Assert.Equal(session, (await IDreamer.Of(again.Http).BeginAsync(wish, "one-and-the-same")).SessionId);
        Assert.Equal("idle", (await again.GetAsync("/api/v1/dreams/status"))["dreams"].GetProperty("state").GetString());
    }

    [Fact]
    public async Task Who_asks_too_often_is_told_to_wait_and_may_still_wake_it()
    {
        using var host = await RunningHost.StartAsync(_workspace, ("ENABLE_DREAMING", "false"), ("DREAMER_HTTP_RATE", "1"));
        HttpResponseMessage answer;
        var asked = 0;
        do
        {
            answer = await host.Http.GetAsync("/api/v1/scheduler/jobs");
            asked++;
        }
        while (answer.StatusCode == HttpStatusCode.OK && asked < 1000);
        Assert.True(asked > 10, $"{asked}");
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("rate_limit_exceeded", answer.Headers.RetryAfter!.Delta!.Value.TotalSeconds), (body.GetProperty("error").GetString(), body.GetProperty("retry_after_seconds").GetDouble()));
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/api/v1/dreams/wake")).Status);
            Assert.Equal(HttpStatusCode.OK, (await host.PostAsync("/api/v1/dreams/activity")).Status);
        }
    }

    [Theory]
    [InlineData("""{"cpu_threshold": 55, "may_dream_on_battery": true}""", HttpStatusCode.OK, 55, true)]
    [InlineData("""{"memory_threshold": 0}""", HttpStatusCode.UnprocessableEntity, 100, false)]
    [InlineData("""{"temperature_threshold": 121}""", HttpStatusCode.UnprocessableEntity, 100, false)]
    public async Task Limits_can_be_changed_within_their_ranges(string change, HttpStatusCode status, double cpu, bool onBattery)
    {
        using var host = await RunningHost.StartAsync(_workspace, ("ENABLE_DREAMING", "false"));
        using var request = new HttpRequestMessage(HttpMethod.Patch, "/api/v1/dreams/energy") { Content = new StringContent(change, null, "application/json") };
        Assert.Equal(status, (await host.SendAsync(request)).Status);
        var energy = (await host.GetAsync("/api/v1/dreams/energy"))["energy"];
        Assert.Equal((cpu, onBattery), (energy.GetProperty("cpu_threshold").GetDouble(), energy.GetProperty("may_dream_on_battery").GetBoolean()));
    }

    [Fact]
    public async Task No_name_in_a_path_leads_out_of_its_folder()
    {
        _workspace.Write("data/secret.json", "a secret");
        _workspace.Write("data/secret.py", "a secret");
        _workspace.Write("data/training/card_1.json", "no secret");
        using var host = await RunningHost.StartAsync(_workspace, ("ENABLE_DREAMING", "false"));
        Assert.Equal("no secret", await host.Http.GetStringAsync("/api/v1/dreams/dataset/card_1.json"));
        foreach (var name in new[] { "../secret", "..%2fsecret", "..%252fsecret", "%2e%2e/secret", "%2e%2e%2fsecret", "..\\secret", "..%5csecret", "%00../secret", "card_1.json%2f..%2f..%2fsecret", _workspace.Path + "/data/secret" })
        {
            foreach (var path in new[] { $"/api/v1/dreams/dataset/{name}.json", $"/api/v1/dreams/{name}.py", $"/api/v1/dreams/{name}/code", $"/api/v1/dreams/sessions/{name}.json", $"/openapi/{name}.json" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Http.BaseAddress!.GetLeftPart(UriPartial.Authority) + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
                using var answer = await host.Http.SendAsync(request);
                Assert.True(answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{path}: {answer.StatusCode}");
                Assert.DoesNotContain("a secret", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
        }
    }

    private static async Task<(HttpStatusCode Status, string Body)> AgainAsync(HttpClient http, string path, string known)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("If-None-Match", known);
        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}

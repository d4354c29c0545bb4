using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DreamerActors.Host.Tests.Running;

/// <summary>An answer of the API.</summary>
internal sealed record Answer(HttpStatusCode Status, JsonElement Body)
{
    public string? Code => Body.GetProperty("detail").GetProperty("reason_code").GetString();

    public JsonElement this[string name] => Body.GetProperty(name);

    public override string ToString() => $"{Status} {Body}";
}

/// <summary>A real <c>run</c> with a client for its API.</summary>
internal sealed partial class RunningHost : IDisposable
{
    private RunningHost(Running running, string address)
    {
        Running = running;
        Http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(2) };
    }

    public Running Running { get; }

    /// <summary>Where its cluster is managed.</summary>
    public required Uri Management { get; init; }

    public HttpClient Http { get; }

    public static async Task<RunningHost> StartAsync(Workspace workspace, params (string Key, string Value)[] environment)
    {
        var running = workspace.Start(["run"], [("DREAMER_HTTP", "http://127.0.0.1:0"), ("DREAMER_MANAGEMENT", "http://127.0.0.1:0"), ("ENABLE_DREAMING", "true"), .. environment]);
        var (address, management) = ("", "http://127.0.0.1");
        bool Tells(string line)
        {
            if (Address().Match(line) is not { Success: true, Value: var told }) return false;
            if (line.StartsWith("Its cluster", StringComparison.Ordinal)) management = told;
            else address = told;
            return address.Length > 0;
        }

        if (await running.SaysAsync(Tells))
            return new RunningHost(running, address) { Management = new Uri(management) };
        throw new InvalidOperationException((await running.EndAsync(TimeSpan.FromMinutes(1))).ToString());
    }

    public Task<Answer> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<Answer> PostAsync(string path, object? body = null) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) });

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Begins a session and waits until it has judged something.</summary>
    public async Task<string> DreamAsync(int scenarios, bool untilActive = false)
    {
        var begun = await PostAsync("/api/v1/dreams/sessions", new { max_scenarios = scenarios, until_active = untilActive });
        Assert.True(begun.Status == HttpStatusCode.Accepted, begun.ToString());
        var id = begun["session_id"].GetString()!;
        await SessionAsync(id, session => session.GetProperty("dreams_attempted").GetInt32() > 0);
        return id;
    }

    /// <summary>Waits until a session is as wanted.</summary>
    public async Task<JsonElement> SessionAsync(string id, Func<JsonElement, bool> wanted)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            var answer = await GetAsync($"/api/v1/dreams/sessions/{id}");
            if (answer.Status == HttpStatusCode.OK && wanted(answer["session"]))
                return answer["session"];
            await Task.Delay(50, patience.Token); // the journal tells over a question only
        }
    }

    public void Dispose()
    {
        Http.Dispose();
        Running.Dispose();
    }

    [GeneratedRegex(@"http://(127\.0\.0\.1|0\.0\.0\.0):[1-9][0-9]*")]
    private static partial Regex Address();
}

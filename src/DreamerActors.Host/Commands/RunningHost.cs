using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Settings;

namespace DreamerActors.Host.Commands;

/// <summary>The <c>run</c> that holds this data directory, asked over its API.</summary>
internal sealed class RunningHost : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http;

    private RunningHost(int processId, string address, string? token)
    {
        ProcessId = processId;
        Address = address;
        _http = new HttpClient { BaseAddress = FromHere(new Uri(address)), Timeout = AnswerLimit };
        if (token is not null)
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
    }

    public int ProcessId { get; }

    public string Address { get; }

    /// <summary>The host that runs now, or null.</summary>
    public static RunningHost? Find(DreamerSettings settings) =>
        EngineLock.Find(settings.DataDirectory) is { Address: { } address } holder ? new RunningHost(holder.ProcessId, address, settings.ApiToken) : null;

    public void Dispose() => _http.Dispose();

    /// <exception cref="IOException">It does not answer, or refuses; the message says why.</exception>
    public Task<JsonObject> GetAsync(string path, CancellationToken cancellation) => AskAsync(HttpMethod.Get, path, null, cancellation);

    /// <exception cref="IOException">It does not answer, or refuses; the message says why.</exception>
    public Task<JsonObject> PostAsync(string path, CancellationToken cancellation, JsonObject? body = null) => AskAsync(HttpMethod.Post, path, body, cancellation);

    /// <summary>Who listens at all addresses of this machine is asked at its own.</summary>
    private static Uri FromHere(Uri address) => IPAddress.TryParse(address.Host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
        ? new UriBuilder(address) { Host = IPAddress.Loopback.ToString() }.Uri
        : address;

    private async Task<JsonObject> AskAsync(HttpMethod method, string path, JsonObject? wish, CancellationToken cancellation)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = wish is null ? null : JsonContent.Create(wish) };
            using var response = await _http.SendAsync(request, cancellation);
            var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellation)) as JsonObject;
            if (response.IsSuccessStatusCode && body is not null)
                return body;
            throw new IOException($"the dreamer at {Address} refuses: {(body?["detail"] as JsonObject)?["message"] ?? response.ReasonPhrase}");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            throw new IOException($"the dreamer at {Address} (process {ProcessId}) does not answer: {e.Message}", e);
        }
    }
}

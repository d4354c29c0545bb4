using System.Net.WebSockets;
using System.Text.Json;

namespace DreamerActors.Adapters.Energy.Activity;

/// <summary>An assistant that is being used: tasks in its queue, and what it tells on its event socket about tasks and agents at work.</summary>
public sealed class AssistantActivity(Uri endpoint, TimeProvider time) : WatchedActivity("assistant", TimeSpan.FromSeconds(2), time)
{
    private const int LargestEvent = 1 << 20;
    private readonly HttpClient _http = new() { BaseAddress = endpoint, Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = LargestEvent };
    private readonly TimeProvider _time = time;
    private Task _listening = Task.CompletedTask;

    /// <inheritdoc/>
    protected override async Task<DateTimeOffset?> AskAsync(CancellationToken cancellation)
    {
        if (_listening.IsCompleted) _listening = ListenAsync(cancellation);
        using var answer = JsonDocument.Parse(await _http.GetStringAsync("api/v1/queue/status", cancellation));
        return answer.RootElement.TryGetProperty("active", out var active) && active.TryGetInt32(out var tasks) && tasks > 0 ? _time.GetUtcNow() : null;
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        try
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(new UriBuilder(new Uri(_http.BaseAddress!, "ws/events")) { Scheme = _http.BaseAddress!.Scheme == "https" ? "wss" : "ws" }.Uri, cancellation);
            var buffer = new byte[LargestEvent];
            while (await ReceiveAsync(socket, buffer, cancellation) is { } length)
            {
                if (IsUse(buffer.AsMemory(0, length))) Saw();
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException or IOException)
        {
            // The queue is asked anyway; the next question connects again.
        }
    }

    /// <summary>One whole message; null at the end, or when it is larger than any event.</summary>
    private static async Task<int?> ReceiveAsync(ClientWebSocket socket, byte[] buffer, CancellationToken cancellation)
    {
        for (var length = 0; length < buffer.Length;)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellation);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (part.EndOfMessage) return length;
        }

        return null;
    }

    /// <summary>Tasks that begin and agents at work are the user's doing; what the dreamer itself has told is not.</summary>
    internal static bool IsUse(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var document = JsonDocument.Parse(message);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String
                && type.GetString() is { } name && (name is "TASK_CREATED" or "TASK_STARTED" || name.StartsWith("AGENT_", StringComparison.Ordinal));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

using System.Net.ServerSentEvents;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace DreamerActors.Host.Http.Journal;

/// <summary>What happens, as it happens: over a WebSocket, or as server-sent events.</summary>
internal static class LiveEventsApi
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SendLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(1);

    /// <summary>A client that does not answer for twice a silence is gone.</summary>
    public static WebSocketOptions Options { get; } = new() { KeepAliveInterval = Silence, KeepAliveTimeout = Silence };

    public static void MapLiveEvents(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ws/events", SocketAsync).ExcludeFromDescription();
        routes.MapGet("/api/v1/dreams/stream", IResult (LiveEvents events, CancellationToken cancellation) => TypedResults.ServerSentEvents(StreamAsync(events.Listen(), cancellation)))
            .WithName("Stream").WithSummary("What happens, as it happens.").WithTags("journal").Produces<string>(StatusCodes.Status200OK, "text/event-stream");
    }

    private static async IAsyncEnumerable<SseItem<string>> StreamAsync(LiveEvents.Listener listening, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using (listening)
        {
            // At once, so that the client knows that it hears everything from now on.
            yield return new SseItem<string>("", "listening");
            await foreach (var told in listening.ReadAsync(Silence, cancellation))
                yield return told is null ? new SseItem<string>("", "silence") : new SseItem<string>(told.Json, told.Type);
        }
    }

    private static async Task SocketAsync(HttpContext context, LiveEvents events)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            throw new ApiException(StatusCodes.Status426UpgradeRequired, "UPGRADE_REQUIRED", "this is a WebSocket; server-sent events are at /api/v1/dreams/stream");
        using var listening = events.Listen();
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var closing = ReadToTheEndAsync(socket, listening, context.RequestAborted);
        try
        {
            await foreach (var told in listening.ReadAsync(Silence, context.RequestAborted))
            {
                if (told is not null)
                    await SendAsync(socket, told.Json, context.RequestAborted);
            }

            using var patience = new CancellationTokenSource(CloseLimit);
            await socket.CloseOutputAsync(socket.CloseStatus ?? WebSocketCloseStatus.EndpointUnavailable, null, patience.Token);
            await closing.WaitAsync(patience.Token);
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException)
        {
            socket.Abort(); // It does not listen any more; what it missed stands in the journal.
        }

        await closing;
    }

    private static async Task SendAsync(WebSocket socket, string json, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(SendLimit);
        await socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
    }

    /// <summary>Whatever the client says is of no interest, but that it ends is.</summary>
    private static async Task ReadToTheEndAsync(WebSocket socket, LiveEvents.Listener listening, CancellationToken cancellation)
    {
        var ignored = new byte[512];
        try
        {
            while ((await socket.ReceiveAsync(ignored, cancellation)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or WebSocketException)
        {
            socket.Abort();
        }
        finally
        {
            listening.Dispose();
        }
    }
}

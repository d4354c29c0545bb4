using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace DreamerActors.Tests;

/// <summary>A message as it came in.</summary>
internal sealed record Heard(JsonElement Body, DateTimeOffset At)
{
    public string Type => Body.GetProperty("type").GetString()!;

    public JsonElement Data => Body.GetProperty("data");
}

/// <summary>Reads a dreamer's events from its WebSocket.</summary>
internal sealed class Listener : IDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly Channel<Heard> _heard = Channel.CreateUnbounded<Heard>();

    /// <summary>Ends when the other side ends it.</summary>
    public Task Reading { get; private set; } = Task.CompletedTask;

    public static async Task<Listener> ConnectAsync(Uri dreamer, params (string Name, string Value)[] headers)
    {
        var listener = new Listener();
        foreach (var (name, value) in headers)
            listener._socket.Options.SetRequestHeader(name, value);
        listener._socket.Options.CollectHttpResponseDetails = true;
        try
        {
            await listener._socket.ConnectAsync(new UriBuilder(dreamer) { Scheme = "ws", Path = "/ws/events" }.Uri, CancellationToken.None);
        }
        catch (WebSocketException refused)
        {
            throw new HttpRequestException(refused.Message, refused, listener._socket.HttpStatusCode);
        }

        listener.Reading = listener.ReadAsync();
        return listener;
    }

    /// <summary>The next message of a type; what comes before it is forgotten.</summary>
    public async Task<Heard> NextAsync(params string[] types)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (true)
        {
            if (await _heard.Reader.ReadAsync(patience.Token) is var heard && types.Contains(heard.Type))
                return heard;
        }
    }

    /// <summary>Something that the other side is not interested in.</summary>
    public Task SayAsync(string text) => _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync()
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult got;
                do
                {
                    got = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                    length += got.Count;
                }
                while (!got.EndOfMessage);
                if (got.MessageType == WebSocketMessageType.Close)
                    return;
                _heard.Writer.TryWrite(new Heard(JsonDocument.Parse(buffer.AsMemory(0, length)).RootElement.Clone(), DateTimeOffset.UtcNow));
            }
        }
        finally
        {
            _heard.Writer.Complete();
        }
    }
}

/// <summary>Clients that ask for events, over WebSockets and as server-sent events, and then never read any.</summary>
internal sealed class DeafListeners : IDisposable
{
    private readonly List<Socket> _sockets = [];

    public static async Task<DeafListeners> ConnectAsync(Uri dreamer, int count)
    {
        var deaf = new DeafListeners();
        for (var i = 0; i < count; i++)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1024 };
            deaf._sockets.Add(socket);
            await socket.ConnectAsync(dreamer.Host, dreamer.Port);
            var wish = i % 2 == 0
                ? "GET /ws/events HTTP/1.1\r\nHost: {0}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
                : "GET /api/v1/dreams/stream HTTP/1.1\r\nHost: {0}\r\n\r\n";
            await socket.SendAsync(Encoding.ASCII.GetBytes(wish.Replace("{0}", dreamer.Authority, StringComparison.Ordinal)));
            var head = new byte[12];
            for (var read = 0; read < head.Length;)
                read += await socket.ReceiveAsync(head.AsMemory(read));
            if (Encoding.ASCII.GetString(head) is not ("HTTP/1.1 101" or "HTTP/1.1 200") and var refused)
                throw new InvalidOperationException($"client {i}: {refused}");
        }

        return deaf;
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}

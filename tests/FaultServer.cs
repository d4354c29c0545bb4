using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace DreamerActors.Tests;

/// <summary>An HTTP server on loopback that misbehaves on demand, for what a real one does not do when asked: silence, drips, cuts, floods, refusals.</summary>
internal sealed class FaultServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Func<Exchange, Task>> _plays;
    private readonly Func<Exchange, Task> _last;
    private readonly Task _accepting;
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="plays">What it does to the first request, the second, …; the last one is repeated.</param>
    public FaultServer(params Func<Exchange, Task>[] plays)
    {
        (_plays, _last) = (new ConcurrentQueue<Func<Exchange, Task>>(plays), plays[^1]);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Endpoint => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/v1");

    /// <summary>The bodies of all requests so far.</summary>
    public ConcurrentQueue<JsonElement> Requests { get; } = [];

    public int MostAtOnce { get; private set; }

    /// <summary>Ends when the first request is there.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Ends when the server has seen the client close its connection.</summary>
    public Task ClientLeft => _left.Task;

    private int _now;

    public static Func<Exchange, Task> Answers(string text, string finish = "stop") => async exchange =>
    {
        await exchange.BeginAsync();
        await exchange.ChunkAsync(text);
        await exchange.EndAsync(finish);
    };

    public static Func<Exchange, Task> Refuses(int status, string message, string headers = "") => exchange =>
    {
        var body = JsonSerializer.Serialize(new { error = new { message, type = "error" } });
        return exchange.SendAsync($"HTTP/1.1 {status} Refused\r\nContent-Type: application/json\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}");
    };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The test is over, and the listener has been stopped.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            try
            {
                var request = await ReadRequestAsync(stream);
                Requests.Enqueue(request);
                MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _now));
                _asked.TrySetResult();
                var gone = WatchAsync(stream);
                await (_plays.TryDequeue(out var play) ? play : _last)(new Exchange(request, stream, gone, _stop.Token));
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
            {
                _left.TrySetResult();
            }

            Interlocked.Decrement(ref _now);
        }
    }

    private async Task WatchAsync(NetworkStream stream)
    {
        var buffer = new byte[1];
        try
        {
            while (await stream.ReadAsync(buffer, _stop.Token) > 0)
            {
                // A client that pipelines does not leave.
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Reset, or the test is over.
        }

        _left.TrySetResult();
    }

    private static async Task<JsonElement> ReadRequestAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var letter = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(letter);
            head.Append((char)letter[0]);
        }

        var length = head.ToString().Split("\r\n").First(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase)).Split(':')[1];
        var body = new byte[int.Parse(length, System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body);
        return JsonDocument.Parse(body).RootElement;
    }

    /// <summary>One request being answered.</summary>
    public sealed record Exchange(JsonElement Request, NetworkStream Stream, Task ClientGone, CancellationToken Stop)
    {
        public string Model => Request.GetProperty("model").GetString()!;

        public async Task SendAsync(string text)
        {
            await Stream.WriteAsync(Encoding.UTF8.GetBytes(text), Stop);
            await Stream.FlushAsync(Stop);
        }

        public Task BeginAsync() => SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n");

        public Task ChunkAsync(string text) => EventAsync(new { content = text }, null, null);

        public async Task EndAsync(string finish = "stop")
        {
            await EventAsync(new { }, finish, new { prompt_tokens = 11, completion_tokens = 7, total_tokens = 18 });
            await SendAsync("data: [DONE]\n\n");
        }

        private Task EventAsync(object delta, string? finish, object? usage) => SendAsync("data: " + JsonSerializer.Serialize(new
        {
            id = "x", @object = "chat.completion.chunk", created = 1, model = "m", choices = new[] { new { index = 0, delta, finish_reason = finish } }, usage,
        }) + "\n\n");
    }
}

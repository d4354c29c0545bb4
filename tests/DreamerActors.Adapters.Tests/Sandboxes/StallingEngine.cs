using System.Net.Sockets;
using System.Text;

namespace DreamerActors.Adapters.Tests.Sandboxes;

/// <summary>The way to a real engine which, of an answer that tells about one container, lets through no more than the head: as if the engine were stopped just then, a moment that cannot be met from outside.</summary>
internal sealed class StallingEngine : IDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private readonly string _folder = Directory.CreateTempSubdirectory("dreamer-way-").FullName;
    private readonly UnixDomainSocketEndPoint _engine;
    private readonly Socket _listener = NewSocket();
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StallingEngine(Uri engine)
    {
        _engine = new UnixDomainSocketEndPoint(engine.AbsolutePath);
        _listener.Bind(new UnixDomainSocketEndPoint(Address.AbsolutePath));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public Uri Address => new($"unix://{_folder}/sock");

    /// <summary>Ends when it has stalled for the first time.</summary>
    public Task Stalled => _stalled.Task;

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private async Task AcceptAsync()
    {
        while (true) _ = ServeAsync(await _listener.AcceptAsync());
    }

    private async Task ServeAsync(Socket client)
    {
        using var served = client;
        using var engine = NewSocket();
        await engine.ConnectAsync(_engine);
        var buffer = new byte[1 << 16];
        var length = await client.ReceiveAsync(buffer);
        var stalls = Encoding.ASCII.GetString(buffer, 0, length) is var request && request.Contains("/containers/", StringComparison.Ordinal) && request.Contains("/json HTTP/", StringComparison.Ordinal);
        await engine.SendAsync(buffer.AsMemory(0, length));
        var up = PumpAsync(client, engine);
        if (stalls)
        {
            length = await engine.ReceiveAsync(buffer);
            await client.SendAsync(buffer.AsMemory(0, buffer.AsSpan(0, length).IndexOf(EndOfHead) + EndOfHead.Length));
            _stalled.TrySetResult();
            await up;
        }
        else
        {
            await PumpAsync(engine, client);
        }
    }

    private static async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[1 << 16];
        for (int length; (length = await from.ReceiveAsync(buffer)) > 0;) await to.SendAsync(buffer.AsMemory(0, length));
        to.Shutdown(SocketShutdown.Send);
    }
}

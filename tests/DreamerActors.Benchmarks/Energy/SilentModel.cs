using System.Net;
using System.Net.Sockets;

namespace DreamerActors.Benchmarks.Energy;

/// <summary>A language model that takes every request and never answers.</summary>
internal sealed class SilentModel : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _clients = [];

    public SilentModel()
    {
        _listener.Start(256);
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Requests that still wait for their answer.</summary>
    public int Waiting()
    {
        lock (_clients)
        {
            foreach (var gone in _clients.Where(IsClosed).ToList())
            {
                _clients.Remove(gone);
                gone.Dispose();
            }

            return _clients.Count;
        }
    }

    public void Dispose() => _listener.Dispose();

    private static bool IsClosed(Socket client)
    {
        try
        {
            Span<byte> bytes = stackalloc byte[4096];
            // The request itself is read away; what is left at the end is the end.
            while (client.Poll(0, SelectMode.SelectRead))
            {
                if (client.Receive(bytes) == 0) return true;
            }

            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var client = _listener.AcceptSocket();
                lock (_clients) _clients.Add(client);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The benchmark is over.
        }
    }
}

using System.Net;
using System.Net.Sockets;

namespace DreamerActors.Tests;

/// <summary>Ports of this machine.</summary>
internal static class Ports
{
    /// <summary>A port of loopback at which nobody listens.</summary>
    public static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

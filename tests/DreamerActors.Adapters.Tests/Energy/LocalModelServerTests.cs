using System.Net;
using System.Net.Sockets;
using DreamerActors.Adapters.Energy;

namespace DreamerActors.Adapters.Tests.Energy;

/// <summary>A model server on this machine computes for us: its load is ours (invariant I6).</summary>
public sealed class LocalModelServerTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("::1")]
    public void Who_listens_at_the_models_address_is_found_and_forgotten_when_it_stops(string host)
    {
        var listener = new TcpListener(host == "::1" ? IPAddress.IPv6Loopback : IPAddress.Loopback, 0);
        listener.Start();
        var server = new LocalModelServer(new UriBuilder("http", host, ((IPEndPoint)listener.LocalEndpoint).Port, "/v1").Uri);
        Assert.Equal([Environment.ProcessId], server.ProcessIds());
        listener.Stop();
        Assert.Empty(server.ProcessIds());
    }

    [Fact]
    public void A_model_elsewhere_is_nobody_here()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Assert.Empty(new LocalModelServer(new Uri($"http://203.0.113.7:{((IPEndPoint)listener.LocalEndpoint).Port}/v1")).ProcessIds());
    }
}

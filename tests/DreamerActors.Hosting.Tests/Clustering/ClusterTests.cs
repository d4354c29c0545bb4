using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Akka.Cluster;
using DreamerActors.Adapters.Journal;
using DreamerActors.Hosting.Clustering;
using DreamerActors.Hosting.Settings;
using DreamerActors.Hosting.Tests.Dreaming;

namespace DreamerActors.Hosting.Tests.Clustering;

/// <summary>Who gets into a cluster, over real connections with real certificates.</summary>
public sealed class ClusterTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _certificates = Directory.CreateTempSubdirectory("dreamer-tls-");

    public void Dispose() => _certificates.Delete(recursive: true);

    [SkippableFact]
    public async Task Machines_with_certificates_of_one_authority_form_a_cluster_and_nobody_else_gets_in()
    {
        var ours = await MakeAsync("ours", "127.0.0.1");
        var journal = PostgresConnection.Complete(await server.CreateDatabaseAsync());
        await using var first = new EmbeddedDreamer();
        await using var second = new EmbeddedDreamer();
        var seed = new ClusterPlace("127.0.0.1", Ports.Free());
        DreamerSettings In(EmbeddedDreamer dreamer, ClusterPlace place, string? tls) =>
            dreamer.Settings with { PostgresJournal = journal, ClusterPlace = place, Seeds = [seed], ClusterTls = tls };
        await first.StartAsync(In(first, seed, ours));
        await second.StartAsync(In(second, new ClusterPlace("127.0.0.1", Ports.Free()), ours));
        await UpAsync(first, 2);
        Assert.Equal((10, 3), (SecondsBetweenQuestions(first), SecondsBetweenQuestions(second)));
        Assert.Equal(TimeSpan.FromSeconds(1), Cluster.Get(first.System).Settings.GossipInterval);
        Assert.All(Cluster.Get(first.System).State.Members, member => Assert.Equal("akka.ssl.tcp", member.Address.Protocol));

        await using var stranger = new EmbeddedDreamer();
        var heard = first.Log.AwaitAsync("is refused: its certificate (CN=127.0.0.1");
        await stranger.StartAsync(In(stranger, new ClusterPlace("127.0.0.1", Ports.Free()), await MakeAsync("theirs", "127.0.0.1")));
        await heard.WaitAsync(Patience);
        // Whoever is not let in does not go on alone: two clusters on one journal are what certificates are to prevent.
        await stranger.System.WhenTerminated.WaitAsync(Patience);

        var expired = X509Certificate2.CreateFromPemFile(Path.Combine(await MakeAsync("ours", "expired", days: -1), "node.pem"), Path.Combine(_certificates.FullName, "ours/expired/node.key"));
        await RefusedAsync(first, seed, X509CertificateLoader.LoadPkcs12(expired.Export(X509ContentType.Pkcs12), null), "NotTimeValid");
        await RefusedAsync(first, seed, null, "client did not provide a certificate");
        await PlainIsRefusedAsync(first, seed);
        await using var plain = new EmbeddedDreamer();
        var unencrypted = first.Log.AwaitAsync("not an SSL/TLS record");
        await plain.StartAsync(In(plain, new ClusterPlace("127.0.0.1", Ports.Free()), null) with { ClusterTlsOff = true });
        await unencrypted.WaitAsync(Patience);
        Assert.Equal(2, Cluster.Get(first.System).State.Members.Count);
        Assert.Equal(MemberStatus.Removed, Cluster.Get(plain.System).SelfMember.Status);
    }

    [Fact]
    public async Task A_machine_does_not_start_with_a_certificate_that_others_would_refuse()
    {
        var old = await MakeAsync("ours", "expired", days: -1);
        Assert.Contains("NotTimeValid", Assert.Throws<SettingsException>(() => ClusterCertificates.Read(old)).Message, StringComparison.Ordinal);
        var mixed = await MakeAsync("ours", "node");
        File.Copy(Path.Combine(await MakeAsync("theirs", "node"), "ca.pem"), Path.Combine(mixed, "ca.pem"), overwrite: true);
        Assert.Contains("node.pem: its certificate (CN=node", Assert.Throws<SettingsException>(() => ClusterCertificates.Read(mixed)).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(mixed, "node.key"));
        Assert.Contains("node.key", Assert.Throws<SettingsException>(() => ClusterCertificates.Read(mixed)).Message, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(EmbeddedDreamer dreamer, ClusterPlace place, X509Certificate2? certificate, string why)
    {
        var told = dreamer.Log.AwaitAsync(why);
        using var client = new TcpClient();
        await client.ConnectAsync(place.Host, place.Port);
        await using var tls = new SslStream(client.GetStream(), false, (_, _, _, _) => true);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = place.Host, ClientCertificates = certificate is null ? null : [certificate] });
            Assert.Equal(0, await tls.ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            Assert.NotNull(e.Message); // it was cut off in the handshake, or right after it
        }

        await told.WaitAsync(Patience);
    }

    private static async Task PlainIsRefusedAsync(EmbeddedDreamer dreamer, ClusterPlace place)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(place.Host, place.Port);
        var told = dreamer.Log.AwaitAsync($":{((IPEndPoint)client.Client.LocalEndPoint!).Port}");
        await client.GetStream().WriteAsync("an association without encryption"u8.ToArray());
        try
        {
            Assert.Equal(0, await client.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Patience));
        }
        catch (IOException cut)
        {
            Assert.NotNull(cut.Message);
        }

        await told.WaitAsync(Patience);
    }

    private static async Task UpAsync(EmbeddedDreamer dreamer, int members)
    {
        var cluster = Cluster.Get(dreamer.System);
        using var patience = new CancellationTokenSource(Patience);
        while (cluster.State.Members.Count(member => member.Status == MemberStatus.Up) < members)
            await Task.Delay(50, patience.Token); // gossip tells over a question only
    }

    /// <summary>Who founds clusters waits for those that may know of one; whoever only joins need not.</summary>
    private static double SecondsBetweenQuestions(EmbeddedDreamer dreamer) => dreamer.System.Settings.Config.GetTimeSpan("akka.cluster.seed-node-timeout").TotalSeconds;

    private async Task<string> MakeAsync(string authority, string host, int days = 30)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "DreamerActors.sln"))) root = root.Parent;
        var folder = Path.Combine(_certificates.FullName, authority);
        using var made = Process.Start(new ProcessStartInfo(Path.Combine(root.FullName, "deploy/tls/certificates"), [folder, host]) { Environment = { ["DAYS"] = $"{days}" }, RedirectStandardOutput = true })!;
        await made.WaitForExitAsync();
        Assert.Equal(0, made.ExitCode);
        return Path.Combine(folder, host);
    }
}

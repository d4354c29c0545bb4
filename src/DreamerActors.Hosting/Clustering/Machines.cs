using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using Akka.Remote.Hosting;
using DreamerActors.Hosting.Settings;

namespace DreamerActors.Hosting.Clustering;

/// <summary>How machines reach each other: a cluster of one on loopback, or one of several.</summary>
internal static class Machines
{
    /// <summary>Remoting and clustering as the settings say; <paramref name="hocon"/> reads a file of <c>hocon/</c>.</summary>
    /// <exception cref="SettingsException">The certificates are not accepted.</exception>
    public static AkkaConfigurationBuilder WithMachines(this AkkaConfigurationBuilder akka, DreamerSettings settings, Func<string, string> hocon)
    {
        if (settings.ClusterPlace is not { } place) return akka.AddHocon(hocon("alone.conf"), HoconAddMode.Append).WithRemoting("127.0.0.1", 0).WithClustering();
        if (settings.ClusterTls is { } folder)
            akka.AddHocon(hocon("cluster.tls.conf"), HoconAddMode.Prepend).AddSetup(ClusterCertificates.Read(folder).Setup());
        // Only who founds clusters has to be sure that there is none: the others ask again soon, and are in as soon as it is there.
        if (settings.Seeds.Count > 0 && settings.Seeds[0] != place) akka.AddHocon("akka.cluster.seed-node-timeout = 3s", HoconAddMode.Append);
        return akka.AddHocon(hocon("cluster.conf"), HoconAddMode.Append).WithRemoting(place.Host, place.Port).WithClustering();
    }

    /// <summary>Joins the others, or founds a cluster. Tried again until it succeeds.</summary>
    public static void Join(Cluster cluster, DreamerSettings settings)
    {
        if (settings.Seeds.Count == 0)
            cluster.Join(cluster.SelfAddress);
        else
            cluster.JoinSeedNodes(settings.Seeds.Select(seed => cluster.SelfAddress.WithHost(seed.Host).WithPort(seed.Port)));
    }
}

using System.Globalization;
using System.Net;
using DreamerActors.Hosting.Settings;

namespace DreamerActors.Hosting.Clustering;

/// <summary>One machine of a cluster, as its configuration names it.</summary>
/// <param name="Host">A name or an IP address.</param>
/// <param name="Port">1 … 65535.</param>
public sealed record ClusterPlace(string Host, int Port)
{
    /// <summary>Whether only programs on this machine can reach it.</summary>
    public bool IsLoopback => Host == "localhost" || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    /// <summary>Reads <c>HOST:PORT</c>; null when it is none.</summary>
    public static ClusterPlace? Parse(string text)
    {
        var end = text.LastIndexOf(':');
        return end > 0 && Uri.CheckHostName(text[..end]) is UriHostNameType.Dns or UriHostNameType.IPv4
            && int.TryParse(text[(end + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65_535
            ? new ClusterPlace(text[..end], port)
            : null;
    }

    /// <summary>Reads several, separated by commas; null when one is none.</summary>
    public static IReadOnlyList<ClusterPlace>? ParseMany(string text)
    {
        var places = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse).ToList();
        return places.Contains(null) ? null : [.. places.OfType<ClusterPlace>()];
    }
}

/// <summary>The keys of clusters, and what they demand of each other.</summary>
internal static class ClusterKeys
{
    /// <summary>The keys, in the order in which users read them.</summary>
    public static IReadOnlyList<SettingKey> All { get; } =
    [
        SettingKeys.Text("DREAMER_CLUSTER", "", "HOST:PORT, or nothing", "where the other machines of a cluster reach this one; nothing: it is alone",
            (s, v) => v.Length == 0 ? s with { ClusterPlace = null } : ClusterPlace.Parse(v) is { } place ? s with { ClusterPlace = place } : null),
        SettingKeys.Text("DREAMER_SEEDS", "", "HOST:PORT,HOST:PORT,… or nothing", "machines of the cluster to join, the same list on all; the first of them founds it, and without any this one does",
            (s, v) => v.Length == 0 ? s with { Seeds = [] } : ClusterPlace.ParseMany(v) is { } seeds ? s with { Seeds = seeds } : null),
        new SettingKey("DREAMER_CLUSTER_TLS", "", "a directory with ca.pem, node.pem and node.key, or off", "the certificates by which machines know each other; must be set, if only to `off`, when `DREAMER_CLUSTER` can be reached from elsewhere")
        {
            Apply = (s, v, from) => v.Length == 0 ? s with { ClusterTls = null, ClusterTlsOff = false }
                : SettingKeys.Is(v, "off") ? s with { ClusterTls = null, ClusterTlsOff = true }
                : Directory.Exists(Path.Combine(from, v)) ? s with { ClusterTls = Path.GetFullPath(v, from), ClusterTlsOff = false } : null,
        },
    ];

    /// <summary>One sentence for each demand that is not met.</summary>
    public static IEnumerable<string> Missing(DreamerSettings settings)
    {
        if (settings.ClusterPlace is not { } place)
        {
            if (settings.Seeds.Count > 0) yield return "DREAMER_SEEDS is not accepted without DREAMER_CLUSTER: the others must know where this machine is";
            yield break;
        }
        if (settings.PostgresJournal is null) yield return $"DREAMER_CLUSTER={place} is not accepted: machines of a cluster share a journal, so DREAMER_JOURNAL must name a PostgreSQL database";
        if (!place.IsLoopback && settings.ClusterTls is null && !settings.ClusterTlsOff)
            yield return $"DREAMER_CLUSTER={place} is not accepted: other machines can reach it, so DREAMER_CLUSTER_TLS must name its certificates (deploy/tls/certificates makes them), or be off if everybody who can reach it may command it";
    }
}

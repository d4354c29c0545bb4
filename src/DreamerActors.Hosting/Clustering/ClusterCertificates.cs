using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;
using DreamerActors.Hosting.Settings;

namespace DreamerActors.Hosting.Clustering;

/// <summary>A machine's certificate, and the one authority whose certificates it lets in: not those of the system, which half the world can get.</summary>
internal sealed class ClusterCertificates
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _authority;
    private readonly X509Certificate2 _own;

    private ClusterCertificates(X509Certificate2 authority, X509Certificate2 own) => (_authority, _own) = (authority, own);

    /// <summary>Reads <c>ca.pem</c>, <c>node.pem</c> and <c>node.key</c>.</summary>
    /// <exception cref="SettingsException">One is missing, broken, not (or not any more) valid, or not of this authority.</exception>
    public static ClusterCertificates Read(string folder)
    {
        try
        {
            var authority = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(folder, "ca.pem"));
            using var pem = X509Certificate2.CreateFromPemFile(Path.Combine(folder, "node.pem"), Path.Combine(folder, "node.key"));
            // Keys that exist in memory only are not accepted by every TLS implementation; one that was read back from PKCS#12 is.
            var certificates = new ClusterCertificates(authority, X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null));
            return certificates.Refusal(certificates._own) is { } refusal
                ? throw new SettingsException([$"DREAMER_CLUSTER_TLS={folder} is not accepted: node.pem: {refusal}"])
                : certificates;
        }
        catch (Exception e) when (e is IOException or CryptographicException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"DREAMER_CLUSTER_TLS={folder} is not accepted: {e.Message}; deploy/tls/certificates makes ca.pem, node.pem and node.key"]);
        }
    }

    /// <summary>For Akka.Remote.</summary>
    public DotNettySslSetup Setup() => new(_own, suppressValidation: false, requireMutualAuthentication: true, customValidator: (certificate, _, peer, _, log) => IsLetIn(certificate, peer, log));

    private bool IsLetIn(X509Certificate2? certificate, string peer, ILoggingAdapter log)
    {
        var refusal = certificate is null ? "it shows no certificate" : Refusal(certificate);
        if (refusal is not null) log.Error("{0} is refused: {1}", peer, refusal);
        return refusal is null;
    }

    /// <summary>Why a certificate is not let in; null when it is.</summary>
    internal string? Refusal(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        // Every machine is asked and asks: its certificate is for both.
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerUse));
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ClientUse));
        return chain.Build(certificate)
            ? null
            : $"its certificate ({certificate.Subject}, valid until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm}Z) {string.Join("; ", chain.ChainStatus.Select(each => $"{each.Status}: {each.StatusInformation.Trim()}").Distinct())}";
    }
}

using System.Text.RegularExpressions;
using DreamerActors.Host.Tests.Running;
using DreamerActors.Hosting.Clustering;
using DreamerActors.Hosting.Settings;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Configuration;

namespace DreamerActors.Host.Tests;

/// <summary>The manifests of <c>deploy/kubernetes</c>, read as strictly as the client library can (unknown fields and wrong types are refused), and what they demand of each other and of the program.</summary>
public sealed partial class KubernetesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "deploy/kubernetes");

    private readonly List<object> _objects =
    [
        .. File.ReadLines(Path.Combine(Folder, "kustomization.yaml")).Select(line => line.Trim()).Where(line => line.StartsWith("- ", StringComparison.Ordinal) && line.EndsWith(".yaml", StringComparison.Ordinal))
            .SelectMany(line => KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(Folder, line[2..])), typeMap: null, strict: true)),
    ];

    private V1StatefulSet Machines => _objects.OfType<V1StatefulSet>().Single();

    private V1PodSpec Pod => Machines.Spec.Template.Spec;

    private V1Container Container => Pod.Containers.Single();

    [Fact]
    public void Every_manifest_is_applied_and_lies_in_the_same_namespace()
    {
        Assert.Equal(
            Directory.GetFiles(Folder, "*.yaml").Select(file => Path.GetFileName(file)!).Where(file => file != "kustomization.yaml").Order(StringComparer.Ordinal),
            Listed().Matches(File.ReadAllText(Path.Combine(Folder, "kustomization.yaml"))).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
        Assert.All(_objects.OfType<IMetadata<V1ObjectMeta>>().Where(each => each is not V1Namespace), each => Assert.Equal("dreamer", each.Metadata.NamespaceProperty));
    }

    [Fact]
    public void The_settings_are_accepted_by_the_program_that_reads_them()
    {
        var known = SettingKeys.All.Select(key => key.Name).ToHashSet();
        var values = Container.Env.ToDictionary(each => each.Name, each => each.Value ?? each.ValueFrom.SecretKeyRef?.Key switch
        {
            "journal" => "Host=db;Database=dreamer",
            "token" => "a-token-of-thirty-two-characters",
            _ => each.ValueFrom.FieldRef.FieldPath == "metadata.name" ? "dreamer-1" : "dreamer",
        });
        Assert.All(values.Keys.Except(["POD_NAME", "POD_NAMESPACE", "KNOWLEDGE"]), name => Assert.Contains(name, known));
        values["DREAMER_CLUSTER_TLS"] = Folder;
        string Expanded(string value) => Reference().Replace(value, match => values[match.Groups[1].Value]);
        var settings = SettingsReader.Read(
            new ConfigurationBuilder().AddInMemoryCollection(values.Select(each => KeyValuePair.Create(each.Key, (string?)Expanded(each.Value)))).Build(), "/var/lib/dreamer");

        // Machines find each other by the names that the headless service gives to the pods of the set, and each of the first three is one of those to join.
        var service = _objects.OfType<V1Service>().Single(each => each.Spec.ClusterIP == "None");
        Assert.Equal((service.Metadata.Name, true), (Machines.Spec.ServiceName, service.Spec.PublishNotReadyAddresses));
        ClusterPlace Named(int pod) => new($"{Machines.Metadata.Name}-{pod}.{Machines.Spec.ServiceName}.dreamer.svc.cluster.local", Port("cluster"));
        Assert.Equal(Named(1), settings.ClusterPlace);
        Assert.Equal(Enumerable.Range(0, Machines.Spec.Replicas!.Value).Select(Named), settings.Seeds);
        Assert.Equal((Port("http"), Port("management")), (new Uri(settings.HttpAddress).Port, new Uri(settings.ManagementAddress!).Port));
        Assert.Contains(Container.VolumeMounts, mount => mount.MountPath == Container.Env.Single(each => each.Name == "DREAMER_CLUSTER_TLS").Value && mount.ReadOnlyProperty == true);
    }

    [Fact]
    public void Selectors_ports_probes_and_budgets_mean_these_pods()
    {
        var labels = Machines.Spec.Template.Metadata.Labels;
        var selectors = _objects.OfType<V1Service>().Select(each => each.Spec.Selector)
            .Concat([Machines.Spec.Selector.MatchLabels, _objects.OfType<V1PodDisruptionBudget>().Single().Spec.Selector.MatchLabels, _objects.OfType<V1NetworkPolicy>().Single().Spec.PodSelector.MatchLabels]);
        Assert.All(selectors, selector => Assert.Equal(labels, selector));
        Assert.All(_objects.OfType<V1Service>().SelectMany(each => each.Spec.Ports), port => Assert.Equal(port.Port, Port(port.TargetPort.Value)));
        Assert.Equal(1, int.Parse(_objects.OfType<V1PodDisruptionBudget>().Single().Spec.MaxUnavailable.Value, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(
            [("/alive", "management"), ("/ready", "management"), ("/alive", "management")],
            new[] { Container.StartupProbe, Container.ReadinessProbe, Container.LivenessProbe }.Select(probe => (probe.HttpGet.Path, probe.HttpGet.Port.Value)));
        // A dreamer that starves for a second must not be restarted for it, and has time to give up its dreams.
        Assert.True(Container.LivenessProbe.PeriodSeconds * Container.LivenessProbe.FailureThreshold >= 60);
        Assert.InRange(Pod.TerminationGracePeriodSeconds!.Value, 20, 120);
        var claimed = Pod.Volumes.Select(volume => volume.Name).Concat(Machines.Spec.VolumeClaimTemplates.Select(claim => claim.Metadata.Name));
        Assert.All(Container.VolumeMounts, mount => Assert.Contains(mount.Name, claimed));
    }

    [Fact]
    public void The_pod_is_shut_in_as_far_as_its_sandbox_allows()
    {
        Assert.True(Pod is { HostUsers: false, AutomountServiceAccountToken: false, SecurityContext: { RunAsNonRoot: true, SeccompProfile: { Type: "Localhost", LocalhostProfile: "dreamer.json" } } });
        Assert.True(Container.SecurityContext is { AllowPrivilegeEscalation: false, ReadOnlyRootFilesystem: true, Privileged: null, ProcMount: "Unmasked", Capabilities: { Add: null, Drop: ["ALL"] } });
        Assert.True(Container.Resources.Limits.ContainsKey("cpu") && Container.Resources.Limits.ContainsKey("memory"));
        // The user and the program are those of the image.
        var image = File.ReadAllText(Path.Combine(Repository.Root, "deploy/container/Dockerfile"));
        Assert.Contains($"USER {Pod.SecurityContext.RunAsUser}:{Pod.SecurityContext.RunAsGroup}", image, StringComparison.Ordinal);
        Assert.Equal(["/opt/dreamer/start"], Container.Args);
        Assert.True(File.Exists(Path.Combine(Repository.Root, "deploy/container/start")));
        var policy = _objects.OfType<V1NetworkPolicy>().Single().Spec;
        Assert.Equal(["Ingress", "Egress"], policy.PolicyTypes);
        Assert.DoesNotContain(policy.Ingress.SelectMany(rule => rule.Ports), port => port.Port.Value == "management");
    }

    [Fact]
    public void A_field_that_Kubernetes_does_not_know_is_noticed() =>
        Assert.ThrowsAny<Exception>(() => KubernetesYaml.LoadAllFromString(
            File.ReadAllText(Path.Combine(Folder, "statefulset.yaml")).Replace("hostUsers:", "hostUser:", StringComparison.Ordinal), typeMap: null, strict: true));

    private int Port(string name) => Container.Ports.Single(port => port.Name == name).ContainerPort;

    [GeneratedRegex(@"^\s*- (\S+\.yaml)$", RegexOptions.Multiline)]
    private static partial Regex Listed();

    [GeneratedRegex(@"\$\(([A-Z_]+)\)")]
    private static partial Regex Reference();
}

using System.Globalization;
using Docker.DotNet.Models;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>What one container may do: nothing but compute, within bounds, as nobody.</summary>
internal static class DockerContainer
{
    /// <summary>Label with the id of the session a container was started for.</summary>
    public const string SessionLabel = "dreamer.session";

    /// <summary>Label with the <see cref="Owner"/> of a container.</summary>
    public const string OwnerLabel = "dreamer.owner";

    private const string Libraries = "/usr/lib/python3/dist-packages";
    private const string Nobody = "65534:65534";
    private const int Inodes = 4096;
    private const int OfHarness = 8; // zygote, tester, candidates and what the kernel has not yet taken away
    private const long Period = 100_000;

    // Docker's own list, and the message queues, which would outlive a job.
    private static readonly string[] Masked =
    [
        "/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug",
        "/proc/scsi", "/sys/firmware", "/sys/devices/virtual/powercap", "/dev/mqueue",
    ];

    /// <summary>The order for the engine.</summary>
    public static CreateContainerParameters Describe(string name, DockerOptions options, SandboxLimits limits, JailOrder order) => new()
    {
        Name = name,
        Image = options.Image,
        // nice, ionice and python3 take each other's place: Python, the one that comes first in the image's path, is the first process of the container.
        Cmd =
        [
            "nice", "-n", options.Priority.ToString(CultureInfo.InvariantCulture), "ionice", "-c", "3", "python3", "-s", "-S", "-c", Harness.Boot,
        ],
        Env = [.. Harness.Environment.Select(each => $"{each.Key}={each.Value}"), $"DREAMER_PRELOAD={order.Preload}", "DREAMER_CONTAINER=1", $"DREAMER_LIBRARIES={Libraries}"],
        Labels = new Dictionary<string, string> { [SessionLabel] = order.Session, [OwnerLabel] = Owner.Current.ToString() },
        User = Nobody,
        Hostname = "sandbox",
        WorkingDir = "/tmp",
        NetworkDisabled = true,
        OpenStdin = true,
        StdinOnce = true, // when we are gone its input ends, and so does it
        AttachStdin = true,
        AttachStdout = true,
        AttachStderr = true,
        HostConfig = Bounds(limits),
    };

    private static HostConfig Bounds(SandboxLimits limits) => new()
    {
        AutoRemove = true,
        NetworkMode = "none",
        IpcMode = "none",
        ReadonlyRootfs = true,
        Tmpfs = new Dictionary<string, string>
        {
            ["/tmp"] = string.Create(CultureInfo.InvariantCulture, $"rw,nosuid,nodev,noexec,size={limits.FileBytes},nr_inodes={Inodes},mode=700,uid=65534,gid=65534"),
        },
        MaskedPaths = Masked,
        CapDrop = ["ALL"],
        SecurityOpt = ["no-new-privileges"],
        LogConfig = new LogConfig { Type = "none" },
        // Tester and candidate, each up to its limit, and the work folder, whose pages are memory.
        Memory = (2 * limits.MemoryBytes) + limits.FileBytes,
        MemorySwap = (2 * limits.MemoryBytes) + limits.FileBytes,
        PidsLimit = limits.Processes + OfHarness,
        CPUPeriod = Period,
        CPUQuota = Period, // tester and candidate take turns: one processor is what they can use
        CPUShares = 2,
        Ulimits = [new Ulimit { Name = "core", Soft = 0, Hard = 0 }, new Ulimit { Name = "nofile", Soft = 1024, Hard = 1024 }],
    };
}

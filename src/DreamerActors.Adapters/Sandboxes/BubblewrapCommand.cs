using System.Diagnostics;
using System.Globalization;
using DreamerActors.Adapters.Energy;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>The command line of one jail: every namespace unshared, read-only system, no network, an empty environment, uid 65534.</summary>
internal static class BubblewrapCommand
{
    private const int WorkBytes = 64 << 20;
    private const string OtherPython = "/python";

    /// <summary>
    /// Not <c>--dev</c>: for its terminals bubblewrap makes a second user namespace, and then the zygote's PID namespace would not belong to the zygote's own, whose owner alone
    /// may return to it between forks.
    /// </summary>
    private static readonly string[] Devices =
    [
        "--tmpfs", "/dev", "--dir", "/dev/shm", "--symlink", "/proc/self/fd", "/dev/fd",
        .. new[] { "null", "zero", "full", "random", "urandom" }.SelectMany(name => new[] { "--dev-bind", $"/dev/{name}", $"/dev/{name}" }),
    ];

    /// <param name="options">The programs.</param>
    /// <param name="token">Stands in the command line of all of the jail's processes that the host can see, so that they can be found and killed.</param>
    /// <param name="order">What it is wanted for.</param>
    public static ProcessStartInfo Build(BubblewrapOptions options, string token, JailOrder order)
    {
        var start = new ProcessStartInfo
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = "/",
        };
        // Limits on processes are ignored for root: the jail is entered by nobody.
        string[] asNobody = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"] : [];
        var python = Interpreter(options.Python);
        string[] words =
        [
            .. LowPriority.Words(options.Priority), .. asNobody,
            options.Program, "--unshare-all", "--unshare-user", "--cap-add", "ALL", "--die-with-parent",
            "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin",
            .. python.Shown,
            "--proc", "/proc", .. Devices, "--size", WorkBytes.ToString(CultureInfo.InvariantCulture), "--tmpfs", "/tmp",
            // Both are memory file systems: writable, they would be unbounded and would outlive a job.
            "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp",
            "--clearenv", .. Harness.Environment.SelectMany(each => new[] { "--setenv", each.Key, each.Value }),
            "--setenv", "DREAMER_PRELOAD", order.Preload, "--setenv", "DREAMER_JAIL", token,
            // The zygote is the first process of its PID namespace: each process less is one less to end when the user comes back.
            "--as-pid-1",
            python.Program, "-s", "-S", "-c", Harness.Boot,
        ];
        start.FileName = words[0];
        foreach (var word in words[1..])
            start.ArgumentList.Add(word);
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        return start;
    }

    /// <summary>
    /// An interpreter that is not the system's, <c>PREFIX/bin/python3</c>, is shown with the library in PREFIX at a place of its own, and under its own name too: some look
    /// for their library there.
    /// </summary>
    private static (string Program, string[] Shown) Interpreter(string python)
    {
        var program = BubblewrapOptions.RealPath(python);
        var prefix = BubblewrapOptions.PrefixOf(program);
        return program.StartsWith("/usr/", StringComparison.Ordinal)
            ? (program, [])
            : ($"{OtherPython}/bin/{Path.GetFileName(program)}", ["--ro-bind", prefix, OtherPython, "--symlink", OtherPython, prefix]);
    }
}

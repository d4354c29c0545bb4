using System.Diagnostics;
using System.Globalization;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>Where the programs of the bubblewrap sandbox are and how their processes run.</summary>
/// <param name="Priority">Nice value of everything inside, 0 … 19 (invariant I7: the host keeps its own).</param>
/// <param name="Bubblewrap">The <c>bwrap</c> program.</param>
/// <param name="Python">The sandbox's Python; part of the read-only system.</param>
public sealed record BubblewrapOptions(int Priority = 19, string Bubblewrap = "/usr/bin/bwrap", string Python = "/usr/bin/python3")
{
    /// <summary>Tells whether the programs are there.</summary>
    /// <exception cref="SandboxUnavailableException">One is missing; the remedy names the package.</exception>
    public void Require()
    {
        foreach (var (program, package) in new[] { (Bubblewrap, "bubblewrap"), (Python, "python3"), ("/usr/bin/setpriv", "util-linux") })
        {
            if (!File.Exists(program))
                throw new SandboxUnavailableException($"{program} is missing: untrusted code is never run without a sandbox") { Remedy = $"apt-get install {package}" };
        }
    }
}

/// <summary>The command line of one jail: every namespace unshared, read-only system, no network, an empty environment, uid 65534.</summary>
internal static class BubblewrapCommand
{
    private const int WorkBytes = 64 << 20;

    /// <param name="options">The programs.</param>
    /// <param name="token">Stands in the command line of all of the jail's processes that the host can see, so that they can be found and killed.</param>
    /// <param name="hashSeed">PYTHONHASHSEED of the warm interpreter.</param>
    /// <param name="preload">Harness modules the zygote imports before it forks.</param>
    public static ProcessStartInfo Build(BubblewrapOptions options, string token, int hashSeed, string preload)
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
        string[] words =
        [
            .. asNobody,
            "nice", "-n", options.Priority.ToString(CultureInfo.InvariantCulture), "ionice", "-c", "3",
            options.Bubblewrap, "--unshare-all", "--unshare-user", "--cap-add", "ALL", "--die-with-parent", "--new-session",
            "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--symlink", "usr/bin", "/bin",
            "--proc", "/proc", "--dev", "/dev", "--size", WorkBytes.ToString(CultureInfo.InvariantCulture), "--tmpfs", "/tmp", "--chdir", "/tmp",
            "--clearenv", "--setenv", "PYTHONHASHSEED", hashSeed.ToString(CultureInfo.InvariantCulture),
            "--setenv", "DREAMER_PRELOAD", preload, "--setenv", "DREAMER_JAIL", token,
            options.Python, "-I", "-S", "-c", Harness.Boot,
        ];
        start.FileName = words[0];
        foreach (var word in words[1..])
            start.ArgumentList.Add(word);
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        return start;
    }
}

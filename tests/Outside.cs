using System.Diagnostics;
using System.Globalization;

namespace DreamerActors.Tests;

/// <summary>Processes as the kernel shows them to everybody.</summary>
internal static class Outside
{
    /// <summary>Living descendants of a process, itself not among them.</summary>
    public static HashSet<int> Descendants(int root)
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && Stat(pid) is [var state, var parent, ..] && state != "Z")
                parents[pid] = int.Parse(parent, CultureInfo.InvariantCulture);
        }

        var found = new HashSet<int>();
        for (var more = true; more;)
        {
            more = false;
            foreach (var (pid, parent) in parents) more |= (parent == root || found.Contains(parent)) && found.Add(pid);
        }

        return found;
    }

    /// <summary>Seconds that all processors of this machine were busy, whoever used them.</summary>
    public static double Processors()
    {
        var times = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..8].Select(time => double.Parse(time, CultureInfo.InvariantCulture)).ToList();
        return (times.Sum() - times[3] - times[4]) / 100; // neither idle nor waiting for a disk
    }

    /// <summary>Processes whose command line holds these words, whoever their parent is by now.</summary>
    public static int Count(string words) => Directory.EnumerateDirectories("/proc")
        .Count(folder => int.TryParse(Path.GetFileName(folder), out var pid) && pid != Environment.ProcessId && Text(pid, "cmdline").Contains(words, StringComparison.Ordinal));

    /// <summary>Living processes that were started with these words in command line or environment, whoever their parent is by now; this one is not among them.</summary>
    public static HashSet<int> StartedWith(string words) => [.. Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
        .Where(pid => pid > 0 && pid != Environment.ProcessId && (Text(pid, "cmdline") + Text(pid, "environ")).Contains(words, StringComparison.Ordinal)
            && Stat(pid) is [not ("Z" or "X"), ..])];

    /// <summary>What a process holds in memory; 0 if it has ended.</summary>
    public static long ResidentBytes(int pid) =>
        Text(pid, "statm").Split(' ') is [_, var pages, ..] ? long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize : 0;

    /// <summary>Processes in containers of this name and onwards.</summary>
    public static HashSet<int> InContainers(string name)
    {
        var ids = Containers(name);
        return ids.Length == 0 ? [] : [.. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && Text(pid, "cgroup") is var groups && ids.Any(id => groups.Contains(id, StringComparison.Ordinal)) && Stat(pid) is [not ("Z" or "X"), ..])];
    }

    /// <summary>Ids of the containers, running or not, that the engine has under this name and onwards.</summary>
    public static string[] Containers(string name)
    {
        using var engine = Process.Start(new ProcessStartInfo("docker", ["ps", "--all", "--quiet", "--no-trunc", "--filter", $"name={name}"]) { RedirectStandardOutput = true })!;
        return engine.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>What a process calls itself; empty if it has ended.</summary>
    public static string Name(int pid) => Text(pid, "comm").TrimEnd('\n');

    /// <summary>What proc(5) tells of a process in <c>stat</c>, from its state on; empty if it has ended.</summary>
    public static string[] Stat(int pid)
    {
        var text = Text(pid, "stat");
        return text.Length == 0 ? [] : text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    /// <summary>Hundredths of a second that a process has used; 0 if it has ended.</summary>
    public static long Ticks(int pid) => Stat(pid) is { Length: > 12 } stat ? long.Parse(stat[11], CultureInfo.InvariantCulture) + long.Parse(stat[12], CultureInfo.InvariantCulture) : 0;

    private static string Text(int pid, string file)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

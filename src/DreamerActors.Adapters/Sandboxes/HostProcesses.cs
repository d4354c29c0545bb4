using System.Globalization;
using System.IO.Enumeration;
using System.Runtime.InteropServices;
using System.Text;
using DreamerActors.Adapters.Energy;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>The machine's process table: finds, kills and tells apart processes by what the kernel says of them.</summary>
internal static partial class HostProcesses
{
    private const int SigKill = 9;
    private const int LongestCommand = 64 << 10;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private const int StartTimeField = 19; // of those after the name in /proc/PID/stat

    /// <summary>Ids of the living processes with this token.</summary>
    public static List<int> Find(string token)
    {
        var (file, sought) = (new SmallFile(LongestCommand), Encoding.ASCII.GetBytes(token));
        return [.. All().Where(pid => pid != Environment.ProcessId && Carries(file, pid, sought))];
    }

    /// <summary>Kills those with this token until none is left, new ones included. Returns how many there were at first.</summary>
    /// <remarks>
    /// It blocks the calling thread and needs no other, because it must work when the thread pool is used up.
    /// bubblewrap's outer process and the init of its PID namespace both carry the token. When that init is killed, the kernel kills every process of
    /// the namespace before the init's own entry disappears: once no process carries the token, nothing of the jail is alive.
    /// </remarks>
    public static int End(string token, CancellationToken cancellation)
    {
        var (file, sought) = (new SmallFile(LongestCommand), Encoding.ASCII.GetBytes(token));
        var first = Find(token);
        // Those that were found are watched until they are gone; only then is everything looked through again.
        for (var left = first.ToList(); left.Count > 0; left = Find(token))
        {
            for (; left.Count > 0; left.RemoveAll(pid => !Carries(file, pid, sought)))
            {
                foreach (var pid in left)
                    Kill(pid);
                cancellation.ThrowIfCancellationRequested();
                Thread.Sleep(Pause);
            }
        }
        return first.Count;
    }

    /// <summary>Kills the living processes of a control group until none is left that we may kill.</summary>
    public static async Task EndGroupAsync(string name)
    {
        while (All().Where(pid => IsInGroup(pid, name) && IsAlive(pid)).Count(Kill) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(2));
    }

    /// <summary>Sends SIGKILL; tells whether we may.</summary>
    public static bool Kill(int pid) => Kill(pid, SigKill) == 0;

    /// <summary>Whether the process exists and has not ended; a dead one that nobody has taken note of yet counts as ended.</summary>
    /// <remarks>Its state tells, not its command line: the first process of a PID namespace loses that before the kernel has killed the others.</remarks>
    public static bool IsAlive(int pid) => FieldsOf(pid) is [not ("Z" or "X"), ..];

    /// <summary>Whether the process belongs to a control group with this in its name.</summary>
    public static bool IsInGroup(int pid, string name) =>
        Read($"/proc/{pid}/cgroup") is { } groups && groups.AsSpan().IndexOf(Encoding.ASCII.GetBytes(name)) >= 0;

    /// <summary>When it started, in the kernel's ticks since boot: with the id it names a process once and for all. Null when there is none.</summary>
    public static long? StartOf(int pid) => FieldsOf(pid) is { } fields ? long.Parse(fields[StartTimeField], CultureInfo.InvariantCulture) : null;

    /// <summary>What <c>/proc/PID/stat</c> tells after the name.</summary>
    private static string[]? FieldsOf(int pid)
    {
        if (Read($"/proc/{pid}/stat") is not { } stat)
            return null;
        var text = Encoding.UTF8.GetString(stat);
        return text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    /// <summary>A process that has ended has no command line, even before its parent has taken note.</summary>
    private static bool Carries(SmallFile file, int pid, byte[] token) =>
        file.Read(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cmdline\0"))).IndexOf(token) >= 0;

    private static FileSystemEnumerable<int> All() => new("/proc", (ref FileSystemEntry entry) => int.Parse(entry.FileName, NumberStyles.None, CultureInfo.InvariantCulture))
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) => char.IsAsciiDigit(entry.FileName[0]),
    };

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // it ended while we looked
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}

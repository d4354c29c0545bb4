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
    private const int OneProcess = 0;
    private const int ProcessGroup = 1;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private const int StartTimeField = 19; // of those after the name in /proc/PID/stat

    /// <summary>Kills every process of these sessions until none is left, new ones included. Returns how many there were at first.</summary>
    /// <remarks>
    /// It blocks the calling thread and needs no other, because it must work when the thread pool is used up. A jail cannot leave its session, and a process keeps its
    /// session for as long as it has an entry in the process table: other than a command line, which the first process of a PID namespace loses before the kernel
    /// has killed the others.
    /// </remarks>
    public static int EndSessions(IReadOnlySet<int> sessions, CancellationToken cancellation)
    {
        if (sessions.Count == 0)
            return 0;
        var (file, first, hurried) = (new SmallFile(), -1, new HashSet<int>());
        while (true)
        {
            var found = All().Where(pid => IsAliveIn(sessions, file, pid)).ToList();
            if (first < 0)
                first = found.Count;
            if (found.Count == 0)
                return first;
            foreach (var pid in found)
            {
                Hasten(pid);
                Kill(pid);
            }

            // Not before all are killed: those that are not yet would take the processor instead.
            foreach (var pid in found)
                Hurry(file, pid, hurried);
            // One after the other: looking at all of them again and again would take the processor that they need to end.
            foreach (var pid in found)
            {
                for (; IsAliveIn(sessions, file, pid); Thread.Sleep(Pause))
                {
                    cancellation.ThrowIfCancellationRequested();
                    Hurry(file, pid, hurried);
                }
            }
        }
    }

    /// <summary>Kills the living processes of a control group until none is left that we may kill.</summary>
    public static async Task EndGroupAsync(string name)
    {
        while (All().Where(pid => IsInGroup(pid, name) && IsAlive(pid)).Count(Kill) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(2));
    }

    /// <summary>
    /// A process that ends leaves its session's group (<c>task_wants_autogroup</c> in the kernel's <c>sched/autogroup.c</c>): what it still has to do, it does with its own nice
    /// value beside everybody, and at 19 it may wait for seconds for a tenth of a millisecond. So its process group is given the usual one before it is killed. That takes
    /// root, or <c>LimitNICE=</c> of the service.
    /// </summary>
    public static void HastenGroup(int leader) => SetPriority(ProcessGroup, leader, 0);

    private static void Hasten(int pid) => SetPriority(OneProcess, pid, 0);

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

    private static bool IsAliveIn(IReadOnlySet<int> sessions, SmallFile file, int pid) => SessionOf(file, pid) is { } session && sessions.Contains(session);

    /// <summary>The session of a living process.</summary>
    private static int? SessionOf(SmallFile file, int pid)
    {
        var stat = file.Read(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat\0")));
        var words = new Words(stat[(stat.LastIndexOf((byte)')') + 1)..]);
        if (words.Next() is not [not ((byte)'Z' or (byte)'X')])
            return null;
        words.Skip(2); // parent and process group
        return (int)words.Number();
    }

    /// <summary>
    /// Ending takes processor time, too: a session that is over gives way no longer. The kernel lets anybody but root say so ten times a second, so it is said until it is heard.
    /// </summary>
    /// <param name="file">To read with.</param>
    /// <param name="pid">A process that was killed.</param>
    /// <param name="hurried">Sessions that give way no longer.</param>
    private static void Hurry(SmallFile file, int pid, HashSet<int> hurried)
    {
        if (SessionOf(file, pid) is not { } session || hurried.Contains(session))
            return;
        try
        {
            File.WriteAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/autogroup"), "0");
            hurried.Add(session);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended, this kernel has no such groups, or it was not yet time.
        }
    }

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

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, int id, int nice);
}

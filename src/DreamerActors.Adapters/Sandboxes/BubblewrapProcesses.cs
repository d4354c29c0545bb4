using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>Finds and kills the processes of bubblewrap's jails by the token in their command line.</summary>
/// <remarks>
/// bubblewrap's outer process and the init of its PID namespace both carry the token. When that init is killed, the kernel kills every process of
/// the namespace before the init's own entry disappears: once no process carries the token, nothing of the jail is alive.
/// </remarks>
internal static partial class BubblewrapProcesses
{
    private const int SigKill = 9;

    /// <summary>Ids of the living processes with this token.</summary>
    public static List<int> Find(string token)
    {
        var sought = Encoding.ASCII.GetBytes(token);
        var found = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid != Environment.ProcessId && Carries(folder, sought))
                found.Add(pid);
        }
        return found;
    }

    /// <summary>Kills them until none is left, new ones included. Returns how many there were at first.</summary>
    public static async Task<int> EndAsync(string token, CancellationToken cancellation)
    {
        var first = Find(token);
        for (var left = first; left.Count > 0; left = Find(token))
        {
            foreach (var pid in left)
                _ = Kill(pid, SigKill);
            await Task.Delay(TimeSpan.FromMilliseconds(2), cancellation);
        }
        return first.Count;
    }

    private static bool Carries(string folder, byte[] token)
    {
        try
        {
            return File.ReadAllBytes(folder + "/cmdline").AsSpan().IndexOf(token) >= 0;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // it ended while we looked
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}

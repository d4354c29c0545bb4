using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DreamerActors.Benchmarks.Energy;

/// <summary>
/// Waits for the end of processes by descriptors that the kernel makes readable then. Looking at /proc for hundreds of them would take the processor that they
/// need to end, and so would be measured, too.
/// </summary>
internal sealed partial class Ends : IDisposable
{
    private const short Readable = 1;
    private const int OpenPidFd = 434;
    private const int NoSuchProcess = 3;
    private readonly Queue<Entry> _left;

    public Ends(IEnumerable<int> processes) =>
        _left = new(processes.Select(pid => new Entry { File = Open(pid), Wanted = Readable }).Where(entry => entry.File >= 0));

    /// <summary>Waits for the end of all, so long at most, one after the other: that takes no processor time from those that end. Tells whether all have.</summary>
    public bool Wait(TimeSpan most)
    {
        for (var began = Stopwatch.GetTimestamp(); _left.TryPeek(out var next); Close(_left.Dequeue().File))
        {
            while (Poll([next], 1, (int)Math.Max(0, (most - Stopwatch.GetElapsedTime(began)).TotalMilliseconds)) <= 0)
            {
                if (Stopwatch.GetElapsedTime(began) > most) return false;
            }
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var entry in _left) _ = Close(entry.File);
    }

    private static int Open(int pid)
    {
        var file = (int)SystemCall(OpenPidFd, pid, 0);
        var error = Marshal.GetLastPInvokeError();
        return file >= 0 || error == NoSuchProcess ? file : throw new InvalidOperationException($"process {pid} cannot be watched: error {error}");
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public int File;
        public short Wanted;
        public short Got;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long SystemCall(long number, int pid, uint flags);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll([In, Out] Entry[] entries, ulong count, int timeout);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);
}

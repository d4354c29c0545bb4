using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DreamerActors.Benchmarks.Energy;

/// <summary>Processes as the kernel shows them to everybody.</summary>
internal static partial class Outside
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

    private static string[] Stat(int pid)
    {
        var text = Text(pid, "stat");
        return text.Length == 0 ? [] : text[(text.LastIndexOf(')') + 2)..].Split(' ', 3);
    }

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

    [LibraryImport("libc", EntryPoint = "kill")]
    public static partial int Kill(int pid, int signal);
}

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

/// <summary>A language model that takes every request and never answers.</summary>
internal sealed class SilentModel : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _clients = [];

    public SilentModel()
    {
        _listener.Start(256);
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Requests that still wait for their answer.</summary>
    public int Waiting()
    {
        lock (_clients)
        {
            foreach (var gone in _clients.Where(IsClosed).ToList())
            {
                _clients.Remove(gone);
                gone.Dispose();
            }

            return _clients.Count;
        }
    }

    public void Dispose() => _listener.Dispose();

    private static bool IsClosed(Socket client)
    {
        try
        {
            Span<byte> bytes = stackalloc byte[4096];
            // The request itself is read away; what is left at the end is the end.
            while (client.Poll(0, SelectMode.SelectRead))
            {
                if (client.Receive(bytes) == 0) return true;
            }

            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var client = _listener.AcceptSocket();
                lock (_clients) _clients.Add(client);
            }
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The benchmark is over.
        }
    }
}

/// <summary>Processes at normal priority that want every processor, when told to.</summary>
internal sealed class Load(int processes) : IDisposable
{
    private const int Stop = 19;
    private const int Continue = 18;
    private readonly List<Process> _processes = [.. Enumerable.Range(0, processes).Select(_ => Process.Start("/usr/bin/python3", ["-c", "while True: pass"]))];

    public void On() => Send(Continue);

    public void Off() => Send(Stop);

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.Dispose();
        }
    }

    private void Send(int signal)
    {
        foreach (var process in _processes) _ = Outside.Kill(process.Id, signal);
    }
}

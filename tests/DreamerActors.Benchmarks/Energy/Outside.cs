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

    /// <summary>Processes whose command line holds these words, whoever their parent is by now.</summary>
    public static int Count(string words) => Directory.EnumerateDirectories("/proc")
        .Count(folder => int.TryParse(Path.GetFileName(folder), out var pid) && pid != Environment.ProcessId && Text(pid, "cmdline").Contains(words, StringComparison.Ordinal));

    /// <summary>Whether it lives; one that waits for its parent to take note does not.</summary>
    public static bool Lives(int pid) => Kill(pid, 0) == 0 && Stat(pid) is [not ("Z" or "X"), ..];

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

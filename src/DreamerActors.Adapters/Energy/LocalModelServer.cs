using System.Globalization;
using System.Net;
using DreamerActors.Domain.Energy;

namespace DreamerActors.Adapters.Energy;

/// <summary>
/// The program on this machine that answers for the language model: what it computes is our question, so its load is ours (invariant I6). Whose socket it is can be
/// seen by root and by the user it runs as; when we are neither, its load counts as that of others.
/// </summary>
public sealed class LocalModelServer : IOwnWork
{
    private const string Listening = "0A";
    private readonly string _proc;
    private readonly int? _port;
    private string? _socket;
    private List<int> _processes = [];

    /// <param name="endpoint">Where the model answers.</param>
    public LocalModelServer(Uri endpoint)
        : this(endpoint, "/proc")
    {
    }

    internal LocalModelServer(Uri endpoint, string proc) =>
        (_proc, _port) = (proc, endpoint.IsLoopback || (IPAddress.TryParse(endpoint.Host, out var address) && IPAddress.IsLoopback(address)) ? endpoint.Port : null);

    /// <inheritdoc/>
    public IEnumerable<int> ProcessIds()
    {
        var socket = _port is { } port ? ListeningSocket(port) : null;
        // All descriptors of all processes are looked through only when somebody else listens than before.
        if (socket != _socket)
            (_socket, _processes) = (socket, socket is null ? [] : [.. Processes().Where(pid => Holds(pid, $"socket:[{socket}]"))]);
        return _processes;
    }

    /// <inheritdoc/>
    public IEnumerable<string> ContainerIds() => [];

    /// <summary>The kernel's number of the socket that listens on this port.</summary>
    private string? ListeningSocket(int port)
    {
        var ending = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return (from table in new[] { "net/tcp", "net/tcp6" }
                from line in Lines(Path.Combine(_proc, table))
                let words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                where words.Length > 9 && words[1].EndsWith(ending, StringComparison.Ordinal) && words[3] == Listening
                select words[9]).FirstOrDefault();
    }

    private IEnumerable<int> Processes() =>
        Directory.EnumerateDirectories(_proc).Select(Path.GetFileName).Where(name => char.IsAsciiDigit(name![0])).Select(name => int.Parse(name!, CultureInfo.InvariantCulture));

    private bool Holds(int pid, string target)
    {
        try
        {
            return new DirectoryInfo(Path.Combine(_proc, pid.ToString(CultureInfo.InvariantCulture), "fd")).EnumerateFileSystemInfos().Any(entry => entry.LinkTarget == target);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // it ended while we looked, or belongs to another user
        }
    }

    private static IEnumerable<string> Lines(string path) => File.Exists(path) ? File.ReadLines(path) : [];
}

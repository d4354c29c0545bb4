using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>Where the programs of the bubblewrap sandbox are and how their processes run.</summary>
/// <param name="Priority">Nice value of everything inside, 0 … 19 (invariant I7: the host keeps its own).</param>
/// <param name="Program">The <c>bwrap</c> program.</param>
/// <param name="Python">The sandbox's Python; part of the read-only system.</param>
public sealed record BubblewrapOptions(int Priority = 19, string Program = "/usr/bin/bwrap", string Python = "/usr/bin/python3")
{
    /// <summary>Tells whether the programs are there.</summary>
    /// <exception cref="SandboxUnavailableException">One is missing; the remedy names the package.</exception>
    public void Require()
    {
        foreach (var (program, package) in new[] { (Program, "bubblewrap"), (Python, "python3"), ("/usr/bin/setpriv", "util-linux") })
        {
            if (!File.Exists(program))
                throw new SandboxUnavailableException($"{program} is missing: untrusted code is never run without a sandbox") { Remedy = $"apt-get install {package}" };
        }
        // Its prefix is shown inside, so it must be one, and not somebody's home.
        var library = Path.Combine(PrefixOf(RealPath(Python)), "lib");
        if (!Directory.Exists(library) || !Directory.EnumerateDirectories(library, "python3*").Any(folder => File.Exists(Path.Combine(folder, "os.py"))))
            throw new SandboxUnavailableException($"{Python} is no Python that can be shown to the sandbox: there is no {library}/python3.*/os.py");
    }

    /// <summary>Where the program really lies: a link, and <c>/bin</c> is one, may point anywhere.</summary>
    internal static string RealPath(string program)
    {
        var path = File.ResolveLinkTarget(program, returnFinalTarget: true)?.FullName ?? program;
        return path.StartsWith("/bin/", StringComparison.Ordinal) ? "/usr" + path : path;
    }

    /// <summary>PREFIX of <c>PREFIX/bin/python3</c>.</summary>
    internal static string PrefixOf(string program) => Path.GetDirectoryName(Path.GetDirectoryName(program)) ?? "/";
}

/// <summary>Jails made of namespaces, each in a session of its own by which all of its processes are found and killed.</summary>
internal sealed class BubblewrapJailer(BubblewrapOptions options) : IJailer
{
    private readonly string _token = $"dreamer-{Environment.ProcessId}-{Guid.NewGuid():N}";
    private readonly Lock _starting = new();
    private readonly ConcurrentDictionary<Started, bool> _alive = [];
    private Task _ending = Task.CompletedTask;
    private int _started;

    /// <inheritdoc/>
    public string Name => "bubblewrap";

    /// <summary>Stands in the environment of every process in these jails, and in the command line of those that lead there: for people and tests.</summary>
    public string Token => _token;

    /// <inheritdoc/>
    public Task RequireAsync(CancellationToken cancellation)
    {
        options.Require();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<string> DigestAsync(CancellationToken cancellation)
    {
        options.Require();
        await using var interpreter = File.OpenRead(options.Python);
        return "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(interpreter, cancellation));
    }

    /// <inheritdoc/>
    public Task<IJailProcess> StartAsync(JailOrder order, CancellationToken cancellation)
    {
        options.Require();
        return LastingThread.RunAsync<IJailProcess>(() => Start(order));
    }

    /// <inheritdoc/>
    public Task<int> EndAllAsync(CancellationToken cancellation)
    {
        lock (_starting)
        {
            // A start that is under way is over; one that follows finds its order cancelled.
        }

        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ending = ended.Task;
        try
        {
            Started[] known = [.. _alive.Keys.Where(jail => !jail.IsOver)];
            // Before any look at the process table: while they run, that look may have to wait for a processor.
            foreach (var jail in known)
                jail.Kill();
            var count = HostProcesses.EndSessions(known.Select(jail => jail.Session).ToHashSet(), cancellation);
            foreach (var jail in known)
                jail.IsGone = true;
            return Task.FromResult(count);
        }
        finally
        {
            ended.SetResult();
        }
    }

    /// <inheritdoc/>
    public IEnumerable<int> Processes() => _alive.Keys.Where(jail => !jail.HasEnded).Select(jail => jail.Session);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await EndAllAsync(CancellationToken.None);

    private Started Start(JailOrder order)
    {
        lock (_starting)
        {
            order.Until.ThrowIfCancellationRequested();
            var token = $"{_token}-{order.Role}-{++_started}-";
            try
            {
                using var compact = AddressSpace.Compact();
                var process = Process.Start(BubblewrapCommand.Build(options, token, order)) ?? throw new SandboxUnavailableException("bubblewrap does not start");
                var started = new Started(process, this);
                _alive[started] = true;
                return started;
            }
            catch (Win32Exception error)
            {
                throw new SandboxUnavailableException($"bubblewrap does not start: {error.Message}", error);
            }
        }
    }

    private sealed class Started : IJailProcess
    {
        private readonly Process _process;
        private readonly BubblewrapJailer _jailer;
        private readonly Complaint _complaint = new();
        private readonly Task _draining;
        private volatile bool _isEnding;

        public Started(Process process, BubblewrapJailer jailer)
        {
            (_process, _jailer, Session) = (process, jailer, process.Id);
            _draining = DrainAsync(process.StandardError.BaseStream);
            _ = EndLeftoversAsync();
        }

        /// <summary>Its session: the id of the outer process, which leads it.</summary>
        public int Session { get; }

        /// <summary>Whether it is known that nothing of it is alive.</summary>
        public bool IsGone { get; set; }

        /// <summary>
        /// Whether its session is over: the kernel gives the number of a session away only when nobody is left in it, so if there is such a process again, it is somebody else's.
        /// </summary>
        public bool IsOver => IsGone || (_process.HasExited && HostProcesses.StartOf(Session) is not null);

        public Stream Input => _process.StandardInput.BaseStream;

        public Stream Output => _process.StandardOutput.BaseStream;

        public bool HasEnded => IsGone || _process.HasExited;

        public string? Complaint => _complaint.Essence;

        /// <summary>Kills the outer process; the others die with it.</summary>
        public void Kill()
        {
            _isEnding = true;
            try
            {
                if (!_process.HasExited)
                    HostProcesses.HastenGroup(Session);
                _process.Kill();
            }
            catch (InvalidOperationException)
            {
                // It has been let go meanwhile.
            }
        }

        public async ValueTask DisposeAsync()
        {
            Kill();
            // When all are being ended, one look at the process table serves for all.
            await _jailer._ending;
            if (!IsOver)
                await Task.Run(() => HostProcesses.EndSessions(new HashSet<int> { Session }, CancellationToken.None));
            IsGone = true;
            _jailer._alive.TryRemove(this, out _);
            await _process.WaitForExitAsync(CancellationToken.None);
            // Nobody holds the other end any more, so this is short; afterwards its complaint is whole.
            await _draining;
            _process.Dispose();
        }

        /// <summary>An outer process that is killed while it sets up the jail leaves an inner one that waits for it, with the other end of our pipes, forever.</summary>
        private async Task EndLeftoversAsync()
        {
            await _process.WaitForExitAsync(CancellationToken.None);
            if (!_isEnding && !IsOver)
                await Task.Run(() => HostProcesses.EndSessions(new HashSet<int> { Session }, CancellationToken.None));
        }

        private async Task DrainAsync(Stream stderr)
        {
            try
            {
                await stderr.CopyToAsync(_complaint);
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException)
            {
                // The jail ended.
            }
        }
    }
}

using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
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
    }
}

/// <summary>Jails made of namespaces: one bubblewrap process each, found and killed by a token in its command line.</summary>
internal sealed class BubblewrapJailer(BubblewrapOptions options) : IJailer
{
    private readonly string _token = $"dreamer-{Environment.ProcessId}-{Guid.NewGuid():N}";
    private readonly Lock _starting = new();
    private readonly ConcurrentDictionary<Started, bool> _alive = [];
    private int _started;

    /// <inheritdoc/>
    public string Name => "bubblewrap";

    /// <summary>Stands in the command line of every process of these jails that the host can see.</summary>
    public string Token => _token;

    /// <inheritdoc/>
    public Task RequireAsync(CancellationToken cancellation)
    {
        options.Require();
        return Task.CompletedTask;
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

        // Those that are known go without a look at the process table: while they run, that look may have to wait for a processor.
        foreach (var known in _alive.Keys)
            known.Kill();
        return Task.FromResult(HostProcesses.End(_token, cancellation));
    }

    /// <inheritdoc/>
    public IEnumerable<int> Processes() => HostProcesses.Find(_token);

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
                var process = Process.Start(BubblewrapCommand.Build(options, token, order)) ?? throw new SandboxUnavailableException("bubblewrap does not start");
                var started = new Started(process, token, ended => _alive.TryRemove(ended, out _));
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
        private readonly string _token;
        private readonly Action<Started> _ended;

        public Started(Process process, string token, Action<Started> ended)
        {
            (_process, _token, _ended) = (process, token, ended);
            _ = DrainAsync(process.StandardError.BaseStream);
        }

        public Stream Input => _process.StandardInput.BaseStream;

        public Stream Output => _process.StandardOutput.BaseStream;

        public bool HasEnded => _process.HasExited;

        /// <summary>Kills the outer process; all others die with it.</summary>
        public void Kill()
        {
            try
            {
                _process.Kill();
            }
            catch (InvalidOperationException)
            {
                // It has been let go meanwhile.
            }
        }

        public async ValueTask DisposeAsync()
        {
            _ended(this);
            HostProcesses.End(_token, CancellationToken.None);
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
        }

        private static async Task DrainAsync(Stream stderr)
        {
            var buffer = new byte[4096];
            try
            {
                while (await stderr.ReadAsync(buffer) > 0)
                {
                    // What untrusted code prints is of no use; an undrained pipe would stop it.
                }
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException)
            {
                // The jail ended.
            }
        }
    }
}

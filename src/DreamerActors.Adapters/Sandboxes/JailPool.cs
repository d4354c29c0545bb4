using System.Collections.Concurrent;
using System.Text.Json;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>A bounded number of warm jails, started when needed and replaced when dead or old (invariant I8).</summary>
/// <remarks>
/// A warm jail is reused safely: untrusted code runs only in forks of the zygote with new PID, mount and IPC namespaces, no capability, a fresh
/// work folder and no descriptor but one socket; the fork and everything it started are dead before the next job begins.
/// </remarks>
internal sealed class JailPool(BubblewrapOptions options, string name, int size, string preload = "") : ISandboxKeeper, IAsyncDisposable
{
    private const int JobsPerJail = 500;
    private static readonly int[] HashSeeds = [0, 1, 42, 1009];
    private readonly string _token = $"dreamer-{name}-{Environment.ProcessId}-{Guid.NewGuid():N}";
    private readonly SemaphoreSlim _slots = new(size);
    private readonly ConcurrentBag<Jail> _idle = [];
    private int _started;

    /// <summary>Stands in the command line of every process of these jails that the host can see.</summary>
    public string Token => _token;

    /// <summary>Runs one job; a jail that dies under it is replaced once.</summary>
    /// <exception cref="SandboxUnavailableException">No jail can be had, or two died under the same job.</exception>
    public async Task<JsonElement> AskAsync(IReadOnlyList<(char Kind, ReadOnlyMemory<byte> Payload)> frames, TimeSpan deadline, CancellationToken cancellation)
    {
        await _slots.WaitAsync(cancellation);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var jail = await TakeAsync(cancellation);
                try
                {
                    var answer = await jail.AskAsync(frames, deadline, cancellation);
                    await GiveBackAsync(jail);
                    return answer;
                }
                catch (JailBrokenException) when (attempt == 1)
                {
                    // The job did not cause it as far as we know: one fresh jail more.
                }
                catch (JailBrokenException error)
                {
                    throw new SandboxUnavailableException($"the sandbox broke twice: {error.Message}", error);
                }
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public Task<int> EndAllAsync(CancellationToken cancellation) => JailProcesses.EndAsync(_token, cancellation);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAllAsync(CancellationToken.None);
        while (_idle.TryTake(out var jail))
            await jail.DisposeAsync();
    }

    private async Task<Jail> TakeAsync(CancellationToken cancellation)
    {
        while (_idle.TryTake(out var jail))
        {
            if (jail.IsUsable)
                return jail;
            await jail.DisposeAsync();
        }
        var number = Interlocked.Increment(ref _started);
        return await Jail.StartAsync(options, $"{_token}-{number}-", HashSeeds[number % HashSeeds.Length], preload, cancellation);
    }

    private async Task GiveBackAsync(Jail jail)
    {
        if (jail.IsUsable && jail.Served < JobsPerJail)
            _idle.Add(jail);
        else
            await jail.DisposeAsync();
    }
}

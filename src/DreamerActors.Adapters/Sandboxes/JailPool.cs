using System.Text.Json;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>A bounded number of warm jails for one role, one of them started ahead of need, all replaced when dead or old (invariant I8).</summary>
/// <remarks>
/// A warm jail is reused safely: untrusted code runs only in forks of the zygote without any capability and with no descriptor but one socket; the
/// fork and everything it started are dead, and the work folder is empty, before the next job begins.
/// </remarks>
internal sealed class JailPool(IJailer jailer, Delivery delivery, TimeProvider time, string role, int size, string preload = "")
{
    /// <summary>What stands for a session when there is none.</summary>
    public const string NoSession = "none";

    private const int JobsPerJail = 500;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private readonly SemaphoreSlim _slots = new(size);
    private readonly Lock _gate = new();
    private readonly Queue<Task<Jail>> _warm = [];
    private CancellationTokenSource _untilEnd = new();
    private volatile bool _patienceOver;

    /// <summary>The session that jails are started for.</summary>
    public string Session { get; set; } = NoSession;

    /// <summary>Runs one job; a jail that dies under it is replaced once.</summary>
    /// <exception cref="SandboxUnavailableException">No jail can be had, two died under the same job, or all were ended.</exception>
    public async Task<JsonElement> AskAsync(IReadOnlyList<(char Kind, ReadOnlyMemory<byte> Payload)> frames, TimeSpan deadline, CancellationToken cancellation)
    {
        // What was asked for before all are ended starts nothing afterwards, also when it still waits for its turn then.
        var untilEnd = UntilEnd();
        await _slots.WaitAsync(cancellation);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, untilEnd);
        try
        {
            for (var again = true; ; again = false)
            {
                try
                {
                    // What killed one may have killed those that wait, too, and some are not known to be dead yet.
                    var jail = again ? await TakeAsync(untilEnd, either.Token) : await StartPatientlyAsync(untilEnd, either.Token);
                    return await AskAsync(jail, frames, deadline, untilEnd, either.Token);
                }
                catch (JailBrokenException) when (again)
                {
                    // The job did not cause it as far as we know: one fresh jail more.
                }
            }
        }
        catch (JailBrokenException error)
        {
            throw new SandboxUnavailableException($"the sandbox broke twice: {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new SandboxUnavailableException("every sandbox was ended", error);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Starts as many warm jails in the background as can be of use at the same moment, one for each processor; the others are started ahead one by one.</summary>
    public void WarmUp()
    {
        lock (_gate)
        {
            for (var missing = Math.Min(_slots.CurrentCount, Environment.ProcessorCount) - _warm.Count; missing > 0; missing--)
                _warm.Enqueue(StartAsync(_untilEnd.Token, _untilEnd.Token));
        }
    }

    /// <summary>
    /// Jobs in flight end as <see cref="SandboxUnavailableException"/>, starts are called off. Killing is the jailer's part, and must not wait for whoever hears of it.
    /// </summary>
    public void CallOff()
    {
        lock (_gate)
        {
            _ = _untilEnd.CancelAsync();
            _untilEnd = new CancellationTokenSource();
        }
    }

    /// <summary>Lets go of the warm jails.</summary>
    public async Task DrainAsync()
    {
        List<Task<Jail>> warm;
        lock (_gate)
        {
            warm = [.. _warm];
            _warm.Clear();
        }
        await Task.WhenAll(warm.Select(async starting =>
        {
            if (await OutcomeAsync(starting, CancellationToken.None) is { } jail)
                await jail.DisposeAsync();
        }));
    }

    private CancellationToken UntilEnd()
    {
        lock (_gate)
            return _untilEnd.Token;
    }

    private async Task<JsonElement> AskAsync(
        Jail jail, IReadOnlyList<(char Kind, ReadOnlyMemory<byte> Payload)> frames, TimeSpan deadline, CancellationToken untilEnd, CancellationToken cancellation)
    {
        try
        {
            return await jail.AskAsync(frames, deadline, cancellation);
        }
        finally
        {
            // One that was ended with all others is dead, and is let go with the session.
            if (untilEnd.IsCancellationRequested || (jail.IsUsable && jail.Served < JobsPerJail && !cancellation.IsCancellationRequested))
            {
                Keep(Task.FromResult(jail));
            }
            else
            {
                await jail.DisposeAsync();
                if (!cancellation.IsCancellationRequested)
                    StartAhead(untilEnd);
            }
        }
    }

    private async Task<Jail> TakeAsync(CancellationToken untilEnd, CancellationToken cancellation)
    {
        while (TakeWarm(untilEnd) is { } warm)
        {
            if (await OutcomeAsync(warm, cancellation) is { IsUsable: true } jail)
                return jail;
            else if (warm.IsCompletedSuccessfully)
                await (await warm).DisposeAsync();
        }
        return await StartPatientlyAsync(untilEnd, cancellation);
    }

    /// <summary>The jail, or null when it did not start: whoever needs one starts it anew and hears what is wrong.</summary>
    private async Task<Jail?> OutcomeAsync(Task<Jail> starting, CancellationToken cancellation)
    {
        try
        {
            return await starting.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Keep(starting);
            throw;
        }
        catch (Exception error) when (error is SandboxUnavailableException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>The next warm jail, or null. While slots are free and nothing is warm, one more is started ahead.</summary>
    private Task<Jail>? TakeWarm(CancellationToken untilEnd)
    {
        lock (_gate)
        {
            var found = _warm.TryDequeue(out var warm);
            if (_warm.Count == 0 && _slots.CurrentCount > 0)
                _warm.Enqueue(StartAsync(untilEnd, untilEnd));
            return found ? warm : null;
        }
    }

    private void Keep(Task<Jail> jail)
    {
        lock (_gate)
            _warm.Enqueue(jail);
    }

    private void StartAhead(CancellationToken untilEnd)
    {
        lock (_gate)
        {
            if (_warm.Count == 0 && !_patienceOver)
                _warm.Enqueue(StartAsync(untilEnd, untilEnd));
        }
    }

    private Task<Jail> StartAsync(CancellationToken untilEnd, CancellationToken cancellation) =>
        Jail.StartAsync(jailer, delivery, new JailOrder(role, preload, Session, untilEnd), cancellation);

    /// <summary>What fails for a moment (an engine that restarts, a table that is full) is tried again; what is missing is said at once.</summary>
    private async Task<Jail> StartPatientlyAsync(CancellationToken untilEnd, CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        for (var pause = FirstPause; ; pause *= 2)
        {
            try
            {
                var jail = await StartAsync(untilEnd, cancellation);
                _patienceOver = false;
                return jail;
            }
            catch (SandboxUnavailableException unavailable) when (unavailable.Remedy is null && !_patienceOver)
            {
                _patienceOver = time.GetElapsedTime(began) + pause > Patience;
                if (_patienceOver)
                    throw;
            }
            await Task.Delay(pause, time, cancellation);
        }
    }
}

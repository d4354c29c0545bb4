using DreamerActors.Domain.Sessions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DreamerActors.Adapters.Journal;

/// <summary>
/// The lease as an advisory lock of the journal's server: it belongs to a connection, so it ends with the machine that has it. When the server was away it is taken again.
/// Who lost it to another meanwhile finds its places in the journal taken and stops.
/// </summary>
public sealed class PostgresLease(string connection, TimeProvider time, ILogger<PostgresLease> log) : ISessionLease, IAsyncDisposable
{
    private const string Lock = "7310, 1";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock _order = new();
    private Task _last = Task.CompletedTask;
    private SessionId? _session;
    private readonly string _connection = new NpgsqlConnectionStringBuilder(connection) { Pooling = false, ApplicationName = $"DreamerActors on {Environment.MachineName}" }.ToString();
    private NpgsqlConnection? _held;
    private (CancellationTokenSource Stop, Task Keeping)? _keeper;

    /// <inheritdoc/>
    public Task<string?> TryTakeAsync(SessionId session, CancellationToken cancellation) => InOrder(() => TakeForAsync(session, cancellation));

    /// <inheritdoc/>
    public Task ReleaseAsync(SessionId session) => InOrder(() => _session == session ? GiveBackAsync() : Task.FromResult<string?>(null));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await InOrder(GiveBackAsync);

    // A lease that is still being given back would be given back after it was taken again.
    private Task<string?> InOrder(Func<Task<string?>> act)
    {
        lock (_order)
        {
            var mine = AfterAsync(_last, act);
            _last = mine;
            return mine;
        }
    }

    private static async Task<string?> AfterAsync(Task before, Func<Task<string?>> act)
    {
        await Task.WhenAny(before);
        return await act();
    }

    private async Task<string?> TakeForAsync(SessionId session, CancellationToken cancellation)
    {
        if (_session is { } holder) return holder == session ? null : "another session is running";
        try
        {
            if (await TakeAsync(cancellation) is { } other) return $"another machine dreams ({other})";
        }
        catch (NpgsqlException e)
        {
            throw new IOException($"the journal of DREAMER_JOURNAL does not answer: {e.Message}", e);
        }

        var stop = new CancellationTokenSource();
        _keeper = (stop, KeepAsync(stop.Token));
        _session = session;
        return null;
    }

    private async Task<string?> GiveBackAsync()
    {
        _session = null;
        if (_keeper is { } keeper)
        {
            _keeper = null;
            await keeper.Stop.CancelAsync();
            await keeper.Keeping;
            keeper.Stop.Dispose();
        }

        // The end of a connection is noticed when the server comes round to it; whoever asks next shall not find the lease taken.
        if (_held is { } held) await TryAsync(() => ScalarAsync(held, $"SELECT pg_advisory_unlock({Lock})", CancellationToken.None));
        await CloseAsync();
        return null;
    }

    private async Task<string?> TakeAsync(CancellationToken cancellation)
    {
        var open = new NpgsqlConnection(_connection);
        try
        {
            await open.OpenAsync(cancellation);
            if (await ScalarAsync(open, $"SELECT pg_try_advisory_lock({Lock})", cancellation) is true)
            {
                _held = open;
                return null;
            }

            var holder = await ScalarAsync(open, """
                SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory' AND classid = 7310 AND objid = 1 AND granted
                """, cancellation);
            await open.DisposeAsync();
            return holder as string ?? "another machine";
        }
        catch
        {
            await open.DisposeAsync();
            throw;
        }
    }

    private async Task KeepAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Interval, time, stop);
                await LookAsync(stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            log.LogDebug("The right to dream is given back");
        }
    }

    private async Task LookAsync(CancellationToken stop)
    {
        if (!await TryAsync(() => ConfirmAsync(stop))) await CloseAsync();
    }

    private async Task ConfirmAsync(CancellationToken stop)
    {
        if (_held is { } held)
            await ScalarAsync(held, "SELECT 1", stop);
        else if (await TakeAsync(stop) is { } holder)
            log.LogWarning("The right to dream went to {Holder} while the journal was away", holder);
        else
            log.LogInformation("The journal is back, and the right to dream is ours again");
    }

    private async Task<bool> TryAsync(Func<Task> act)
    {
        try
        {
            await act();
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException)
        {
            log.LogInformation("The right to dream cannot be confirmed now: {Message}", e.Message);
            return false;
        }
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _held, null) is { } held) await held.DisposeAsync();
    }

    private static async Task<object?> ScalarAsync(NpgsqlConnection open, string statement, CancellationToken cancellation)
    {
        await using var command = new NpgsqlCommand(statement, open);
        return await command.ExecuteScalarAsync(cancellation);
    }
}

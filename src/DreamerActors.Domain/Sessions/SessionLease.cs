namespace DreamerActors.Domain.Sessions;

/// <summary>The right to run a session. Among all machines that share a journal one session has it at a time; it ends with its process, too.</summary>
/// <remarks>What is asked of it is done in the order in which it was asked.</remarks>
public interface ISessionLease
{
    /// <summary>Takes it; a session that has it keeps it.</summary>
    /// <returns>Null when the session has it now; else who has it, as a sentence.</returns>
    Task<string?> TryTakeAsync(SessionId session, CancellationToken cancellation);

    /// <summary>Gives it back; nothing when the session does not have it.</summary>
    Task ReleaseAsync(SessionId session);
}

/// <summary>The lease of a journal that only one process uses.</summary>
public sealed class SoleLease : ISessionLease
{
    private readonly Lock _one = new();
    private SessionId? _holder;

    /// <inheritdoc/>
    public Task<string?> TryTakeAsync(SessionId session, CancellationToken cancellation)
    {
        lock (_one)
        {
            if (_holder is { } holder && holder != session) return Task.FromResult<string?>("another session is running");
            _holder = session;
            return Task.FromResult<string?>(null);
        }
    }

    /// <inheritdoc/>
    public Task ReleaseAsync(SessionId session)
    {
        lock (_one)
        {
            if (_holder == session) _holder = null;
        }

        return Task.CompletedTask;
    }
}

/// <summary>Another has written in a session's place in the journal: it ran elsewhere meanwhile.</summary>
public sealed class PlaceTakenException(string message) : IOException(message);

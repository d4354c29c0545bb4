namespace DreamerActors.Domain.Sessions;

/// <summary>The right to run a session. Among all machines that share a journal one has it at a time; it ends with its process, too.</summary>
public interface ISessionLease
{
    /// <summary>Takes it.</summary>
    /// <returns>Null when it is ours now; else who has it, in words.</returns>
    Task<string?> TryTakeAsync(CancellationToken cancellation);

    /// <summary>Gives it back; nothing when it is not ours.</summary>
    Task ReleaseAsync();
}

/// <summary>The lease of a journal that only one process uses.</summary>
public sealed class SoleLease : ISessionLease
{
    /// <inheritdoc/>
    public Task<string?> TryTakeAsync(CancellationToken cancellation) => Task.FromResult<string?>(null);

    /// <inheritdoc/>
    public Task ReleaseAsync() => Task.CompletedTask;
}

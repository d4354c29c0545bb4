namespace DreamerActors.Domain.Sandboxes;

/// <summary>No sandbox can be had on this machine, or one broke: infrastructure, never a verdict (invariants I2 and I5).</summary>
public sealed class SandboxUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The command that would install what is missing, when that is the cause.</summary>
    public string? Remedy { get; init; }
}

/// <summary>The bounds of one run of untrusted code (invariant I8).</summary>
/// <param name="Wall">Real time.</param>
/// <param name="Cpu">Processor time of one process.</param>
/// <param name="MemoryBytes">Address space of one process.</param>
/// <param name="OutputBytes">What it may print.</param>
/// <param name="FileBytes">Size of one file, and of the work directory.</param>
/// <param name="Processes">Processes and threads at once.</param>
/// <param name="OpenFiles">Descriptors of one process.</param>
public sealed record SandboxLimits(
    TimeSpan Wall, TimeSpan Cpu, long MemoryBytes, int OutputBytes, long FileBytes, int Processes, int OpenFiles)
{
    /// <summary>Generous for a docstring-sized task, tight for everything else.</summary>
    public static SandboxLimits Default { get; } = new(
        TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10), 512L << 20, 64 << 10, 16L << 20, 64, 64);
}

/// <summary>Runs a named function of one of our own Python modules over untrusted bytes, inside the sandbox.</summary>
public interface ISandboxedReader
{
    /// <summary>Calls <paramref name="function"/> of <paramref name="module"/> with the payload and returns its JSON answer.</summary>
    /// <exception cref="SandboxUnavailableException">The sandbox failed.</exception>
    /// <exception cref="UntrustedInputException">The payload could not be read: too deep, too large, too slow.</exception>
    Task<byte[]> CallAsync(string module, string function, ReadOnlyMemory<byte> payload, CancellationToken cancellation);
}

/// <summary>Input that cannot be read within the limits; the message is for people.</summary>
public sealed class UntrustedInputException(string message) : Exception(message);

/// <summary>Has sandboxes ready while a session runs, and ends every one of them, and whatever else dreams outside this process, at once and without asking (invariant I3).</summary>
public interface ISandboxKeeper
{
    /// <summary>From now on sandboxes are started for this session, ahead of need and in the background.</summary>
    /// <param name="session">Its id.</param>
    void BeginSession(string session);

    /// <summary>Lets go of the sandboxes that are ready; those at work end their work.</summary>
    Task EndSessionAsync();

    /// <summary>Lets go of the sandboxes that are ready, when something was done outside a session.</summary>
    Task LetGoAsync() => Task.CompletedTask;

    /// <summary>
    /// Kills all sandboxes and returns when none of their processes is alive; what was asked for before starts none afterwards. It may block its caller, who
    /// gives it a thread of its own: what can be done without the thread pool must be, since dreams may have used that up.
    /// </summary>
    /// <returns>How many had to be killed.</returns>
    Task<int> EndAllAsync(CancellationToken cancellation);
}

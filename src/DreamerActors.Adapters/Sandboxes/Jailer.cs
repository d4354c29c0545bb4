namespace DreamerActors.Adapters.Sandboxes;

/// <summary>What a jail is wanted for.</summary>
/// <param name="Role">One word for the jail's name: <c>trial</c> or <c>reader</c>.</param>
/// <param name="Preload">Harness modules the zygote imports before it forks.</param>
/// <param name="Session">The session it is started for, or <c>none</c>.</param>
/// <param name="Until">Once this is cancelled, it must not be started any more.</param>
internal sealed record JailOrder(string Role, string Preload, string Session, CancellationToken Until);

/// <summary>A way to lock Python in. bubblewrap and Docker are two; harness, frames, pool and guardian know only this.</summary>
internal interface IJailer : IAsyncDisposable
{
    /// <summary>The name that <c>DREAMING_SANDBOX</c> gives it.</summary>
    string Name { get; }

    /// <summary>Tells whether jails can be had on this machine.</summary>
    /// <exception cref="Domain.Sandboxes.SandboxUnavailableException">Something is missing; the remedy names what would bring it.</exception>
    Task RequireAsync(CancellationToken cancellation);

    /// <summary>Digest of what Python comes from here: the image, or the interpreter where there is none.</summary>
    /// <exception cref="Domain.Sandboxes.SandboxUnavailableException">It cannot be told.</exception>
    Task<string> DigestAsync(CancellationToken cancellation);

    /// <summary>Starts the harness's boot text in a new jail, its standard input and output connected to us.</summary>
    /// <exception cref="Domain.Sandboxes.SandboxUnavailableException">It does not start.</exception>
    Task<IJailProcess> StartAsync(JailOrder order, CancellationToken cancellation);

    /// <summary>
    /// Kills every jail of this process and returns when nothing in them is alive. A jail whose order is cancelled by now is not started afterwards. The
    /// caller gives it a thread to block: what can be done without the thread pool must be.
    /// </summary>
    /// <returns>How many processes or containers had to be killed.</returns>
    Task<int> EndAllAsync(CancellationToken cancellation);

    /// <summary>Processes of its jails, whoever their parent is by now; their load is the dreamer's own (invariant I6).</summary>
    IEnumerable<int> Processes() => [];

    /// <summary>Full ids of its containers; their load is the dreamer's own.</summary>
    IEnumerable<string> Containers() => [];
}

/// <summary>A started jail. Disposing kills it without asking and returns when nothing in it is alive.</summary>
internal interface IJailProcess : IAsyncDisposable
{
    /// <summary>Its standard input.</summary>
    Stream Input { get; }

    /// <summary>Its standard output.</summary>
    Stream Output { get; }

    /// <summary>Whether it has ended by itself or was killed.</summary>
    bool HasEnded { get; }

    /// <summary>What it said on its standard error, in a line; tells why it did not start. Whole once it is disposed of.</summary>
    string? Complaint { get; }
}

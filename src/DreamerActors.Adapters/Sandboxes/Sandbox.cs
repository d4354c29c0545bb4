using System.Globalization;
using System.Text;
using System.Text.Json;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>Where untrusted Python runs on one machine: warm jails for trials, others with our libraries for reading sources.</summary>
public sealed class Sandbox : ISandboxedReader, ISandboxKeeper, IOwnWork, IAsyncDisposable
{
    /// <summary>A strict job takes at most this many times the wall limit of one run, if it gets the processor whenever it needs one.</summary>
    private const double WholeJob = 10;

    /// <summary>It is given up when it took so many times as long, for want of a processor (waits.py).</summary>
    private const double Patience = 4;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private readonly IJailer _jailer;
    private readonly JailPool _trials;
    private readonly JailPool _readers;
    private readonly SandboxLimits _limits;
    private readonly TimeSpan _readLimit = TimeSpan.FromSeconds(60);
    private string? _digest;

    /// <param name="jailer">How Python is locked in.</param>
    /// <param name="limits">The bounds of one run.</param>
    /// <param name="concurrency">Trials at once, 1 … 64.</param>
    /// <param name="time">The clock.</param>
    internal Sandbox(IJailer jailer, SandboxLimits limits, int concurrency, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(concurrency, 1);
        (_jailer, _limits) = (jailer, limits);
        var delivery = new Delivery();
        _trials = new JailPool(jailer, delivery, time, "trial", concurrency);
        _readers = new JailPool(jailer, delivery, time, "reader", Math.Min(concurrency, 2), preload: "findings");
    }

    private JailPool[] Pools => [_trials, _readers];

    /// <summary>The kind of sandbox, as <c>DREAMING_SANDBOX</c> names it.</summary>
    public string Name => _jailer.Name;

    /// <summary>A sandbox of the wanted kind.</summary>
    /// <param name="kind">What <c>DREAMING_SANDBOX</c> says: <c>docker</c>, <c>bubblewrap</c> or <c>auto</c>.</param>
    /// <param name="bubblewrap">Where bubblewrap is.</param>
    /// <param name="docker">Where Docker is.</param>
    /// <param name="limits">The bounds of one run.</param>
    /// <param name="concurrency">Trials at once, 1 … 64.</param>
    /// <param name="time">The clock.</param>
    /// <param name="told">Told once what <c>auto</c> chose.</param>
    public static Sandbox Of(
        string kind, BubblewrapOptions bubblewrap, DockerOptions docker, SandboxLimits limits, int concurrency, TimeProvider time, Action<string> told)
    {
        IJailer jailer = kind switch
        {
            "bubblewrap" => new BubblewrapJailer(bubblewrap),
            "docker" => new DockerJailer(docker, limits),
            "auto" => new FirstThatWorks([new DockerJailer(docker, limits), new BubblewrapJailer(bubblewrap)], told),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "docker, bubblewrap or auto"),
        };
        return new Sandbox(jailer, limits, concurrency, time);
    }

    /// <summary>The bounds of one run.</summary>
    public SandboxLimits Limits => _limits;

    /// <summary>Digest of the image, or of the interpreter where there is none. Asked once: a sandbox does not change while it is used.</summary>
    /// <exception cref="SandboxUnavailableException">It cannot be told.</exception>
    public async Task<string> DigestAsync(CancellationToken cancellation) => _digest ??= await _jailer.DigestAsync(cancellation);

    /// <summary>Tells whether untrusted code can be run on this machine.</summary>
    /// <exception cref="SandboxUnavailableException">It cannot; the remedy names what is missing.</exception>
    public Task RequireAsync(CancellationToken cancellation) => _jailer.RequireAsync(cancellation);

    /// <summary>Tries a candidate against its tests.</summary>
    /// <param name="id">The host's nonce for this job.</param>
    /// <param name="submission">Candidate and tests.</param>
    /// <param name="demands">How demanding to be.</param>
    /// <param name="seed">Fixes every random choice, so that the same batch gives the same verdicts.</param>
    /// <param name="cancellation">Kills the jail.</param>
    /// <exception cref="SandboxUnavailableException">The sandbox failed.</exception>
    public Task<JsonElement> TryAsync(string id, Submission submission, GuardingDemands demands, int seed, CancellationToken cancellation)
    {
        var job = new
        {
            id,
            mode = demands.Strict ? "strict" : "lenient",
            seed,
            mutants = 12,
            runs = demands.Runs,
            limits = Bounds(_limits.Wall, _limits.Cpu),
        };
        return _trials.AskAsync(
            [
                ('J', JsonSerializer.SerializeToUtf8Bytes(job)),
                ('C', Encoding.UTF8.GetBytes(submission.Code)),
                ('T', Encoding.UTF8.GetBytes(submission.TestCode)),
                ('E', default),
            ],
            (_limits.Wall * WholeJob * Patience) + Grace,
            cancellation);
    }

    /// <inheritdoc/>
    public async Task<byte[]> CallAsync(string module, string function, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        var job = new { id = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture), module, function, warm = true, limits = Bounds(_readLimit, _readLimit) };
        var answer = await _readers.AskAsync([('X', JsonSerializer.SerializeToUtf8Bytes(job)), ('C', payload), ('E', default)], _readLimit + Grace, cancellation);
        return answer.TryGetProperty("result", out var result)
            ? JsonSerializer.SerializeToUtf8Bytes(result)
            : throw new UntrustedInputException(answer.TryGetProperty("error", out var error) ? error.ToString() : "the source cannot be read");
    }

    /// <inheritdoc/>
    public void BeginSession(string session)
    {
        foreach (var pool in Pools)
        {
            pool.Session = session;
            pool.WarmUp();
        }
    }

    /// <inheritdoc/>
    public async Task EndSessionAsync()
    {
        foreach (var pool in Pools)
            pool.Session = JailPool.NoSession;
        await LetGoAsync();
    }

    /// <inheritdoc/>
    public Task LetGoAsync() => Task.WhenAll(Pools.Select(pool => pool.DrainAsync()));

    /// <inheritdoc/>
    public Task<int> EndAllAsync(CancellationToken cancellation)
    {
        foreach (var pool in Pools)
            pool.CallOff();
        return _jailer.EndAllAsync(cancellation);
    }

    /// <inheritdoc/>
    public IEnumerable<int> ProcessIds() => _jailer.Processes();

    /// <inheritdoc/>
    public IEnumerable<string> ContainerIds() => _jailer.Containers();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAllAsync(CancellationToken.None);
        await EndSessionAsync();
        await _jailer.DisposeAsync();
    }

    private object Bounds(TimeSpan wall, TimeSpan cpu) => new
    {
        wall_seconds = wall.TotalSeconds,
        cpu_seconds = cpu.TotalSeconds,
        memory_bytes = _limits.MemoryBytes,
        output_bytes = _limits.OutputBytes,
        file_bytes = _limits.FileBytes,
        processes = _limits.Processes,
        open_files = _limits.OpenFiles,
    };
}

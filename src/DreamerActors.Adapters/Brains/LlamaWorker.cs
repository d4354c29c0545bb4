using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using DreamerActors.Adapters.Energy;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Sandboxes;
using Microsoft.Extensions.Logging;

namespace DreamerActors.Adapters.Brains;

/// <summary>How the model's own process is started.</summary>
/// <param name="Program">The worker, <c>dreamer-llama.dll</c>.</param>
/// <param name="ModelPath">The GGUF file.</param>
/// <param name="Context">Tokens of prompt and answer together.</param>
/// <param name="Threads">Threads that compute.</param>
/// <param name="Priority">Nice value, 0 … 19 (invariant I7).</param>
public sealed record LlamaWorkerOptions(string Program, string ModelPath, int Context, int Threads, int Priority)
{
    /// <summary>The longest that loading the model may take.</summary>
    public TimeSpan LoadLimit { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The pause before a worker that ended by itself is started again; doubled each time, up to <see cref="LongestPause"/>.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest of these pauses.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a worker that nobody asks keeps its memory; then it ends by itself.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a worker that is up may take to say that it is well; one that does not is started again.</summary>
    public TimeSpan HealthLimit { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>How the model's own process is.</summary>
/// <param name="State"><c>stopped</c>, <c>pausing</c> before it is started again, <c>loading</c> or <c>running</c>.</param>
/// <param name="ProcessId">The process, while there is one.</param>
/// <param name="Restarts">How often it had to be started again.</param>
/// <param name="Pause">The pause before its last start; zero when that was no restart.</param>
/// <param name="LastEnd">Why it was started again last; null when it never was.</param>
public sealed record LlamaWorkerStatus(string State, int? ProcessId, int Restarts, TimeSpan Pause, string? LastEnd);

/// <summary>llama.cpp in a process of its own, behind a Unix socket: a crash or gigabytes of weights never touch the host.</summary>
/// <remarks>
/// Started by the first question, started again after it ended or hung (later each time it ends soon), killed on every wake-up with
/// everything it was computing, and when its session ends; it also ends when this process does, however that dies.
/// </remarks>
public sealed class LlamaWorker(LlamaWorkerOptions options, TimeProvider time, ILogger<LlamaWorker> log) : ISandboxKeeper, IAsyncDisposable
{
    private static readonly TimeSpan HealthPause = TimeSpan.FromMilliseconds(50);
    private readonly string _folder = Directory.CreateTempSubdirectory("dreamer-llama-").FullName;
    private readonly SemaphoreSlim _starting = new(1);
    private CancellationTokenSource _awake = new();
    private Process? _process;
    private long _startedAt;
    private int _failures;
    private volatile LlamaWorkerStatus _status = new("stopped", null, 0, TimeSpan.Zero, null);

    /// <summary>How it is now.</summary>
    public LlamaWorkerStatus Status => _status switch
    {
        { State: "running" or "loading", ProcessId: { } id } status => Directory.Exists($"/proc/{id}") ? status : status with { State = "stopped", ProcessId = null },
        var status => status,
    };

    private string Socket => Path.Combine(_folder, "llama.sock");

    /// <summary>Waits until the worker can be asked: it is started if it does not run, and again if it hangs.</summary>
    /// <exception cref="BrainUnavailableException">It cannot be started.</exception>
    public async Task ReadyAsync(CancellationToken cancellation)
    {
        // A wake-up in the middle of a start must not be followed by another start.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Volatile.Read(ref _awake).Token);
        await _starting.WaitAsync(stop.Token);
        try
        {
            if (_process is not { HasExited: false } || !await IsWellAsync(_process, stop.Token))
                await StartAsync(stop.Token);
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <summary>A connection to the worker.</summary>
    /// <exception cref="SocketException">It does not run.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void BeginSession(string session)
    {
        // The first question starts it.
    }

    /// <summary>Ends the worker: without a session its memory belongs to others.</summary>
    public Task EndSessionAsync() => EndAllAsync(CancellationToken.None);

    /// <inheritdoc/>
    public async Task<int> EndAllAsync(CancellationToken cancellation)
    {
        // Killing comes first: whoever hears of the end may need a thread that dreams have used up.
        var running = TryKill();
        using var before = Interlocked.Exchange(ref _awake, new CancellationTokenSource());
        await before.CancelAsync();
        await _starting.WaitAsync(cancellation);
        try
        {
            await KillAsync(cancellation);
            _failures = 0;
            return running ? 1 : 0;
        }
        finally
        {
            _starting.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAllAsync(CancellationToken.None);
        _awake.Dispose();
        _starting.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartAsync(CancellationToken stop)
    {
        if (!File.Exists(options.Program))
            throw new BrainUnavailableException($"{options.Program} is missing: start the dreamer by ./dreamer, which builds it, or use DREAMING_BRAIN=openai with a llama.cpp server");
        try
        {
            var pause = await PauseAsync(stop);
            await KillAsync(CancellationToken.None);
            _startedAt = time.GetTimestamp();
            _process = Process.Start(Command()) ?? throw new BrainUnavailableException("the model's process does not start");
            _status = _status with { State = "loading", ProcessId = _process.Id, Pause = pause };
            _ = ReadLogAsync(_process);
            await LoadedAsync(_process, stop);
            _status = _status with { State = "running" };
        }
        catch (OperationCanceledException)
        {
            await KillAsync(CancellationToken.None);
            _status = _status with { State = "stopped", ProcessId = null };
            throw;
        }
    }

    /// <summary>After a failure, waits the longer the more of them there were in a row.</summary>
    private async Task<TimeSpan> PauseAsync(CancellationToken stop)
    {
        if (_process is not { ExitCode: not 0 } failed) // with 0 it ended because nobody had asked it anything for long
            return TimeSpan.Zero;
        if (time.GetElapsedTime(_startedAt) > options.LongestPause)
            _failures = 0;
        var pause = TimeSpan.FromTicks(Math.Min(options.LongestPause.Ticks, options.Pause.Ticks << Math.Min(_failures++, 16)));
        _status = new LlamaWorkerStatus("pausing", null, _status.Restarts + 1, pause, $"it ended with code {failed.ExitCode}");
        log.LogWarning("The model's process ended with code {Code}; it is started again in {Pause} s", failed.ExitCode, pause.TotalSeconds);
        await Task.Delay(pause, time, stop);
        return pause;
    }

    private ProcessStartInfo Command()
    {
        File.Delete(Socket);
        string[] words =
        [
            .. LowPriority.Words(options.Priority), "dotnet", options.Program, options.ModelPath, Socket,
            options.Context.ToString(CultureInfo.InvariantCulture), options.Threads.ToString(CultureInfo.InvariantCulture),
            options.Idle.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        ];
        var start = new ProcessStartInfo(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        // A native crash shall end quickly: no dump, no debugger.
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        return start;
    }

    /// <summary>Waits until it answers that its model is loaded.</summary>
    private async Task LoadedAsync(Process process, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(options.LoadLimit, time);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        while (true)
        {
            if (process.HasExited)
                throw new BrainUnavailableException($"the model's process ended with code {process.ExitCode} while it loaded {options.ModelPath}");
            try
            {
                if (await IsHealthyAsync(waiting.Token))
                    return;
                await Task.Delay(HealthPause, waiting.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                throw new BrainUnavailableException($"{options.ModelPath} was not loaded within {options.LoadLimit.TotalSeconds:0} s");
            }
        }
    }

    /// <summary>Whether a worker that is up still answers; one that does not is ended here and now.</summary>
    private async Task<bool> IsWellAsync(Process process, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(options.HealthLimit, time);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        try
        {
            if (await IsHealthyAsync(waiting.Token))
                return true;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            log.LogWarning("The model's process {Process} does not answer any more", process.Id);
        }

        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        return false;
    }

    private async Task<bool> IsHealthyAsync(CancellationToken cancellation)
    {
        try
        {
            // Its own connection each time: one to a worker that died would tell of that one.
            using var http = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false });
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://llama/health");
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            using var response = await http.SendAsync(request, cancellation);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // it does not listen yet
        }
    }

    private bool TryKill()
    {
        try
        {
            if (_process is not { HasExited: false } running)
                return false;
            running.Kill();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // it has been let go meanwhile
        }
    }

    private async Task KillAsync(CancellationToken cancellation)
    {
        if (_process is not { } process)
            return;
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync(cancellation);
        process.Dispose();
        _process = null;
    }

    private async Task ReadLogAsync(Process process)
    {
        try
        {
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            while (await process.StandardError.ReadLineAsync() is { } line)
                log.LogDebug("llama: {Line}", line.Length > 500 ? line[..500] : line);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // It was killed.
        }
    }
}

using System.Diagnostics;
using System.Text.Json;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>The jail ended or answered outside its protocol while a job ran: infrastructure, worth one more try in a fresh jail.</summary>
internal sealed class JailBrokenException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>One bubblewrap process with its warm zygote. Serves one job at a time; every job runs in new namespaces of its own inside.</summary>
internal sealed class Jail : IAsyncDisposable
{
    private const int LargestAnswer = 32 << 20;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private readonly Process _process;
    private readonly string _token;
    private bool _spent;

    private Jail(Process process, string token)
    {
        _process = process;
        _token = token;
        _ = DrainAsync(process.StandardError.BaseStream);
    }

    /// <summary>How many jobs it has served.</summary>
    public int Served { get; private set; }

    /// <summary>Whether it can serve another job.</summary>
    public bool IsUsable => !_spent && !_process.HasExited;

    /// <exception cref="SandboxUnavailableException">bubblewrap or Python is missing or refuses to start.</exception>
    public static async Task<Jail> StartAsync(BubblewrapOptions options, string token, int hashSeed, string preload, CancellationToken cancellation)
    {
        options.Require();
        Process? process;
        try
        {
            process = Process.Start(BubblewrapCommand.Build(options, token, hashSeed, preload));
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new SandboxUnavailableException($"the sandbox does not start: {error.Message}", error);
        }
        var jail = new Jail(process ?? throw new SandboxUnavailableException("the sandbox does not start"), token);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(StartLimit);
            await Frames.WriteAsync(jail.Input, 'M', Harness.Modules, limit.Token);
            await jail.Input.FlushAsync(limit.Token);
            var (kind, _) = await Frames.ReadAsync(jail.Output, LargestAnswer, limit.Token);
            return kind == 'R' ? jail : throw new InvalidDataException($"frame {kind} instead of R");
        }
        catch (Exception error)
        {
            await jail.DisposeAsync();
            cancellation.ThrowIfCancellationRequested();
            throw new SandboxUnavailableException($"the sandbox does not start: {error.Message}", error);
        }
    }

    private Stream Input => _process.StandardInput.BaseStream;

    private Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Sends one job and returns the harness's answer.</summary>
    /// <param name="frames">The job's frames, end mark included.</param>
    /// <param name="deadline">Time for the whole job; the jail is killed when it is over.</param>
    /// <param name="cancellation">Kills the jail and all that runs in it.</param>
    /// <exception cref="JailBrokenException">The jail ended, or its answer is not one.</exception>
    public async Task<JsonElement> AskAsync(IReadOnlyList<(char Kind, ReadOnlyMemory<byte> Payload)> frames, TimeSpan deadline, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(deadline);
        try
        {
            var sending = SendAsync(frames, limit.Token);
            var (kind, payload) = await Frames.ReadAsync(Output, LargestAnswer, limit.Token);
            if (kind != 'V')
                throw new InvalidDataException($"frame {kind} instead of V");
            await sending;
            Served++;
            using var document = JsonDocument.Parse(payload);
            return document.RootElement.Clone();
        }
        catch (Exception error) when (error is IOException or InvalidDataException or JsonException or OperationCanceledException)
        {
            _spent = true;
            await DisposeAsync();
            cancellation.ThrowIfCancellationRequested();
            throw new JailBrokenException(error is OperationCanceledException ? $"no answer within {deadline.TotalSeconds:0} s" : error.Message, error);
        }
    }

    /// <summary>Kills it and returns when none of its processes is alive.</summary>
    public async ValueTask DisposeAsync()
    {
        _spent = true;
        await JailProcesses.EndAsync(_token, CancellationToken.None);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    /// <summary>An early end of the job is seen by the reader; what could not be sent any more tells nothing new.</summary>
    private async Task SendAsync(IReadOnlyList<(char Kind, ReadOnlyMemory<byte> Payload)> frames, CancellationToken cancellation)
    {
        try
        {
            foreach (var (kind, payload) in frames)
                await Frames.WriteAsync(Input, kind, payload, cancellation);
            await Input.FlushAsync(cancellation);
        }
        catch (IOException)
        {
            _spent = true;
        }
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

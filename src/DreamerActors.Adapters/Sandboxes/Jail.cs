using System.Text.Json;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>The jail ended or answered outside its protocol while a job ran: infrastructure, worth one more try in a fresh jail.</summary>
internal sealed class JailBrokenException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>One jail with its warm zygote. Serves one job at a time; every job runs in forks that are gone before the next.</summary>
internal sealed class Jail : IAsyncDisposable
{
    private const int LargestAnswer = 32 << 20;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private readonly IJailProcess _process;
    private readonly BufferedStream _output;
    private bool _spent;

    private Jail(IJailProcess process) => (_process, _output) = (process, new BufferedStream(process.Output, 1 << 16));

    /// <summary>How many jobs it has served.</summary>
    public int Served { get; private set; }

    /// <summary>Whether it can serve another job.</summary>
    public bool IsUsable => !_spent && !_process.HasEnded;

    /// <exception cref="SandboxUnavailableException">The sandbox is missing or refuses to start.</exception>
    public static async Task<Jail> StartAsync(IJailer jailer, Delivery delivery, JailOrder order, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartLimit);
        Jail? jail = null;
        try
        {
            jail = new Jail(await jailer.StartAsync(order, limit.Token));
            await jail.SendAsync([delivery.Frame], limit.Token);
            var (kind, payload) = await Frames.ReadAsync(jail._output, LargestAnswer, limit.Token);
            if (kind == 'P')
            {
                delivery.Learn(payload);
                (kind, _) = await Frames.ReadAsync(jail._output, LargestAnswer, limit.Token);
            }
            return kind == 'R' ? jail : throw new InvalidDataException($"frame {kind} instead of R");
        }
        catch (Exception error)
        {
            delivery.Learn(null);
            if (jail is not null)
                await jail.DisposeAsync();
            cancellation.ThrowIfCancellationRequested();
            var why = jail?._process.Complaint ?? (error is OperationCanceledException ? $"no answer within {StartLimit.TotalSeconds:0} s" : error.Message);
            throw error as SandboxUnavailableException ?? new SandboxUnavailableException($"the sandbox does not start: {why}", error);
        }
    }

    /// <summary>Sends one job and returns the harness's answer.</summary>
    /// <param name="frames">The job's frames, end mark included.</param>
    /// <param name="deadline">Time for the whole job; afterwards the jail is of no use any more.</param>
    /// <param name="cancellation">Gives the job up; the jail is of no use any more.</param>
    /// <exception cref="JailBrokenException">The jail ended, or its answer is not one.</exception>
    public async Task<JsonElement> AskAsync(IReadOnlyCollection<(char Kind, ReadOnlyMemory<byte> Payload)> frames, TimeSpan deadline, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(deadline);
        try
        {
            var sending = SendAsync(frames, limit.Token);
            var (kind, payload) = await Frames.ReadAsync(_output, LargestAnswer, limit.Token);
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
            cancellation.ThrowIfCancellationRequested();
            throw new JailBrokenException(error is OperationCanceledException ? $"no answer within {deadline.TotalSeconds:0} s" : error.Message, error);
        }
    }

    /// <summary>Kills it and returns when none of its processes is alive.</summary>
    public async ValueTask DisposeAsync()
    {
        _spent = true;
        await _process.DisposeAsync();
    }

    /// <summary>An early end is seen by the reader, after what the jail had to say before; what could not be sent any more tells nothing new.</summary>
    private async Task SendAsync(IReadOnlyCollection<(char Kind, ReadOnlyMemory<byte> Payload)> frames, CancellationToken cancellation)
    {
        try
        {
            await Frames.WriteAsync(_process.Input, frames, cancellation);
        }
        catch (IOException)
        {
            _spent = true;
        }
    }
}

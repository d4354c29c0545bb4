using System.IO.Pipelines;
using Docker.DotNet;
using Docker.DotNet.Models;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>One running container, its streams attached.</summary>
/// <remarks>
/// The engine sends both outputs over one connection, in pieces with a head of their own; the library takes them apart. Pipes stand between, bounded, so that
/// the end of the connection is seen at once, also while nobody reads.
/// </remarks>
internal sealed class DockerJail : IJailProcess
{
    private static readonly PipeOptions Bounded = new(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19, useSynchronizationContext: false);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);
    private readonly IDockerClient _client;
    private readonly string _id;
    private readonly int _init;
    private readonly bool _here;
    private readonly MultiplexedStream _streams;
    private readonly Action _gone;
    private readonly Pipe _input = new(Bounded);
    private readonly Pipe _output = new(Bounded);
    private readonly Complaint _complaint = new();
    private readonly CancellationTokenSource _detach = new();
    private readonly Task _pumping;

    /// <param name="client">The engine.</param>
    /// <param name="id">The container.</param>
    /// <param name="init">Its first process, as the engine's machine numbers it.</param>
    /// <param name="streams">Attached to its input and output.</param>
    /// <param name="gone">Told once it is dead.</param>
    public DockerJail(IDockerClient client, string id, int init, MultiplexedStream streams, Action gone)
    {
        (_client, _id, _init, _streams, _gone) = (client, id, init, streams, gone);
        _here = HostProcesses.IsInGroup(init, id);
        Input = _input.Writer.AsStream();
        Output = _output.Reader.AsStream();
        _ = PumpAsync(streams.CopyFromAsync(_input.Reader.AsStream(), _detach.Token), _input.Reader.CompleteAsync);
        _pumping = PumpAsync(streams.CopyOutputToAsync(Stream.Null, _output.Writer.AsStream(), _complaint, _detach.Token), _output.Writer.CompleteAsync);
    }

    /// <summary>The container.</summary>
    public string Id => _id;

    /// <inheritdoc/>
    public Stream Input { get; }

    /// <inheritdoc/>
    public Stream Output { get; }

    /// <inheritdoc/>
    public bool HasEnded => _pumping.IsCompleted;

    /// <inheritdoc/>
    public string? Complaint => _complaint.Essence;

    /// <summary>Whether it is known to be alive, seen from the engine's machine.</summary>
    public bool IsAliveHere => _here && HostProcesses.IsInGroup(_init, _id) && HostProcesses.IsAlive(_init);

    /// <summary>Kills it on the spot where the engine's processes are ours to kill; takes neither engine nor thread.</summary>
    public bool TryKill() => _here && HostProcesses.IsInGroup(_init, _id) && HostProcesses.Kill(_init);

    /// <summary>Kills it and returns when nothing in it is alive. The engine then removes it by itself.</summary>
    /// <remarks>
    /// Where the engine's processes are ours to kill, the container's first process is killed directly: that takes no engine, and the kernel kills all
    /// others of its PID namespace before it disappears. Elsewhere the engine is asked.
    /// </remarks>
    public async Task KillAsync(CancellationToken cancellation)
    {
        if (TryKill())
        {
            while (IsAliveHere)
                await Task.Delay(Look, cancellation);
        }
        else if (!_here || IsAliveHere)
        {
            await KillByEngineAsync(cancellation);
        }
        _gone();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync(CancellationToken.None);
        await _detach.CancelAsync();
        _streams.Dispose();
        _detach.Dispose();
    }

    private async Task KillByEngineAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(DockerJailer.AnswerLimit);
        try
        {
            await _client.Containers.KillContainerAsync(_id, new ContainerKillParameters { Signal = "SIGKILL" }, limit.Token).WaitAsync(limit.Token);
        }
        catch (DockerContainerNotFoundException)
        {
            // It is gone.
        }
        catch (DockerApiException error) when (error.StatusCode == System.Net.HttpStatusCode.Conflict)
        {
            // It is not running any more.
        }
        catch (Exception error) when (DockerJailer.IsEngineFailure(error))
        {
            throw new SandboxUnavailableException($"container {_id[..12]} could not be killed: {error.Message}", error);
        }
    }

    private static async Task PumpAsync(Task copying, Func<Exception?, ValueTask> complete)
    {
        try
        {
            await copying;
            await complete(null);
        }
        catch (Exception error)
        {
            // Whatever ended the connection is the reader's to hear.
            await complete(error as IOException ?? new IOException(error.Message, error));
        }
    }
}

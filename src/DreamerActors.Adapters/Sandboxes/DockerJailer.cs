using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Docker.DotNet;
using Docker.DotNet.Models;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>Jails made of containers, one each, started and attached through the Docker engine.</summary>
/// <remarks>No answer of the engine is waited for once that is called off: the library reads the rest of an answer that has begun to its end, whatever it was told, and an engine may hang in it.</remarks>
internal sealed class DockerJailer : IJailer
{
    /// <summary>How long an engine may take to answer.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(2);
    private readonly DockerOptions _options;
    private readonly SandboxLimits _limits;
    private readonly DockerClient _client;
    private readonly ConcurrentDictionary<string, DockerJail?> _ours = [];
    private readonly List<Task> _removing = [];
    private readonly SemaphoreSlim _reaping = new(1);
    private int _number;
    private bool _reaped;

    /// <param name="options">Where the engine and the image are.</param>
    /// <param name="limits">The bounds of one run.</param>
    public DockerJailer(DockerOptions options, SandboxLimits limits)
    {
        (_options, _limits) = (options, limits);
        using var configuration = new DockerClientConfiguration(options.Engine);
        _client = configuration.CreateClient();
    }

    /// <inheritdoc/>
    public string Name => "docker";

    /// <summary>Names of its containers start with this.</summary>
    public string Namespace => _options.Namespace;

    /// <summary>Whether it is the engine, or the way to it, that failed.</summary>
    public static bool IsEngineFailure(Exception error) =>
        error is DockerApiException or HttpRequestException or IOException or SocketException or TimeoutException or OperationCanceledException or ObjectDisposedException;

    /// <inheritdoc/>
    public async Task RequireAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerLimit);
        try
        {
            await _client.Images.InspectImageAsync(_options.Image, limit.Token).WaitAsync(limit.Token);
            await ReapAsync(limit.Token);
        }
        catch (DockerImageNotFoundException error)
        {
            throw NoImage(error);
        }
        catch (Exception error) when (IsEngineFailure(error) && !cancellation.IsCancellationRequested)
        {
            throw new SandboxUnavailableException($"no Docker engine answers at {_options.Engine}: {error.Message}", error) { Remedy = "apt-get install docker.io" };
        }
    }

    /// <inheritdoc/>
    public async Task<string> DigestAsync(CancellationToken cancellation)
    {
        try
        {
            return (await _client.Images.InspectImageAsync(_options.Image, cancellation).WaitAsync(cancellation)).ID;
        }
        catch (DockerImageNotFoundException error)
        {
            throw NoImage(error);
        }
        catch (Exception error) when (IsEngineFailure(error) && !cancellation.IsCancellationRequested)
        {
            throw new SandboxUnavailableException($"Docker does not describe the image: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public async Task<IJailProcess> StartAsync(JailOrder order, CancellationToken cancellation)
    {
        try
        {
            await ReapFirstAsync(cancellation);
            var (name, id) = await CreateAsync(order, cancellation);
            try
            {
                return await StartAsync(name, id, cancellation);
            }
            catch
            {
                // The engine may still be about to start it: removing waits for that. If it does not answer, what it started is killed without it.
                var removal = RemoveAsync(id);
                lock (_removing)
                    _removing.Add(removal);
                await Task.WhenAny(removal, Task.Delay(RemovalLimit, CancellationToken.None));
                await HostProcesses.EndGroupAsync(id);
                _ours.TryRemove(name, out _);
                throw;
            }
        }
        catch (DockerImageNotFoundException error)
        {
            throw NoImage(error);
        }
        catch (Exception error) when (IsEngineFailure(error) && !cancellation.IsCancellationRequested)
        {
            throw new SandboxUnavailableException($"Docker does not start a container: {error.Message}", error);
        }
    }

    /// <inheritdoc/>
    public async Task<int> EndAllAsync(CancellationToken cancellation)
    {
        _reaped = false;
        lock (_removing)
            _removing.RemoveAll(removal => removal.IsCompleted);
        var names = _ours.Keys.ToList();
        // On the caller's thread: it must work when the thread pool is used up.
        var here = _ours.Values.OfType<DockerJail>().Where(jail => jail.TryKill()).ToList();
        for (; here.Exists(jail => jail.IsAliveHere); cancellation.ThrowIfCancellationRequested())
            Thread.Sleep(Look);
        for (var left = names; left.Count > 0; left = names.FindAll(_ours.ContainsKey))
        {
            var jails = left.Select(name => _ours.GetValueOrDefault(name)).OfType<DockerJail>().ToList();
            await Task.WhenAll(jails.Select(jail => jail.KillAsync(cancellation)));
            if (jails.Count == 0)
                await Task.Delay(Look, cancellation); // starts that were called off kill what they started
        }
        return names.Count;
    }

    /// <inheritdoc/>
    public IEnumerable<string> Containers() => _ours.Values.OfType<DockerJail>().Select(jail => jail.Id);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await EndAllAsync(CancellationToken.None);
        await Task.WhenAll(_removing);
        _client.Dispose();
        _reaping.Dispose();
    }

    private SandboxUnavailableException NoImage(Exception error) =>
        new($"the image {_options.Image} is not there: untrusted code is never run without a sandbox", error) { Remedy = $"deploy/sandbox/build --tag {_options.Image}" };

    /// <summary>Before the first container of a session: what a crash or a failed engine left behind goes first.</summary>
    private async Task ReapFirstAsync(CancellationToken cancellation)
    {
        await _reaping.WaitAsync(cancellation);
        try
        {
            if (!_reaped)
                await ReapAsync(cancellation);
            _reaped = true;
        }
        finally
        {
            _reaping.Release();
        }
    }

    /// <summary>Removes containers whose process is gone, and our own that we know nothing of. Those of other processes are not touched.</summary>
    private async Task ReapAsync(CancellationToken cancellation)
    {
        var labelled = new Dictionary<string, IDictionary<string, bool>> { ["label"] = new Dictionary<string, bool> { [DockerContainer.OwnerLabel] = true } };
        foreach (var container in await _client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = labelled }, cancellation).WaitAsync(cancellation))
        {
            if (Owner.Parse(container.Labels[DockerContainer.OwnerLabel]) is not { } owner)
                continue;
            var lost = owner == Owner.Current && !container.Names.Any(name => _ours.ContainsKey(name.TrimStart('/')));
            if (lost || owner.IsGone(Owner.Current, HostProcesses.StartOf))
                await RemoveAsync(container.ID);
        }
    }

    private async Task<(string Name, string Id)> CreateAsync(JailOrder order, CancellationToken cancellation)
    {
        while (true)
        {
            var name = $"{_options.Namespace}-{Interlocked.Increment(ref _number)}";
            _ours[name] = null;
            try
            {
                return (name, (await _client.Containers.CreateContainerAsync(DockerContainer.Describe(name, _options, _limits, order), cancellation).WaitAsync(cancellation)).ID);
            }
            catch (DockerApiException error) when (error.StatusCode == HttpStatusCode.Conflict)
            {
                _ours.TryRemove(name, out _); // another process has this number
            }
            catch
            {
                _ours.TryRemove(name, out _);
                throw;
            }
        }
    }

    private async Task<DockerJail> StartAsync(string name, string id, CancellationToken cancellation)
    {
        var all = new ContainerAttachParameters { Stream = true, Stdin = true, Stdout = true, Stderr = true };
        var streams = await _client.Containers.AttachContainerAsync(id, false, all, cancellation).WaitAsync(cancellation);
        try
        {
            await _client.Containers.StartContainerAsync(id, new ContainerStartParameters(), cancellation).WaitAsync(cancellation);
            var told = await _client.Containers.InspectContainerAsync(id, cancellation).WaitAsync(cancellation);
            var jail = new DockerJail(_client, id, (int)told.State.Pid, streams, () => _ours.TryRemove(name, out _));
            _ours[name] = jail;
            return jail;
        }
        catch
        {
            streams.Dispose();
            throw;
        }
    }

    /// <summary>Kills and removes; what is gone already, or cannot be removed now, is left to the next reaping.</summary>
    private async Task RemoveAsync(string id)
    {
        using var limit = new CancellationTokenSource(AnswerLimit);
        try
        {
            await _client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true }, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception error) when (IsEngineFailure(error))
        {
            // The engine removes what has ended by itself; what it does not know of any more is gone.
        }
    }
}

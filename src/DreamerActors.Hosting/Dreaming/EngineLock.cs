using System.Text.Json;
using System.Text.Json.Serialization;
using DreamerActors.Adapters;
using DreamerActors.Hosting.Settings;
using Microsoft.Extensions.Hosting;

namespace DreamerActors.Hosting.Dreaming;

/// <summary>Another process dreams in the same <c>DREAMER_DATA</c>.</summary>
public sealed class EngineBusyException(string message) : IOException(message);

/// <summary>Who holds a data directory.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="Address">Where its API answers, e.g. <c>http://127.0.0.1:8015</c>; null when it has none.</param>
internal sealed record EngineHolder(int ProcessId, string? Address);

/// <summary>
/// One engine per data directory: two journals' writers would answer for the same sessions. The lock is an open file, so it ends with its process
/// however that ends; a second file tells who holds it, and counts only while the first is locked.
/// </summary>
internal sealed class EngineLock(DreamerSettings settings, TimeProvider time) : IHostedLifecycleService, IDisposable
{
    // A look at the lock takes it for a moment; that must not turn an engine away.
    private const int Attempts = 5;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private FileStream? _held;

    /// <summary>Takes the lock; again is the same as once.</summary>
    /// <exception cref="EngineBusyException">Another process holds it.</exception>
    public async Task TakeAsync(CancellationToken cancellation)
    {
        if (_held is not null) return;
        Directory.CreateDirectory(settings.DataDirectory);
        for (var attempt = 1; (_held = TryTake(settings.DataDirectory)) is null; attempt++)
        {
            if (attempt == Attempts)
                throw new EngineBusyException($"busy: {Describe(ReadHolder(settings.DataDirectory))} dreams in {settings.DataDirectory}");
            await Task.Delay(Pause, time, cancellation);
        }

        Announce(null);
    }

    /// <summary>Lets the lock go.</summary>
    public void Dispose()
    {
        if (_held is null) return;
        File.Delete(HolderFile(settings.DataDirectory));
        _held.Dispose();
        _held = null;
    }

    /// <summary>Takes the lock before anything else of the host starts.</summary>
    public Task StartingAsync(CancellationToken cancellationToken) => TakeAsync(cancellationToken);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Lets the lock go after everything else has stopped.</summary>
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Tells other processes where this one answers.</summary>
    public void Announce(string? address) => AtomicFile.Write(
        HolderFile(settings.DataDirectory), JsonSerializer.SerializeToUtf8Bytes(new EngineHolder(Environment.ProcessId, address), EngineLockJson.Default.EngineHolder));

    /// <summary>Who dreams in a data directory now, or null when nobody does.</summary>
    public static EngineHolder? Find(string dataDirectory)
    {
        if (!File.Exists(LockFile(dataDirectory))) return null;
        using var free = TryTake(dataDirectory);
        return free is null ? ReadHolder(dataDirectory) ?? new EngineHolder(0, null) : null;
    }

    private static FileStream? TryTake(string dataDirectory)
    {
        try
        {
            return new FileStream(LockFile(dataDirectory), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException))
        {
            return null;
        }
    }

    private static EngineHolder? ReadHolder(string dataDirectory)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(HolderFile(dataDirectory)), EngineLockJson.Default.EngineHolder);
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            return null; // It holds the lock and has not said yet who it is.
        }
    }

    private static string Describe(EngineHolder? holder) => holder switch
    {
        null => "another process",
        { Address: { } address } => $"process {holder.ProcessId} (it answers at {address})",
        _ => $"process {holder.ProcessId}",
    };

    private static string LockFile(string dataDirectory) => Path.Combine(dataDirectory, "engine.lock");

    private static string HolderFile(string dataDirectory) => Path.Combine(dataDirectory, "engine.json");
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(EngineHolder))]
internal sealed partial class EngineLockJson : JsonSerializerContext;

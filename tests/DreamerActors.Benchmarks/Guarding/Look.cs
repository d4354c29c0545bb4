using System.Diagnostics;
using System.Globalization;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Tests;

namespace DreamerActors.Benchmarks.Guarding;

/// <summary>What this process and its jails hold, as the kernel and the engine tell it: the jails' memory while they are warm, all else when they have been let go.</summary>
internal sealed class Look(ISandboxKeeper jails, bool isDocker, string temporary)
{
    /// <summary>By how much each figure may be larger at the end. Threads and descriptors of the runtime come and go; memory is never quite the same twice.</summary>
    public static IReadOnlyDictionary<string, long> Bounds { get; } = new Dictionary<string, long>
    {
        ["processes"] = 0, ["containers"] = 0, ["mounts"] = 0, ["temp_files"] = 0, ["descriptors"] = 8, ["threads"] = 8, ["host_mb"] = 32, ["largest_jail_process_mb"] = 8,
    };

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly string _token = string.Create(CultureInfo.InvariantCulture, $"dreamer-{Environment.ProcessId}-");

    public async Task<IReadOnlyDictionary<string, long>> TakeAsync()
    {
        var largest = Inside().Select(pid => Outside.ResidentBytes(pid)).DefaultIfEmpty().Max();
        await jails.LetGoAsync();
        // The engine takes its time to remove what has ended.
        for (var began = Stopwatch.GetTimestamp(); Left() > 0 && Stopwatch.GetElapsedTime(began) < Patience;)
            await Task.Delay(TimeSpan.FromMilliseconds(100));
        for (var round = 0; round < 3; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return new Dictionary<string, long>
        {
            ["processes"] = Inside().Count,
            ["containers"] = Left(),
            ["mounts"] = (await File.ReadAllLinesAsync("/proc/self/mounts")).Length,
            ["temp_files"] = Directory.EnumerateFileSystemEntries(temporary, "*", SearchOption.AllDirectories).Count() + Directory.EnumerateFileSystemEntries("/dev/shm").Count(),
            ["descriptors"] = Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(),
            ["threads"] = Directory.EnumerateDirectories("/proc/self/task").Count(),
            ["host_mb"] = Outside.ResidentBytes(Environment.ProcessId) >> 20,
            ["largest_jail_process_mb"] = largest >> 20,
        };
    }

    private int Left() => isDocker ? Outside.Containers(GuardianBenchmark.Containers).Length : 0;

    private HashSet<int> Inside() => isDocker ? Outside.InContainers(GuardianBenchmark.Containers) : Outside.StartedWith(_token);
}

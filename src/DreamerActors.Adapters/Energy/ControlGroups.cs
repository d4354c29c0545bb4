using System.Globalization;

namespace DreamerActors.Adapters.Energy;

/// <summary>Where the kernel keeps one kind of control group, and where this process is in it.</summary>
/// <param name="Mount">The mounted hierarchy.</param>
/// <param name="Own">The directory of this process's own group.</param>
/// <param name="IsUnified">Version 2.</param>
internal sealed record ControlGroup(string Mount, string Own, bool IsUnified)
{
    /// <summary>The group and those around it, from the inside out: a limit of any of them counts.</summary>
    public IEnumerable<string> Outwards()
    {
        for (var at = Own; at.Length > Mount.Length; at = Path.GetDirectoryName(at)!) yield return at;
        yield return Mount;
    }
}

/// <summary>Finds control groups of both versions, in a container too, where only the container's part is mounted.</summary>
internal static class ControlGroups
{
    /// <param name="proc">Where /proc is.</param>
    /// <param name="controller">For version 1: <c>cpu</c>, <c>cpuacct</c>, <c>memory</c>. Version 2 has one hierarchy for all.</param>
    /// <returns>Version 1 when the controller is mounted there, else version 2 when it has the controller, else null.</returns>
    public static ControlGroup? Find(string proc, string controller)
    {
        var paths = Lines(Path.Combine(proc, "self/cgroup")).Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).ToList();
        ControlGroup? unified = null;
        foreach (var line in Lines(Path.Combine(proc, "self/mountinfo")))
        {
            // id parent device root mount options … - type source super-options
            var parts = line.Split(' ');
            var dash = Array.IndexOf(parts, "-");
            if (dash < 0 || dash + 3 >= parts.Length) continue;
            var (root, mount, type) = (parts[3], parts[4], parts[dash + 1]);
            if (type == "cgroup" && parts[dash + 3].Split(',').Contains(controller)
                && paths.Find(each => each[1].Split(',').Contains(controller)) is [_, _, var path])
                return new ControlGroup(mount, Own(mount, root, path), IsUnified: false);
            if (type == "cgroup2" && paths.Find(each => each[1].Length == 0) is [_, _, var unifiedPath])
                unified = new ControlGroup(mount, Own(mount, root, unifiedPath), IsUnified: true);
        }

        // cpu.stat and memory.pressure are there without the controller; what matters are the controller's limits.
        return unified is { } && File.Exists(Path.Combine(unified.Own, Usage(controller))) ? unified : null;
    }

    /// <summary>The directory of a container's group, by its id; null when it cannot be seen from here.</summary>
    public static string? OfContainer(ControlGroup hierarchy, string id) => new[]
    {
        Path.Combine(hierarchy.Mount, "docker", id),
        Path.Combine(hierarchy.Mount, "system.slice", $"docker-{id}.scope"),
        Path.Combine(hierarchy.Mount, "machine.slice", $"libpod-{id}.scope"),
    }.FirstOrDefault(Directory.Exists);

    /// <summary>Processor time of a group in seconds, ended processes included; null when it cannot be read.</summary>
    public static double? CpuSeconds(SmallFile file, ControlGroup hierarchy, string directory)
    {
        if (!hierarchy.IsUnified) return file.Number(SmallFile.Path(directory, "cpuacct.usage")) / 1e9;
        var words = new Words(file.Read(SmallFile.Path(directory, "cpu.stat")));
        for (var word = words.Next(); !word.IsEmpty; word = words.Next())
        {
            if (word.SequenceEqual("usage_usec"u8)) return words.Number() / 1e6;
        }

        return null;
    }

    /// <summary>The smallest number of processors that this group and those around it may use; null when nothing limits it.</summary>
    public static (double Processors, string Directory)? CpuLimit(ControlGroup cpu) =>
        cpu.Outwards().Select(at => (Processors: Quota(cpu, at), at)).Where(each => each.Processors is not null)
            .OrderBy(each => each.Processors).Select(each => ((double, string)?)(each.Processors!.Value, each.at)).FirstOrDefault();

    /// <summary>The smallest number of bytes that this group and those around it may use; null when nothing limits it.</summary>
    public static (long Bytes, string Directory)? MemoryLimit(ControlGroup memory) =>
        memory.Outwards().Select(at => (Bytes: Number(Path.Combine(at, memory.IsUnified ? "memory.max" : "memory.limit_in_bytes")), at))
            .Where(each => each.Bytes is not null).OrderBy(each => each.Bytes).Select(each => ((long, string)?)(each.Bytes!.Value, each.at)).FirstOrDefault();

    /// <summary>Memory of a group without what the kernel would give back at once.</summary>
    public static long? MemoryInUse(SmallFile file, ControlGroup memory, string directory)
    {
        var used = file.Number(SmallFile.Path(directory, memory.IsUnified ? "memory.current" : "memory.usage_in_bytes"));
        var words = new Words(file.Read(SmallFile.Path(directory, "memory.stat")));
        var name = memory.IsUnified ? "inactive_file"u8 : "total_inactive_file"u8;
        for (var word = words.Next(); !word.IsEmpty; word = words.Next())
        {
            if (word.SequenceEqual(name)) return used - words.Number();
        }

        return used;
    }

    private static double? Quota(ControlGroup cpu, string directory)
    {
        if (cpu.IsUnified)
        {
            return Lines(Path.Combine(directory, "cpu.max")).FirstOrDefault()?.Split(' ') is [var most, var every]
                && long.TryParse(most, CultureInfo.InvariantCulture, out var time) && long.TryParse(every, CultureInfo.InvariantCulture, out var period) && period > 0
                ? (double)time / period
                : null;
        }

        return Number(Path.Combine(directory, "cpu.cfs_quota_us")) is { } quota and > 0 && Number(Path.Combine(directory, "cpu.cfs_period_us")) is { } span and > 0
            ? (double)quota / span
            : null;
    }

    private static string Usage(string controller) => controller == "memory" ? "memory.current" : "cpu.max";

    private static string Own(string mount, string root, string path)
    {
        var below = path == root ? "" : root != "/" && path.StartsWith(root + "/", StringComparison.Ordinal) ? path[(root.Length + 1)..] : path.TrimStart('/');
        var own = Path.Combine(mount, below);
        // In a container the path may be the one outside: what is mounted is then the group itself.
        return Directory.Exists(own) ? own.TrimEnd('/') : mount;
    }

    private static long? Number(string path) =>
        Lines(path).FirstOrDefault() is { } line && long.TryParse(line.Trim(), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return []; // not there on this machine, which the caller knows by the missing line
        }
    }
}

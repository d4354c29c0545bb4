using System.Globalization;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>The process that started a container, so that containers of processes that are gone can be told from those of others.</summary>
/// <param name="Place">Machine and PID namespace: only there the id means anything.</param>
/// <param name="Pid">Its id.</param>
/// <param name="Start">When it started, in ticks since boot.</param>
internal sealed record Owner(string Place, int Pid, long Start)
{
    private const string MachineId = "/etc/machine-id";

    /// <summary>This process.</summary>
    public static Owner Current { get; } = new(
        $"{(File.Exists(MachineId) ? File.ReadAllText(MachineId).Trim() : Environment.MachineName)}/{File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name}",
        Environment.ProcessId,
        HostProcesses.StartOf(Environment.ProcessId) ?? 0);

    /// <summary>Reads what <see cref="ToString"/> wrote; null when it is something else.</summary>
    public static Owner? Parse(string? label) =>
        label?.Split(' ') is [var place, var pid, var start]
        && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
        && long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out var began)
            ? new Owner(place, id, began)
            : null;

    /// <summary>Whether the process is known to be gone. Of a process elsewhere nothing is known.</summary>
    /// <param name="here">A process of the place where we look.</param>
    /// <param name="startOf">When the process with an id started; null when there is none.</param>
    public bool IsGone(Owner here, Func<int, long?> startOf) => Place == here.Place && startOf(Pid) != Start;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Place} {Pid} {Start}");
}

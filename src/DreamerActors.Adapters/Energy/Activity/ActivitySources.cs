using DreamerActors.Domain.Energy;

namespace DreamerActors.Adapters.Energy.Activity;

/// <summary>The places where the user can be seen: those of this system, and what a host adds.</summary>
public sealed class ActivitySources : IDisposable
{
    private readonly Lock _one = new();
    private List<IActivitySource> _all = [];

    /// <summary>All of them, as they are now.</summary>
    public IReadOnlyList<IActivitySource> All
    {
        get
        {
            lock (_one) return _all;
        }
    }

    /// <summary>What this system offers.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="assistant">Where the host's assistant answers; null when there is none.</param>
    /// <param name="attended">Whether somebody may sit at it; else nobody looks for him.</param>
    public static IEnumerable<IActivitySource> OfThisSystem(TimeProvider time, Uri? assistant, bool attended = true)
    {
        if (assistant is not null) yield return new AssistantActivity(assistant, time);
        if (!attended) yield break;
        foreach (var source in OfThisSystem(time)) yield return source;
    }

    private static IEnumerable<IActivitySource> OfThisSystem(TimeProvider time)
    {
        if (OperatingSystem.IsWindows()) return [new WindowsActivity(time)];
        if (OperatingSystem.IsMacOS()) return [new MacActivity(time)];
        IEnumerable<IActivitySource> everywhere = [new TerminalActivity(), new LoginActivity(), new InputActivity(time)];
        return everywhere
            .Concat(File.Exists("/run/dbus/system_bus_socket") ? [new LoginManagerActivity(time)] : [])
            .Concat(Environment.GetEnvironmentVariable("DBUS_SESSION_BUS_ADDRESS") is { Length: > 0 } ? [new DesktopActivity(time)] : []);
    }

    /// <summary>One more; disposing the answer takes it away again.</summary>
    public IDisposable Add(IActivitySource source)
    {
        lock (_one) _all = [.. _all, source];
        return new Registration(() =>
        {
            lock (_one) _all = [.. _all.Where(each => each != source)];
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var source in All.OfType<IDisposable>()) source.Dispose();
    }

    private sealed class Registration(Action remove) : IDisposable
    {
        public void Dispose() => remove();
    }
}

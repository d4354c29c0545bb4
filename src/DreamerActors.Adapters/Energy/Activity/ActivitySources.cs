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
    public static IEnumerable<IActivitySource> OfThisSystem(TimeProvider time)
    {
        if (OperatingSystem.IsWindows()) return [new WindowsActivity(time)];
        if (OperatingSystem.IsMacOS()) return [new MacActivity(time)];
        return [new TerminalActivity(), new LoginActivity(), new InputActivity(time)];
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

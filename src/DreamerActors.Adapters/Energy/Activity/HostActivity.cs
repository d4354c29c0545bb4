using DreamerActors.Domain.Energy;

namespace DreamerActors.Adapters.Energy.Activity;

/// <summary>What the host says of its user.</summary>
/// <param name="time">The clock.</param>
/// <param name="startCounts">Whether its start counts, too: somebody started it.</param>
public sealed class HostActivity(TimeProvider time, bool startCounts = true) : IActivitySource
{
    private readonly Lock _one = new();
    private DateTimeOffset? _last = startCounts ? time.GetUtcNow() : null;

    /// <inheritdoc/>
    public string Name => Presence.Host;

    /// <inheritdoc/>
    public DateTimeOffset? LastActivity()
    {
        lock (_one) return _last;
    }

    /// <summary>The user did something just now.</summary>
    public void Mark()
    {
        lock (_one) _last = time.GetUtcNow();
    }
}

using DreamerActors.Domain.Energy;

namespace DreamerActors.Adapters.Energy.Activity;

/// <summary>What the host says of its user. Its start counts too: somebody started it.</summary>
public sealed class HostActivity(TimeProvider time) : IActivitySource
{
    private readonly Lock _one = new();
    private DateTimeOffset _last = time.GetUtcNow();

    /// <inheritdoc/>
    public string Name => "host";

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

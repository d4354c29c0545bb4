namespace DreamerActors.Domain.Energy;

/// <summary>Measures the load of this machine.</summary>
public interface ILoadSensor
{
    /// <summary>The load since the previous call; the processor's share is unknown at the first one. Takes about a millisecond and never waits.</summary>
    LoadReading Read();
}

/// <summary>One place where the user can be seen: a terminal, a mouse, a login, the host's API.</summary>
public interface IActivitySource
{
    /// <summary>What it watches, in one or two words for a person.</summary>
    string Name { get; }

    /// <summary>
    /// When the user was last seen there; null when this source cannot tell on this machine or at this moment. It answers at once: a source that has to wait for
    /// something watches on its own and answers with what it saw last.
    /// </summary>
    DateTimeOffset? LastActivity();
}

/// <summary>
/// Work of the dreamer that is not a child of its process: sandboxes that were left behind, containers, an LLM that only we ask. Its load counts as ours (invariant I6).
/// </summary>
public interface IOwnWork
{
    /// <summary>Processes of ours; their descendants count with them.</summary>
    IEnumerable<int> ProcessIds();

    /// <summary>Full ids of containers of ours.</summary>
    IEnumerable<string> ContainerIds();
}

/// <summary>What one source said.</summary>
/// <param name="Source">Its name.</param>
/// <param name="LastActivity">When the user was last seen there; null when it cannot tell.</param>
public sealed record Sighting(string Source, DateTimeOffset? LastActivity);

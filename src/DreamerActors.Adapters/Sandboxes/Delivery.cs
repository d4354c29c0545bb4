namespace DreamerActors.Adapters.Sandboxes;

/// <summary>What the jails of one sandbox are given at first: the sources, and once one has compiled them, what came of that.</summary>
/// <remarks>A jail tells it before anything untrusted has run in it. An interpreter of another version refuses it; the next jail is given the sources again.</remarks>
internal sealed class Delivery
{
    private volatile byte[]? _compiled;

    /// <summary>The first frame for a jail.</summary>
    public (char Kind, ReadOnlyMemory<byte> Payload) Frame => _compiled is { } compiled ? ('P', compiled) : ('M', Harness.Modules);

    /// <summary>Keeps what a jail has compiled, or forgets what one could not use (null).</summary>
    public void Learn(byte[]? compiled) => _compiled = compiled;
}

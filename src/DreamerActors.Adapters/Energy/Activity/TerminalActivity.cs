using DreamerActors.Domain.Energy;

namespace DreamerActors.Adapters.Energy.Activity;

/// <summary>
/// Keys typed on terminals, ssh sessions included: reading what was typed changes a terminal's access time, what programs print does not. The kernel moves that
/// time in steps of eight seconds.
/// </summary>
public sealed class TerminalActivity : IActivitySource
{
    private readonly string _dev;
    private readonly string[] _consoles;

    /// <summary>The terminals of this machine.</summary>
    public TerminalActivity()
        : this("/dev")
    {
    }

    internal TerminalActivity(string dev)
    {
        _dev = dev;
        _consoles = Directory.Exists(dev)
            ? [.. Directory.GetFiles(dev, "tty*").Where(path => Path.GetFileName(path) is ['t', 't', 'y', var next, ..] && char.IsAsciiDigit(next))]
            : [];
    }

    /// <inheritdoc/>
    public string Name => "terminal";

    /// <inheritdoc/>
    public DateTimeOffset? LastActivity()
    {
        DateTime? last = null;
        foreach (var path in _consoles) Consider(path, ref last);
        var pseudo = Path.Combine(_dev, "pts");
        if (Directory.Exists(pseudo))
        {
            foreach (var path in Directory.EnumerateFiles(pseudo))
            {
                if (!path.EndsWith("ptmx", StringComparison.Ordinal)) Consider(path, ref last);
            }
        }

        return last is { } at ? new DateTimeOffset(Latest(at), TimeSpan.Zero) : null;
    }

    // The kernel cuts off what is less than a second: who typed right after a session began must not seem to have typed right before.
    private static DateTime Latest(DateTime told) => told.Ticks % TimeSpan.TicksPerSecond == 0 ? told.AddTicks(TimeSpan.TicksPerSecond - 1) : told;

    private static void Consider(string path, ref DateTime? last)
    {
        var at = File.GetLastAccessTimeUtc(path);
        if (!(last >= at)) last = at;
    }
}

using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Energy;

/// <summary>What an <see cref="EnergyActor"/> needs from outside.</summary>
/// <param name="Sandboxes">Ends what dreams.</param>
/// <param name="Load">Measures the machine.</param>
/// <param name="Sources">Where the user can be seen; a host may add to them at any time.</param>
/// <param name="Limits">What counts as too much.</param>
/// <param name="Every">How often to look.</param>
/// <param name="Time">The clock.</param>
/// <param name="Alarm">Calls the watchdog.</param>
internal sealed record EnergyPorts(
    Domain.Sandboxes.ISandboxKeeper Sandboxes, ILoadSensor Load, Func<IReadOnlyList<IActivitySource>> Sources, EnergyLimits Limits, TimeSpan Every, TimeProvider Time,
    SetAlarm Alarm);

/// <summary>The last look at the machine, what came of it, and what it means for the session that runs.</summary>
internal sealed class Watch(EnergyLimits limits)
{
    private Presence _presence = Presence.Unseen;
    private Dream? _dream;

    public EnergyState State { get; private set; } = EnergyState.Initial;

    public LoadReading Reading { get; private set; } = LoadReading.Unknown;

    public IReadOnlyList<Sighting> Sightings { get; private set; } = [];

    /// <summary>What counts as too much, from the next look on.</summary>
    public EnergyLimits Limits { get; set; } = limits;

    public bool IsDreaming => _dream is not null;

    /// <summary>Takes a look in; true when level or cause changed.</summary>
    public bool Take(EnergyProtocol.Sample sample, DateTimeOffset clock, TimeSpan now)
    {
        (Reading, Sightings) = (sample.Reading, sample.Sightings);
        _presence = _presence.Look(sample.Sightings, clock, now);
        return Decide(State, now);
    }

    /// <summary>The user acts; true when level or cause changed.</summary>
    public bool Acted(TimeSpan now)
    {
        _presence = _presence.Acted(now);
        return Decide(State, now);
    }

    /// <summary>It woke: true when level or cause changed. What woke it does so once, though the session may go on elsewhere for long.</summary>
    public bool Woken(TimeSpan now)
    {
        if (_dream is { } dream) Begin(dream.Session, dream.HeedsUser, now);
        return Decide(EnergyPolicy.Woken(State, Limits, now), now);
    }

    /// <summary>A session runs. Load that is there already does not end it: only crossing a limit does.</summary>
    public void Begin(SessionId session, bool heedsUser, TimeSpan now) => _dream = new Dream(session, heedsUser, now) { WasCalm = !State.IsOverloaded };

    /// <summary>That session does not run any more.</summary>
    public void End(SessionId session)
    {
        if (_dream?.Session == session) _dream = null;
    }

    /// <summary>Why the running session must stop; null when it need not.</summary>
    public EnergyProtocol.Wake? ReasonToWake(TimeSpan now)
    {
        if (_dream is not { } dream) return null;
        if (dream.HeedsUser && _presence.LastSeen > dream.Began)
            return new EnergyProtocol.Wake(InterruptReason.UserActivity, $"the user is active ({_presence.Source})");
        if (!State.IsOverloaded)
        {
            _dream = dream with { WasCalm = true, OverloadedSince = null };
            return null;
        }

        _dream = dream = dream with { OverloadedSince = dream.OverloadedSince ?? now };
        var patience = dream.HeedsUser ? TimeSpan.Zero : EnergyActor.Patience;
        return dream.WasCalm && now - dream.OverloadedSince >= patience ? new EnergyProtocol.Wake(InterruptReason.Load, State.Reason) : null;
    }

    private bool Decide(EnergyState before, TimeSpan now)
    {
        var after = EnergyPolicy.Decide(before, Reading, _presence, Limits, now);
        var changed = (after.Level, after.Cause) != (State.Level, State.Cause);
        State = after;
        return changed;
    }

    private sealed record Dream(SessionId Session, bool HeedsUser, TimeSpan Began)
    {
        public bool WasCalm { get; init; }

        public TimeSpan? OverloadedSince { get; init; }
    }
}

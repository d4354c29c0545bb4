using System.Globalization;
using Akka.Actor;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Energy;

/// <summary>A wake-up in progress: who has still to be quiet, whether the sandboxes have ended, and what went wrong.</summary>
internal sealed class Waking(EnergyProtocol.Wake request, long began, HashSet<IActorRef> noisy)
{
    private readonly List<string> _problems = [];
    private bool _interrupted;
    private bool _hadLastLook;
    private int _killed;

    /// <summary>When it was asked for, as a timestamp.</summary>
    public long Began { get; } = began;

    /// <summary>Who asked.</summary>
    public HashSet<IActorRef> Callers { get; } = [];

    /// <summary>Comes when the time for doing it politely is over.</summary>
    public IDisposable? Watchdog { get; set; }

    /// <summary>Whether one of those who asked wants the session to stop everywhere.</summary>
    public bool EndsSession { get; set; } = request.EndsSession;

    /// <summary>Whether sandboxes are being ended right now.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Whether the time for doing it politely is over.</summary>
    public bool IsOverdue { get; private set; }

    /// <summary>Everybody is quiet, or out of time, and the sandboxes have ended.</summary>
    public bool IsOver => !IsEnding && (IsOverdue || noisy.Count == 0);

    /// <summary>Why.</summary>
    public InterruptReason Reason => request.Reason;

    /// <summary>Sandboxes are being ended from now on.</summary>
    public void Ending() => IsEnding = true;

    /// <summary>The sandboxes have ended.</summary>
    /// <param name="count">How many there were.</param>
    public void Ended(int count)
    {
        IsEnding = false;
        // At first all are ended, idle ones too, and at last what was started in between; whatever the watchdog finds should not have been there.
        if (IsOverdue) _killed += count;
    }

    /// <summary>
    /// Whether to end sandboxes once more, which is needed once: whoever was not yet quiet may have started one after the others were ended. The watchdog does so anyway.
    /// </summary>
    public bool TakesLastLook() => !IsOverdue && !_hadLastLook && (_hadLastLook = true);

    /// <summary>The sandboxes could not be ended.</summary>
    public void NotEnded(string why)
    {
        (IsEnding, _hadLastLook) = (false, true);
        _problems.Add($"sandboxes may still be alive: {why}");
    }

    /// <summary>Somebody is quiet.</summary>
    public void Quiet(IActorRef who, EnergyProtocol.Quiet quiet)
    {
        if (!noisy.Remove(who)) return;
        _interrupted |= quiet.HadWork;
        if (quiet.Abandoned > 0) _problems.Add($"{quiet.Abandoned} operations of the {who.Path.Name} ignore their cancellation");
    }

    /// <summary>Whoever is not quiet by now is overtaken.</summary>
    public void Overtake()
    {
        IsOverdue = true;
        if (noisy.Count == 0) return;
        _interrupted = true;
        _problems.Add("not quiet in time: " + string.Join(", ", noisy.Select(each => each.Path.Name).Order(StringComparer.Ordinal)));
    }

    /// <summary>How it went.</summary>
    public EnergyProtocol.WokenUp Result(TimeSpan stoppedIn)
    {
        if (_killed > 0) _problems.Add(string.Create(CultureInfo.InvariantCulture, $"{_killed} sandboxes had to be killed again"));
        return new(request.Reason, request.Detail, _interrupted, stoppedIn, _killed, _problems.Count == 0 ? null : string.Join("; ", _problems)) { EndsSession = EndsSession };
    }
}

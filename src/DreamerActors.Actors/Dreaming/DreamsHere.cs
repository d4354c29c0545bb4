using System.Diagnostics;
using Akka.Actor;
using DreamerActors.Actors.Sessions;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Dreaming;

/// <summary>Whose work it is, read from the path of the scenario's actor.</summary>
/// <param name="Session">The session.</param>
/// <param name="Scenario">The scenario.</param>
internal readonly record struct Dreamt(string Session, string Scenario)
{
    /// <summary>Null for an actor that is no scenario's.</summary>
    public static Dreamt? Of(ActorPath path) =>
        path.Depth > 3 && path.Parent.Parent.Parent.Name == SessionRouting.TypeName ? new Dreamt(path.Parent.Name, path.Name) : null;
}

/// <summary>
/// What this machine has worked on and that has not ended, with its spans: one for each session, scenario and phase. A session's trace has the session's own id, so nothing has to be carried along
/// for all of it to come together, from however many machines.
/// </summary>
internal sealed class DreamsHere : IExtension
{
    /// <summary>The name of the spans' source.</summary>
    public const string Source = "DreamerActors";

    private static readonly ActivitySource Spans = new(Source);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Activity?> _sessions = [];
    private readonly Dictionary<Dreamt, Here> _scenarios = [];

    private DreamsHere()
    {
    }

    /// <summary>How many scenarios this machine works on.</summary>
    public int Scenarios
    {
        get
        {
            lock (_lock) return _scenarios.Values.Count(here => here.Left is null);
        }
    }

    public static DreamsHere Of(ActorSystem system) => system.WithExtension<DreamsHere, Provider>();

    /// <summary>Somebody has asked for the work of a phase; nothing happens when it is no scenario, or one that is known. Whoever begins with guarding tries the guardian, and dreams nothing.</summary>
    public void Begin(string phase, ActorPath asker)
    {
        if (Dreamt.Of(asker) is not { } dreamt) return;
        lock (_lock)
        {
            if (_scenarios.GetValueOrDefault(dreamt) is { Left: null }) return;
            if (!_sessions.TryGetValue(dreamt.Session, out var session))
            {
                // One session runs at a time: others have ended where nobody here heard of it.
                foreach (var other in _sessions.Keys.ToList()) EndAll(other, "left");
                _sessions[dreamt.Session] = session = Start("session", TraceOf(dreamt.Session), dreamt.Session, null);
            }
            if (phase != Phases.Guarding) _scenarios[dreamt] = new Here(Start("scenario", session?.Context ?? TraceOf(dreamt.Session), dreamt.Session, dreamt.Scenario), Left: null);
        }
    }

    /// <summary>Works on a phase; whatever the work asks for in turn belongs to its span.</summary>
    public async Task<object> PhaseAsync(string phase, ActorPath asker, Func<Task<object>> work)
    {
        using var span = Dreamt.Of(asker) is { } dreamt ? Spans.StartActivity(phase, ActivityKind.Internal, Parent(dreamt), TagsOf(dreamt.Session, dreamt.Scenario)) : null;
        try
        {
            return await work();
        }
        catch (Exception failure)
        {
            span?.SetStatus(ActivityStatusCode.Error, failure.GetType().Name);
            throw;
        }
    }

    /// <summary>The machine wakes: what has not ended by now is left, and perhaps goes on elsewhere.</summary>
    public void Leave(DateTimeOffset now)
    {
        lock (_lock)
        {
            foreach (var (dreamt, here) in _scenarios.Where(each => each.Value.Left is null).ToList())
            {
                Stop(here.Span, "left");
                _scenarios[dreamt] = new Here(null, now);
            }
        }
    }

    /// <summary>A scenario has ended.</summary>
    /// <returns>Whether it was dreamt here, and not elsewhere after it was left.</returns>
    public bool End(SessionId session, ScenarioId scenario, DateTimeOffset at, string outcome)
    {
        lock (_lock)
        {
            if (!_scenarios.Remove(new Dreamt(session.Value, scenario.Value), out var here)) return false;
            Stop(here.Span, outcome);
            return here.Left is not { } left || at <= left;
        }
    }

    /// <summary>A session has ended, and so have its scenarios here.</summary>
    public void End(SessionId session, string outcome)
    {
        lock (_lock) EndAll(session.Value, outcome);
    }

    private void EndAll(string session, string outcome)
    {
        foreach (var dreamt in _scenarios.Keys.Where(each => each.Session == session).ToList())
        {
            _scenarios.Remove(dreamt, out var here);
            Stop(here?.Span, outcome);
        }
        if (_sessions.Remove(session, out var span)) Stop(span, outcome);
    }

    private ActivityContext Parent(Dreamt dreamt)
    {
        lock (_lock) return (_scenarios.GetValueOrDefault(dreamt)?.Span ?? _sessions.GetValueOrDefault(dreamt.Session))?.Context ?? TraceOf(dreamt.Session);
    }

    private static ActivityContext TraceOf(string session) =>
        Guid.TryParse(session, out var id) && id != Guid.Empty ? new ActivityContext(ActivityTraceId.CreateFromString(id.ToString("N")), default, ActivityTraceFlags.Recorded) : default;

    private static IEnumerable<KeyValuePair<string, object?>> TagsOf(string session, string? scenario)
    {
        yield return new("dreamer.session.id", session);
        if (scenario is not null) yield return new("dreamer.scenario.id", scenario);
    }

    // Whoever works now is not what the span is for: only phases are.
    private static Activity? Start(string name, ActivityContext parent, string session, string? scenario)
    {
        var current = Activity.Current;
        Activity.Current = null;
        var span = Spans.StartActivity(name, ActivityKind.Internal, parent, TagsOf(session, scenario));
        Activity.Current = current;
        return span;
    }

    private static void Stop(Activity? span, string outcome)
    {
        var current = Activity.Current;
        span?.SetTag("dreamer.outcome", outcome);
        span?.Dispose();
        Activity.Current = current;
    }

    /// <summary>A scenario here.</summary>
    /// <param name="Span">Its span; null when nobody listens.</param>
    /// <param name="Left">When it was left; null while it was not.</param>
    private sealed record Here(Activity? Span, DateTimeOffset? Left);

    private sealed class Provider : ExtensionIdProvider<DreamsHere>
    {
        public override DreamsHere CreateExtension(ExtendedActorSystem system) => new();
    }
}

using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using DreamerActors.Actors.Sessions;

namespace DreamerActors.Hosting.Dreaming;

/// <summary>One scenario of a session that runs.</summary>
/// <param name="Scenario">Its id.</param>
/// <param name="Title">Its title, or its entity's name before it is woven.</param>
/// <param name="Phase"><c>weaving</c>, <c>coding</c>, <c>guarding</c>, <c>kept</c>, <c>rejected</c>, <c>lost</c>.</param>
/// <param name="Detail">The reason of a rejection or loss, or null.</param>
public sealed record LiveScenario(string Scenario, string Title, string Phase, string? Detail)
{
    /// <summary>Whether it has come to its end.</summary>
    public bool IsOver => Phase is "kept" or "rejected" or "lost";
}

/// <summary>A session that runs, scenario by scenario.</summary>
/// <param name="Session">Its id.</param>
/// <param name="Ended">Scenarios ended so far.</param>
/// <param name="Total">Scenarios planned.</param>
/// <param name="Scenarios">Those being dreamt and the last that ended, newest change last.</param>
public sealed record LiveSession(string Session, int Ended, int Total, ImmutableList<LiveScenario> Scenarios)
{
    private const int MostOver = 12;

    /// <summary>The session after one scenario changed its phase.</summary>
    internal static LiveSession After(LiveSession? before, SessionProtocol.SessionProgressed told)
    {
        var scenarios = (before?.Session == told.Session.Value ? before.Scenarios : [])
            .RemoveAll(each => each.Scenario == told.Scenario).Add(new LiveScenario(told.Scenario, told.Title, told.Phase, told.Detail));
        var over = scenarios.Where(each => each.IsOver).ToList();
        return new LiveSession(told.Session.Value, told.Ended, told.Total, scenarios.RemoveRange(over.SkipLast(MostOver)));
    }
}

/// <summary>What is being dreamt now, for whoever looks.</summary>
public sealed class LiveSessions
{
    private volatile LiveSession? _current;

    /// <summary>The session that runs; null when none does, or nothing is known of it yet.</summary>
    public LiveSession? Current => _current;

    internal void Follow(ActorSystem system) => system.ActorOf(Props.Create(() => new Follower(this)), "live-sessions");

    /// <summary>Keeps <see cref="Current"/> as the sessions of this machine tell.</summary>
    /// <remarks>Lives as long as its system. A restart loses what is being dreamt now until each scenario changes its phase again.</remarks>
    private sealed class Follower : ReceiveActor
    {
        public Follower(LiveSessions live)
        {
            Receive<SessionProtocol.SessionProgressed>(told => live._current = LiveSession.After(live._current, told));
            Receive<SessionProtocol.SessionEnded>(ended =>
            {
                if (live._current?.Session == ended.Session.Value) live._current = null;
            });
        }

        protected override void PreStart()
        {
            Context.System.EventStream.Subscribe<SessionProtocol.SessionProgressed>(Self);
            Context.System.EventStream.Subscribe<SessionProtocol.SessionEnded>(Self);
        }

        protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);
    }
}

using Akka.Actor;
using DreamerActors.Domain.Journal;

namespace DreamerActors.Actors.Journal;

/// <summary>Keeps every projection up to date, each by its own child, so that one that fails holds up no other.</summary>
/// <remarks>
/// A <see cref="ProjectionActor"/> that fails is restarted and goes on after the last offset its projection remembers; nothing is lost.
/// A restart of this actor restarts them all; askers then hear nothing and ask again.
/// </remarks>
internal sealed class JournalActor : ReceiveActor
{
    private readonly HashSet<IActorRef> _projections = [];
    private readonly Dictionary<long, Waiter> _waiters = [];
    private long _lastRequest;

    public JournalActor(IEnumerable<IProjection> projections, IEventFeed feed)
    {
        foreach (var projection in projections)
            _projections.Add(Context.ActorOf(ProjectionActor.Props(projection, feed), projection.Name));
        Receive<JournalProtocol.AwaitCatchUp>(_ => Begin(startOver: false));
        Receive<JournalProtocol.Rebuild>(_ => Begin(startOver: true));
        Receive<ProjectionActor.CaughtUp>(OnCaughtUp);
    }

    public static Props Props(IEnumerable<IProjection> projections, IEventFeed feed) =>
        Akka.Actor.Props.Create(() => new JournalActor(projections, feed));

    private void Begin(bool startOver)
    {
        if (_projections.Count == 0)
        {
            Sender.Tell(JournalProtocol.CaughtUp.Instance);
            return;
        }

        var id = ++_lastRequest;
        _waiters[id] = new Waiter(Sender, [.. _projections]);
        foreach (var projection in _projections) projection.Tell(new ProjectionActor.CatchUp(id, startOver));
    }

    private void OnCaughtUp(ProjectionActor.CaughtUp caughtUp)
    {
        if (!_waiters.TryGetValue(caughtUp.Request, out var waiter)) return;
        waiter.Behind.Remove(Sender);
        if (waiter.Behind.Count > 0) return;
        _waiters.Remove(caughtUp.Request);
        waiter.ReplyTo.Tell(JournalProtocol.CaughtUp.Instance);
    }

    private sealed record Waiter(IActorRef ReplyTo, HashSet<IActorRef> Behind);
}

using Akka.Actor;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Sessions;

/// <summary>A session's hold on the lease. It is taken and given back while the session's actor goes on; what came of it is a message to that.</summary>
internal sealed class Tenure(ISessionLease lease, SessionId session)
{
    private readonly List<Action> _farewells = [];
    private bool _holds;

    /// <summary>Whether it is being taken.</summary>
    public bool IsTaking { get; private set; }

    /// <summary>Whether it is being given back.</summary>
    public bool IsEnding { get; private set; }

    /// <summary>Takes the lease for a command; the answer is <see cref="Taken"/>.</summary>
    public void Take(SessionCommand command, IActorRef? asker, IActorRef self)
    {
        _holds = IsTaking = true;
        _ = lease.TryTakeAsync(session, CancellationToken.None).PipeTo(
            self, success: holder => new Taken(command, asker, holder, IsBusy: true), failure: error => new Taken(command, asker, error.Message, IsBusy: false));
    }

    /// <summary>The answer came.</summary>
    public void OnTaken(Taken taken)
    {
        IsTaking = false;
        _holds = taken.Obstacle is null;
    }

    /// <summary>Something to do once the lease is free.</summary>
    public void Afterwards(Action farewell) => _farewells.Add(farewell);

    /// <summary>Gives the lease back; <see cref="Ended"/> tells when that is done.</summary>
    /// <returns>What is to be done now; null while there is something to wait for.</returns>
    public IReadOnlyList<Action>? End(IActorRef self)
    {
        if (IsTaking || IsEnding) return null;
        if (_holds)
        {
            (_holds, IsEnding) = (false, true);
            _ = lease.ReleaseAsync(session).PipeTo(self, success: () => new Ended(null), failure: error => new Ended(error));
            return null;
        }

        Action[] farewells = [.. _farewells];
        _farewells.Clear();
        return farewells;
    }

    /// <summary>It is given back.</summary>
    public void OnEnded() => IsEnding = false;

    /// <summary>Gives the lease back with nobody left to be told.</summary>
    public void Drop()
    {
        if (_holds) _ = lease.ReleaseAsync(session);
    }

    /// <summary>Told to the session's actor.</summary>
    /// <param name="Command">What the lease was taken for.</param>
    /// <param name="Asker">Whose wish that is; null for the session's own.</param>
    /// <param name="Obstacle">Why it is not to be had; null when it is the session's now.</param>
    /// <param name="IsBusy">Because another has it.</param>
    public sealed record Taken(SessionCommand Command, IActorRef? Asker, string? Obstacle, bool IsBusy);

    /// <summary>Told to the session's actor.</summary>
    /// <param name="Failure">Why the lease could not be given back; it ends with the connection that it hangs on.</param>
    public sealed record Ended(Exception? Failure);
}

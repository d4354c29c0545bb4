using Akka.Persistence.Journal;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Wire;

/// <summary>Tags every session event, so that projections can read them across sessions.</summary>
internal sealed class EventTags : IWriteEventAdapter
{
    /// <summary>The tag of every <see cref="ISessionEvent"/>.</summary>
    public const string Session = "session";

    public string Manifest(object evt) => string.Empty;

    public object ToJournal(object evt) => evt is ISessionEvent ? new Tagged(evt, [Session]) : evt;
}

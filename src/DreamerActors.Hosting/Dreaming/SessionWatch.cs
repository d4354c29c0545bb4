using Akka.Actor;
using Akka.Event;
using DreamerActors.Actors.Sessions;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Hosting.Dreaming;

/// <summary>Follows one session on the EventStream for the caller who started it.</summary>
/// <remarks>Lives as long as the call. A restart would lose nothing but progress lines; the end is awaited by the task it completes.</remarks>
internal sealed class SessionWatch : ReceiveActor
{
    public SessionWatch(SessionId session, IProgress<DreamProgress>? progress, TaskCompletionSource<SessionProtocol.SessionEnded> ended)
    {
        Receive<SessionProtocol.SessionProgressed>(m => m.Session == session, m =>
            progress?.Report(new DreamProgress(m.Scenario, m.Title, m.Phase, m.Detail, m.Ended, m.Total)));
        Receive<SessionProtocol.SessionEnded>(m => m.Session == session, m => ended.TrySetResult(m));
        ReceiveAny(_ => { });
    }

    public static Props Props(SessionId session, IProgress<DreamProgress>? progress, TaskCompletionSource<SessionProtocol.SessionEnded> ended) =>
        Akka.Actor.Props.Create(() => new SessionWatch(session, progress, ended));

    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<SessionProtocol.SessionProgressed>(Self);
        Context.System.EventStream.Subscribe<SessionProtocol.SessionEnded>(Self);
    }

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);
}

using Akka.Actor;
using Akka.Event;

namespace DreamerActors.Hosting.Dreaming;

/// <summary>Somebody's function that is called for what is published on the EventStream; disposing this ends it.</summary>
internal sealed class Listening : IDisposable
{
    private readonly ActorSystem _system;
    private readonly IActorRef _listener;

    private Listening(ActorSystem system, IActorRef listener) => (_system, _listener) = (system, listener);

    /// <summary>Calls back for everything of one kind, one after the other.</summary>
    public static Listening To<T>(ActorSystem system, Action<T> callback) where T : class
    {
        var listener = system.ActorOf(Props.Create(() => new Listener<T>(callback)));
        // Here and not when the actor starts: what is published after this call is heard.
        system.EventStream.Subscribe<T>(listener);
        return new Listening(system, listener);
    }

    /// <inheritdoc/>
    public void Dispose() => _system.Stop(_listener);

    /// <summary>Calls the function.</summary>
    /// <remarks>Lives as long as the registration. A callback that throws is logged: a restart would miss what is published meanwhile.</remarks>
    private sealed class Listener<T> : ReceiveActor
    {
        private readonly ILoggingAdapter _log = Context.GetLogger();

        public Listener(Action<T> callback) => Receive<T>(told =>
        {
            try
            {
                callback(told);
            }
#pragma warning disable CA1031 // It is the host's code: whatever it throws is told in the log and ends nothing here.
            catch (Exception error)
            {
                _log.Error(error, "A callback for {0} failed", typeof(T).Name);
            }
#pragma warning restore CA1031
        });

        protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);
    }
}

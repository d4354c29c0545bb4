using Akka.Configuration;
using Akka.Dispatch;

namespace DreamerActors.Actors.Timing;

/// <summary>
/// A pinned dispatcher for Akka (<c>type</c> of a dispatcher): each actor has an <see cref="OwnThread"/>. Akka's own looks for work a hundred times before its thread sleeps; for an actor that has
/// something to do every other second that is most of what it costs.
/// </summary>
internal sealed class SleepingPinnedDispatcher(Config config, IDispatcherPrerequisites prerequisites) : MessageDispatcherConfigurator(config, prerequisites)
{
    /// <inheritdoc/>
    public override MessageDispatcher Dispatcher() =>
        new Dispatcher(this, Config.GetString("id"), int.MaxValue, null, new Threads(Config, Prerequisites), Config.GetTimeSpan("shutdown-timeout"));

    private sealed class Threads(Config config, IDispatcherPrerequisites prerequisites) : ExecutorServiceConfigurator(config, prerequisites)
    {
        public override ExecutorService Produce(string id) => new OwnThread(id);
    }
}

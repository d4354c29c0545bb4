using Akka.Actor;
using DreamerActors.Domain.Brains;

namespace DreamerActors.Actors.Dreaming;

/// <summary>Lends the brain to scenarios, a bounded number of requests at a time.</summary>
/// <remarks>See <see cref="Workbench"/> for what restarts it and what it loses.</remarks>
internal sealed class CoderActor : Workbench
{
    public CoderActor(IBrain brain, int concurrency)
        : base(concurrency)
    {
        Receive<CoderProtocol.Weave>(m => Submit(m.Operation, Phases.Weaving, async cancellation =>
            new CoderProtocol.WeavingDone(m.Operation, await brain.WeaveAsync(m.Planned, cancellation))));
        Receive<CoderProtocol.Code>(m => Submit(m.Operation, Phases.Coding, async cancellation =>
            new CoderProtocol.CodingDone(m.Operation, await brain.CodeAsync(m.Task, cancellation))));
    }

    public static Props Props(IBrain brain, int concurrency) => Akka.Actor.Props.Create(() => new CoderActor(brain, concurrency));
}

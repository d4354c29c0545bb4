using Akka.Actor;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Actors.Dreaming;

/// <summary>Lends the guardian to scenarios, a bounded number of sandboxes at a time.</summary>
/// <remarks>See <see cref="Workbench"/> for what restarts it and what it loses.</remarks>
internal sealed class GuardianActor : Workbench
{
    public GuardianActor(IGuardian guardian, int concurrency)
        : base(concurrency) =>
        Receive<GuardianProtocol.Judge>(m => Submit(m.Operation, Phases.Guarding, async cancellation =>
            new GuardianProtocol.Judged(m.Operation, await guardian.JudgeAsync(m.Submission, cancellation))));

    public static Props Props(IGuardian guardian, int concurrency) => Akka.Actor.Props.Create(() => new GuardianActor(guardian, concurrency));
}

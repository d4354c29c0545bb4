using Akka.Actor;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Knowledge;

/// <summary>What a <see cref="KnowledgeActor"/> receives and answers.</summary>
internal static class KnowledgeProtocol
{
    /// <summary>Choose fragments for a session. Answered by <see cref="Planned"/> or <see cref="PlanFailed"/>.</summary>
    public sealed record PlanSession(SessionId Session, SessionOrder Order, IReadOnlySet<string>? OnlyEntities);

    /// <summary>The plan; empty when there is nothing to dream about.</summary>
    public sealed record Planned(SessionId Session, IReadOnlyList<PlannedScenario> Plan);

    /// <summary>The graph or the read model cannot be read.</summary>
    public sealed record PlanFailed(SessionId Session, string Reason);
}

/// <summary>Loads the graph for each session, so that what the host rewrote meanwhile counts, and ranks its clusters.</summary>
/// <remarks>Holds no state: a restart loses plans being made, whose askers wake or start again. Nothing stops it but the system.</remarks>
internal sealed class KnowledgeActor : ReceiveActor
{
    private readonly CancellationTokenSource _stopping = new();

    public KnowledgeActor(IKnowledgeStore store, IJournalReader reader) =>
        Receive<KnowledgeProtocol.PlanSession>(m => _ = PlanAsync(m, store, reader, _stopping.Token).PipeTo(
            Sender, Self, failure: e => new KnowledgeProtocol.PlanFailed(m.Session, e.Message)));

    public static Props Props(IKnowledgeStore store, IJournalReader reader) => Akka.Actor.Props.Create(() => new KnowledgeActor(store, reader));

    protected override void PostStop()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private static async Task<KnowledgeProtocol.Planned> PlanAsync(
        KnowledgeProtocol.PlanSession message, IKnowledgeStore store, IJournalReader reader, CancellationToken cancellation)
    {
        var graph = await store.LoadAsync(cancellation);
        var dreamt = await reader.DreamtEntitiesAsync(cancellation);
        var order = message.Order;
        var fragments = ClusterRanking.Pick(graph, dreamt, order.MaxScenarios, message.OnlyEntities, rememberedOnly: order.Brain == "recall");
        var outcomes = order.Adaptive ? await reader.OutcomesAsync(order.Brain, AdaptiveDifficulty.OutcomesRead, cancellation) : null;
        // Only imagination can join libraries.
        var joined = order.Brain == "recall" ? fragments : FragmentJoining.Join(fragments, graph);
        return new KnowledgeProtocol.Planned(message.Session, [.. fragments.Zip(joined, (alone, pair) => (alone, pair)).Select((each, i) =>
            SessionPlan.Entry(new ScenarioId($"s{i + 1:000}"), each.alone, each.pair, order, outcomes))]);
    }
}

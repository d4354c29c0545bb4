using Akka.Actor;
using Akka.Cluster;
using DreamerActors.Hosting.Clustering;

namespace DreamerActors.Host.Http.Management;

/// <summary>Whether it lives, whether it can take on work, and whom others may join.</summary>
internal static class ProbesApi
{
    private const int MostSeeds = 5;

    public static void MapProbes(this IEndpointRouteBuilder routes)
    {
        foreach (var prefix in new[] { "", "/health" })
        {
            routes.MapGet(prefix + "/alive", (ActorSystem system) => Say(system.WhenTerminated.IsCompleted ? ["actor-system"] : [])).AllowAnonymous();
            routes.MapGet(prefix + "/ready", async (Readiness readiness, CancellationToken cancellation) => Say(await readiness.UnhealthyAsync(cancellation))).AllowAnonymous();
        }

        routes.MapGet("/bootstrap/seed-nodes", (ActorSystem system) => Results.Json(Seeds(Cluster.Get(system)), BootstrapJson.Default.SeedNodesAnswer));
        routes.MapGet("/remote/address", (ActorSystem system) => Results.Json(new RemoteAddressAnswer(Cluster.Get(system).SelfAddress.ToString()), BootstrapJson.Default.RemoteAddressAnswer));
    }

    private static IResult Say(IReadOnlyList<string> unhealthy) => unhealthy.Count == 0
        ? Results.Text("OK")
        : Results.Text($"Not Healthy: {string.Join(", ", unhealthy)}", statusCode: StatusCodes.Status500InternalServerError);

    private static SeedNodesAnswer Seeds(Cluster cluster)
    {
        var canBeJoined = cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Joining;
        var members = cluster.State.Members.Except(cluster.State.Unreachable)
            .Where(member => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Joining).ToArray();
        Random.Shared.Shuffle(members);
        return new SeedNodesAnswer(Parts(cluster.SelfAddress), canBeJoined
            ? [.. members.Take(MostSeeds).Select(member => new SeedNode(Parts(member.Address), member.UniqueAddress.Uid, (int)member.Status, [.. member.Roles]))]
            : []);
    }

    private static SeedAddress Parts(Address address) =>
        new(address.Host, address.Port, address.System, address.Protocol, address.HasLocalScope, address.HasGlobalScope);
}

using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace DreamerActors.Host.Http.Management;

/// <summary>Where sessions are.</summary>
internal static class ShardsApi
{
    private static readonly TimeSpan RegionLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ClusterLimit = TimeSpan.FromSeconds(10);

    public static void MapShards(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/cluster/shards", (ActorSystem system) => Results.Json(
            new EntityTypesAnswer([.. ClusterSharding.Get(system).ShardTypeNames.Order(StringComparer.Ordinal)]), ManagementJson.Default.EntityTypesAnswer));
        routes.MapGet("/cluster/shards/{name}", RegionAsync);
        routes.MapGet("/cluster/shards/{name}/stats", StatsAsync);
    }

    private static async Task<IResult> RegionAsync(string name, ActorSystem system, CancellationToken cancellation)
    {
        if (Find(name, system) is not { } region) return NotStarted(name);
        try
        {
            var stats = await region.Ask<ShardRegionStats>(GetShardRegionStats.Instance, RegionLimit, cancellation);
            return Results.Json(new RegionAnswer(Shards(stats), [.. stats.Failed]), ManagementJson.Default.RegionAnswer);
        }
        catch (AskTimeoutException)
        {
            return MembersApi.Tell(StatusCodes.Status404NotFound, $"Shard Region {name} not responding, may have been terminated");
        }
    }

    private static async Task<IResult> StatsAsync(string name, ActorSystem system, CancellationToken cancellation)
    {
        if (Find(name, system) is not { } region) return NotStarted(name);
        try
        {
            var began = Stopwatch.GetTimestamp();
            var stats = await region.Ask<ClusterShardingStats>(new GetClusterShardingStats(RegionLimit), ClusterLimit, cancellation);
            // When one region is silent, the coordinator says in the end that there are none; when there are none, it says so at once.
            if (stats.Regions.Count == 0 && Stopwatch.GetElapsedTime(began) > RegionLimit / 2) return TimedOut(name);
            var regions = stats.Regions.ToDictionary(each => each.Key.ToString(), each => new RegionStatsAnswer(Shards(each.Value), [.. each.Value.Failed]));
            return Results.Json(
                new ClusterStatsAnswer(regions, regions.Values.Sum(each => each.Shards.Sum(shard => shard.NumEntities)), regions.Values.Sum(each => each.Shards.Count)),
                ManagementJson.Default.ClusterStatsAnswer);
        }
        catch (AskTimeoutException)
        {
            return TimedOut(name);
        }
    }

    private static IActorRef? Find(string name, ActorSystem system)
    {
        var sharding = ClusterSharding.Get(system);
        return sharding.ShardTypeNames.Contains(name) ? sharding.ShardRegion(name) : null;
    }

    private static IResult TimedOut(string name) => MembersApi.Tell(StatusCodes.Status504GatewayTimeout, $"Cluster-wide stats for {name} timed out");

    private static IResult NotStarted(string name) => MembersApi.Tell(StatusCodes.Status404NotFound, $"Shard Region {name} is not started");

    private static IReadOnlyList<ShardAnswer> Shards(ShardRegionStats stats) =>
        [.. stats.Stats.OrderBy(shard => shard.Key, StringComparer.Ordinal).Select(shard => new ShardAnswer(shard.Key, shard.Value))];
}

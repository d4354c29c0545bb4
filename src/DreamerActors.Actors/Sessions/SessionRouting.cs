using Akka.Cluster.Sharding;

namespace DreamerActors.Actors.Sessions;

/// <summary>Routes a message to its session's entity.</summary>
internal sealed class SessionRouting() : HashCodeMessageExtractor(ShardCount)
{
    /// <summary>The shard region's type name.</summary>
    public const string TypeName = "dream-session";

    private const int ShardCount = 10;

    public override string? EntityId(object message) => (message as ISessionMessage)?.Session.Value;
}

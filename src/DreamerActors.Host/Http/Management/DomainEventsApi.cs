using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Cluster;

namespace DreamerActors.Host.Http.Management;

/// <summary>What happens to the cluster, as server-sent events: first what is so already, then whatever changes. Who does not keep up is cut off, and hears all of it when it asks again.</summary>
internal static class DomainEventsApi
{
    private const int MostListeners = 20;
    private const int MostWaiting = 256;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(10);

    private static readonly IReadOnlyDictionary<string, Type> Types = new Dictionary<string, Type>
    {
        ["ClusterDomainEvent"] = typeof(ClusterEvent.IClusterDomainEvent),
        ["MemberEvent"] = typeof(ClusterEvent.IMemberEvent),
        ["MemberJoined"] = typeof(ClusterEvent.MemberJoined),
        ["MemberWeaklyUp"] = typeof(ClusterEvent.MemberWeaklyUp),
        ["MemberUp"] = typeof(ClusterEvent.MemberUp),
        ["MemberLeft"] = typeof(ClusterEvent.MemberLeft),
        ["MemberExited"] = typeof(ClusterEvent.MemberExited),
        ["MemberDowned"] = typeof(ClusterEvent.MemberDowned),
        ["MemberRemoved"] = typeof(ClusterEvent.MemberRemoved),
        ["LeaderChanged"] = typeof(ClusterEvent.LeaderChanged),
        ["RoleLeaderChanged"] = typeof(ClusterEvent.RoleLeaderChanged),
        ["ClusterShuttingDown"] = typeof(ClusterEvent.ClusterShuttingDown),
        ["ReachabilityEvent"] = typeof(ClusterEvent.ReachabilityEvent),
        ["UnreachableMember"] = typeof(ClusterEvent.UnreachableMember),
        ["ReachableMember"] = typeof(ClusterEvent.ReachableMember),
    };

    public static void MapDomainEvents(this IEndpointRouteBuilder routes)
    {
        var places = new SemaphoreSlim(MostListeners);
        routes.MapGet("/cluster/domain-events", (string[]? type, ActorSystem system, CancellationToken cancellation) =>
        {
            var wanted = type is { Length: > 0 } ? type : ["ClusterDomainEvent"];
            if (wanted.FirstOrDefault(name => !Types.ContainsKey(name)) is { } unknown)
                return MembersApi.Tell(StatusCodes.Status400BadRequest, $"[{unknown}] is not a type of event: {string.Join(", ", Types.Keys)}");
            return places.Wait(0, CancellationToken.None)
                ? TypedResults.ServerSentEvents(ListenAsync(system, [.. wanted.Select(name => Types[name])], places, cancellation))
                : MembersApi.Tell(StatusCodes.Status503ServiceUnavailable, $"At most {MostListeners} may listen at the same time");
        });
    }

    private static async IAsyncEnumerable<SseItem<string>> ListenAsync(ActorSystem system, Type[] types, SemaphoreSlim places, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var events = Channel.CreateBounded<ClusterEvent.IClusterDomainEvent>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
        var listener = system.ActorOf(Props.Create(() => new Listener(events.Writer, types)));
        try
        {
            while (await AwaitAsync(events.Reader, cancellation) is var more and not false)
            {
                if (more is null) yield return new SseItem<string>("");
                while (events.Reader.TryRead(out var happened))
                {
                    if (Describe(happened) is { } described) yield return new SseItem<string>(described.ToJsonString(), (string)described["type"]!);
                }
            }
        }
        finally
        {
            system.Stop(listener);
            places.Release();
        }
    }

    /// <summary>Whether there is more; null when it is time for a sign of life.</summary>
    private static async Task<bool?> AwaitAsync(ChannelReader<ClusterEvent.IClusterDomainEvent> events, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Heartbeat);
        try
        {
            return await events.WaitToReadAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private static JsonObject? Describe(ClusterEvent.IClusterDomainEvent happened)
    {
        JsonObject? described = happened switch
        {
            ClusterEvent.MemberRemoved e => new JsonObject { ["member"] = Describe(e.Member), ["previousStatus"] = e.PreviousStatus.ToString() },
            ClusterEvent.IMemberEvent e => new JsonObject { ["member"] = Describe(e.Member) },
            ClusterEvent.ReachabilityEvent e => new JsonObject { ["member"] = Describe(e.Member) },
            ClusterEvent.LeaderChanged e => Led([], e.Leader),
            ClusterEvent.RoleLeaderChanged e => Led(new JsonObject { ["role"] = e.Role }, e.Leader),
            ClusterEvent.ClusterShuttingDown => [],
            _ => null, // others are the business of the cluster itself
        };
        described?.Add("type", happened.GetType().Name);
        return described;
    }

    private static JsonObject Led(JsonObject described, Address? leader)
    {
        if (leader is not null) described["address"] = leader.ToString();
        return described;
    }

    private static JsonObject Describe(Member member) => new()
    {
        ["uniqueAddress"] = new JsonObject { ["address"] = member.Address.ToString(), ["longUid"] = member.UniqueAddress.Uid },
        ["status"] = member.Status.ToString(),
        ["roles"] = new JsonArray([.. member.Roles.Order(StringComparer.Ordinal).Select(role => (JsonNode)role)]),
        ["dataCenter"] = "default",
    };

    /// <summary>Writes what the cluster tells into a channel.</summary>
    /// <remarks>Lives as long as its request, or its system. One whose channel is full stops, and so does its request.</remarks>
    private sealed class Listener : ReceiveActor
    {
        private readonly ChannelWriter<ClusterEvent.IClusterDomainEvent> _events;
        private readonly Type[] _types;

        public Listener(ChannelWriter<ClusterEvent.IClusterDomainEvent> events, Type[] types)
        {
            (_events, _types) = (events, types);
            Receive<ClusterEvent.IClusterDomainEvent>(happened =>
            {
                if (!events.TryWrite(happened)) Context.Stop(Self);
            });
        }

        protected override void PreStart() => Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.InitialStateAsEvents, _types);

        protected override void PostStop()
        {
            Cluster.Get(Context.System).Unsubscribe(Self);
            _events.TryComplete();
        }
    }
}

using System.Text.Json.Serialization;

namespace DreamerActors.Host.Http.Management;

/// <summary>What an operation answers, and every refusal.</summary>
internal sealed record Told(string Message);

/// <summary>One member of the cluster.</summary>
internal sealed record MemberAnswer(string Node, string NodeUid, string Status, IReadOnlyList<string> Roles);

/// <summary>A member that does not answer. Who noticed is not told by Akka.NET, so <paramref name="ObservedBy"/> is empty.</summary>
internal sealed record UnreachableAnswer(string Node, IReadOnlyList<string> ObservedBy);

/// <summary>The cluster as this machine sees it.</summary>
internal sealed record MembersAnswer(
    string SelfNode, IReadOnlyList<MemberAnswer> Members, IReadOnlyList<UnreachableAnswer> Unreachable, string? Leader, string? Oldest, IReadOnlyDictionary<string, string> OldestPerRole);

/// <summary>The kinds of entities.</summary>
internal sealed record EntityTypesAnswer(IReadOnlyList<string> EntityTypeKeys);

/// <summary>A shard and how many entities it has.</summary>
internal sealed record ShardAnswer(string ShardId, int NumEntities);

/// <summary>The shards of this machine.</summary>
internal sealed record RegionAnswer(IReadOnlyList<ShardAnswer> Regions, IReadOnlyList<string> Failed);

/// <summary>The shards of one machine among others.</summary>
internal sealed record RegionStatsAnswer(IReadOnlyList<ShardAnswer> Shards, IReadOnlyList<string> Failed);

/// <summary>The shards of every machine.</summary>
internal sealed record ClusterStatsAnswer(IReadOnlyDictionary<string, RegionStatsAnswer> Regions, int TotalEntities, int TotalShards);

/// <summary>Bodies in the JVM's Akka Management's shape.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Told))]
[JsonSerializable(typeof(MemberAnswer))]
[JsonSerializable(typeof(MembersAnswer))]
[JsonSerializable(typeof(EntityTypesAnswer))]
[JsonSerializable(typeof(RegionAnswer))]
[JsonSerializable(typeof(ClusterStatsAnswer))]
internal sealed partial class ManagementJson : JsonSerializerContext;

/// <summary>An address, part by part.</summary>
internal sealed record SeedAddress(string? Host, int? Port, string System, string Protocol, bool HasLocalScope, bool HasGlobalScope);

/// <summary>A member that others may join; its status is the number of Akka.NET's enumeration.</summary>
internal sealed record SeedNode(SeedAddress Node, int NodeUid, int Status, IReadOnlyList<string> Roles);

/// <summary>Whom to join.</summary>
internal sealed record SeedNodesAnswer(SeedAddress SelfNode, IReadOnlyList<SeedNode> Nodes);

/// <summary>This machine's address.</summary>
internal sealed record RemoteAddressAnswer(string Address);

/// <summary>Bodies in Akka.Management for .NET's shape: names as they are in C#.</summary>
[JsonSerializable(typeof(SeedNodesAnswer))]
[JsonSerializable(typeof(RemoteAddressAnswer))]
internal sealed partial class BootstrapJson : JsonSerializerContext;

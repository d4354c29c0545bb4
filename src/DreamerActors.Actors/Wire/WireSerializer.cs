using System.Collections.Frozen;
using System.Runtime.Serialization;
using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Machines;
using DreamerActors.Actors.Sessions;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Wire;

/// <summary>
/// Everything that is journalled or crosses the network, as JSON. The manifests are frozen: a shape that changes gets a new version and
/// keeps the old entry, so that old journals stay readable.
/// </summary>
internal sealed class WireSerializer : SerializerWithStringManifest
{
    private static readonly FrozenDictionary<string, Type> Types = new Dictionary<string, Type>
    {
        ["session-started.v1"] = typeof(SessionStarted),
        ["scenario-woven.v1"] = typeof(ScenarioWoven),
        ["dream-completed.v1"] = typeof(DreamCompleted),
        ["dream-rejected.v1"] = typeof(DreamRejected),
        ["dream-lost.v1"] = typeof(DreamLost),
        ["session-interrupted.v1"] = typeof(SessionInterrupted),
        ["session-resumed.v1"] = typeof(SessionResumed),
        ["session-completed.v1"] = typeof(SessionCompleted),
        ["canaries-judged.v1"] = typeof(CanariesJudged),
        ["session-quarantined.v1"] = typeof(SessionQuarantined),
        ["dream-approved.v1"] = typeof(DreamApproved),
        ["dream-declined.v1"] = typeof(DreamDeclined),
        ["approval-undone.v1"] = typeof(ApprovalUndone),
        ["dream-replayed.v1"] = typeof(DreamReplayed),
        ["set-approval.v1"] = typeof(SessionProtocol.SetApproval),
        ["record-replays.v1"] = typeof(SessionProtocol.RecordReplays),
        ["begin-dreaming.v1"] = typeof(SessionProtocol.BeginDreaming),
        ["resume-dreaming.v1"] = typeof(SessionProtocol.ResumeDreaming),
        ["session-accepted.v1"] = typeof(SessionProtocol.SessionAccepted),
        ["session-refused.v1"] = typeof(SessionProtocol.SessionRefused),
        ["session-progressed.v1"] = typeof(SessionProtocol.SessionProgressed),
        ["session-ended.v1"] = typeof(SessionProtocol.SessionEnded),
        ["scenario-assignment.v1"] = typeof(ScenarioAssignment),
        ["canary-assignment.v1"] = typeof(CanaryAssignment),
        ["phase-entered.v1"] = typeof(ScenarioProtocol.PhaseEntered),
        ["given-back.v1"] = typeof(ScenarioProtocol.GivenBack),
        ["record-woven.v1"] = typeof(RecordWoven),
        ["record-kept.v1"] = typeof(RecordKept),
        ["record-rejected.v1"] = typeof(RecordRejected),
        ["record-lost.v1"] = typeof(RecordLost),
        ["record-canaries.v1"] = typeof(RecordCanaries),
        ["follow.v1"] = typeof(MachineProtocol.Follow),
        ["spare.v1"] = typeof(MachineProtocol.Spare),
        ["woke.v1"] = typeof(MachineProtocol.Woke),
        ["wake-call.v1"] = typeof(MachineProtocol.WakeCall),
        ["goes-on.v1"] = typeof(MachineProtocol.GoesOn),
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<Type, string> Manifests = Types.ToFrozenDictionary(entry => entry.Value, entry => entry.Key);

    public WireSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <summary>The frozen table.</summary>
    public static IReadOnlyDictionary<string, Type> Table => Types;

    public override int Identifier => 7310;

    public override string Manifest(object o) => Manifests.TryGetValue(o.GetType(), out var manifest)
        ? manifest
        : throw new SerializationException($"{o.GetType()} has no manifest");

    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes(obj, obj.GetType(), WireContext.Default);

    public override object FromBinary(byte[] bytes, string manifest) => Types.TryGetValue(manifest, out var type)
        ? JsonSerializer.Deserialize(bytes, type, WireContext.Default) ?? throw new SerializationException($"{manifest} is null")
        : throw new SerializationException($"unknown manifest {manifest}");
}

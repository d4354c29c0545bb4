using System.Text.Json;
using System.Text.Json.Serialization;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Machines;
using DreamerActors.Actors.Sessions;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Wire;

/// <summary>Generated readers and writers of everything on the wire; ids are bare strings there, enumerations their names.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(SessionIdConverter), typeof(DreamIdConverter), typeof(ScenarioIdConverter)])]
[JsonSerializable(typeof(SessionStarted))]
[JsonSerializable(typeof(ScenarioWoven))]
[JsonSerializable(typeof(DreamCompleted))]
[JsonSerializable(typeof(DreamRejected))]
[JsonSerializable(typeof(DreamLost))]
[JsonSerializable(typeof(SessionInterrupted))]
[JsonSerializable(typeof(SessionResumed))]
[JsonSerializable(typeof(SessionCompleted))]
[JsonSerializable(typeof(CanariesJudged))]
[JsonSerializable(typeof(SessionQuarantined))]
[JsonSerializable(typeof(DreamApproved))]
[JsonSerializable(typeof(DreamDeclined))]
[JsonSerializable(typeof(ApprovalUndone))]
[JsonSerializable(typeof(DreamReplayed))]
[JsonSerializable(typeof(SessionProtocol.SetApproval))]
[JsonSerializable(typeof(SessionProtocol.RecordReplays))]
[JsonSerializable(typeof(SessionProtocol.BeginDreaming))]
[JsonSerializable(typeof(SessionProtocol.ResumeDreaming))]
[JsonSerializable(typeof(SessionProtocol.SessionAccepted))]
[JsonSerializable(typeof(SessionProtocol.SessionRefused))]
[JsonSerializable(typeof(SessionProtocol.SessionProgressed))]
[JsonSerializable(typeof(SessionProtocol.SessionEnded))]
[JsonSerializable(typeof(ScenarioAssignment))]
[JsonSerializable(typeof(CanaryAssignment))]
[JsonSerializable(typeof(ScenarioProtocol.PhaseEntered))]
[JsonSerializable(typeof(ScenarioProtocol.GivenBack))]
[JsonSerializable(typeof(RecordWoven))]
[JsonSerializable(typeof(RecordKept))]
[JsonSerializable(typeof(RecordRejected))]
[JsonSerializable(typeof(RecordLost))]
[JsonSerializable(typeof(RecordCanaries))]
[JsonSerializable(typeof(MachineProtocol.Follow))]
[JsonSerializable(typeof(MachineProtocol.Spare))]
[JsonSerializable(typeof(MachineProtocol.Woke))]
[JsonSerializable(typeof(MachineProtocol.WakeCall))]
[JsonSerializable(typeof(MachineProtocol.GoesOn))]
internal sealed partial class WireContext : JsonSerializerContext;

internal abstract class TextIdConverter<T>(Func<string, T> read, Func<T, string> write) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        read(reader.GetString() ?? throw new JsonException($"{typeToConvert.Name} is null"));

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));
}

internal sealed class SessionIdConverter() : TextIdConverter<SessionId>(text => new SessionId(text), id => id.Value);

internal sealed class DreamIdConverter() : TextIdConverter<DreamId>(text => new DreamId(text), id => id.Value);

internal sealed class ScenarioIdConverter() : TextIdConverter<ScenarioId>(text => new ScenarioId(text), id => id.Value);

using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using DreamerActors.Host.Http.Dreaming;
using DreamerActors.Host.Http.Energy;
using DreamerActors.Host.Http.Journal;
using DreamerActors.Host.Http.Knowledge;
using DreamerActors.Host.Http.Lessons;
using DreamerActors.Host.Http.Scheduling;

namespace DreamerActors.Host.Http;

/// <summary>Generated readers and writers of every body.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, MaxDepth = 32)]
[JsonSerializable(typeof(ApiProblem))]
[JsonSerializable(typeof(ApiInvalid))]
[JsonSerializable(typeof(TooMany))]
[JsonSerializable(typeof(HealthApi.Health))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(SessionBegun))]
[JsonSerializable(typeof(SessionAnswer))]
[JsonSerializable(typeof(SessionsAnswer))]
[JsonSerializable(typeof(Woken))]
[JsonSerializable(typeof(ActivityRequest))]
[JsonSerializable(typeof(ActivityMarked))]
[JsonSerializable(typeof(EnergyAnswer))]
[JsonSerializable(typeof(EnergyChange))]
[JsonSerializable(typeof(ReplayApi.ReplayAnswer))]
[JsonSerializable(typeof(MonitoringChanged))]
[JsonSerializable(typeof(SchedulerApi.SchedulerAnswer))]
[JsonSerializable(typeof(SchedulerApi.JobsAnswer))]
[JsonSerializable(typeof(SchedulerApi.SchedulerChanged))]
[JsonSerializable(typeof(JournalApi.DreamsAnswer))]
[JsonSerializable(typeof(JournalApi.DreamAnswer))]
[JsonSerializable(typeof(JournalApi.NightAnswer))]
[JsonSerializable(typeof(DatasetApi.DatasetWish))]
[JsonSerializable(typeof(DatasetApi.DatasetAnswer))]
[JsonSerializable(typeof(KnowledgeApi.KnowledgeAnswer))]
[JsonSerializable(typeof(LessonsApi.LessonsAnswer))]
[JsonSerializable(typeof(LessonsApi.LessonStatisticsAnswer))]
[JsonSerializable(typeof(ApprovalApi.ApprovalRequest))]
[JsonSerializable(typeof(ApprovalApi.ApprovalAnswer))]
[JsonSerializable(typeof(OutboxApi.OutboxAnswer))]
[JsonSerializable(typeof(OutboxApi.OutboxConfirmation))]
[JsonSerializable(typeof(OutboxApi.OutboxConfirmed))]
[JsonSerializable(typeof(OutboxApi.EventsAnswer))]
[JsonSerializable(typeof(long?))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool?))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(DateOnly?))]
[JsonSerializable(typeof(DateTimeOffset?))]
internal sealed partial class ApiJson : JsonSerializerContext;

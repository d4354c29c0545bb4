using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Refit;

namespace DreamerActors.Host.Tests;

/// <summary>A client of the API that knows nothing of it but what the document says.</summary>
internal interface IDreamer
{
    [Get("/api/v1/dreams/status")]
    Task<JsonObject> StatusAsync();

    [Post("/api/v1/dreams/sessions")]
    Task<SessionBegun> BeginAsync(SessionWish wish, [Header("Idempotency-Key")] string? key = null);

    [Post("/api/v1/dreams/sessions")]
    Task<SessionAnswer> DreamAsync(SessionWish wish, bool wait = true);

    [Get("/api/v1/dreams/sessions")]
    Task<SessionPage> SessionsAsync(string? behind = null, int? limit = null);

    [Get("/api/v1/dreams/sessions/{id}")]
    Task<SessionAnswer> SessionAsync(string id);

    [Post("/api/v1/dreams/wake")]
    Task<Woken> WakeAsync();

    [Get("/api/v1/dreams")]
    Task<DreamPage> DreamsAsync(string? status = null, string? approval = null, string? library = null, string? text = null, string? behind = null, int? limit = null);

    [Get("/api/v1/dreams/journal")]
    Task<Night> NightAsync();

    [Get("/api/v1/dreams/{id}")]
    Task<Whole> DreamAsync(string id);

    [Get("/api/v1/dreams/{id}/code")]
    Task<string> CodeAsync(string id);

    [Post("/api/v1/dreams/{id}/approve")]
    Task<Said> ApproveAsync(string id, Remark? remark = null);

    [Post("/api/v1/dreams/{id}/decline")]
    Task<Said> DeclineAsync(string id, Remark? remark = null);

    [Post("/api/v1/dreams/dataset")]
    Task<Dataset> ExportAsync(DatasetWish wish);

    [Get("/api/v1/dreams/dataset/{file}")]
    Task<string> DatasetFileAsync(string file);

    [Get("/api/v1/lessons")]
    Task<LessonPage> LessonsAsync(string? tags = null, string? search = null, int? limit = null);

    [Get("/api/v1/lessons/stats")]
    Task<Counts> LessonStatisticsAsync();

    [Get("/api/v1/dreams/knowledge/stats")]
    Task<Counts> KnowledgeAsync();

    [Get("/api/v1/dreams/events")]
    Task<JsonObject> EventsAsync(long? after = null);

    static IDreamer Of(HttpClient http) => RestService.For<IDreamer>(http, new RefitSettings(new SystemTextJsonContentSerializer(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower })));
}

internal sealed record SessionWish(int? MaxScenarios = null, string? Difficulty = null, bool Resume = false, bool UntilActive = false);

internal sealed record SessionBegun(string Status, string SessionId);

internal sealed record SessionAnswer(string Status, Report Session);

internal sealed record SessionPage(IReadOnlyList<Report> Sessions, int Count, string? Next);

internal sealed record Report(string SessionId, string Status, int DreamsAttempted, int DreamsSuccessful, string? InterruptReason, double? StoppedInMs);

internal sealed record Woken(bool Interrupted, double StoppedInMs);

internal sealed record DreamPage(IReadOnlyList<Dream> Dreams, int Count, int Total, string? Next);

internal sealed record Dream(string DreamId, string SessionId, string Title, string Status, IReadOnlyList<string> Libraries, string? Approval);

internal sealed record Whole(JsonObject Dream);

internal sealed record Night(string? Date, int Kept, int Rejected, int Lost);

internal sealed record Remark(string? Actor, string? Comment);

internal sealed record Said(string DreamId, string Approval);

internal sealed record DatasetWish(string Format, bool ApprovedOnly = false);

internal sealed record Dataset(bool Success, string DatasetPath, JsonObject Statistics, IReadOnlyList<string> Files);

internal sealed record LessonPage(int Count, IReadOnlyList<JsonObject> Lessons);

internal sealed record Counts(JsonObject Stats);

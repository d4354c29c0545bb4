using System.Text.Json;
using DreamerActors.Adapters.Brains;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Energy;
using DreamerActors.Hosting.Scheduling;
using DreamerActors.Hosting.Settings;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace DreamerActors.Host.Http.Dreaming;

/// <summary>Sessions: how it stands, begin, wake, tell of the user.</summary>
internal static class DreamingApi
{
    private const int SessionLimit = 1000;

    public static void MapDreaming(this IEndpointRouteBuilder routes)
    {
        var dreams = routes.MapGroup("/api/v1/dreams").WithTags("dreaming");
        dreams.MapGet("/status", StatusAsync).WithName("Status").WithSummary("What was dreamt so far, what the dreamer does now, and why.");
        dreams.MapPost("/sessions", BeginAsync).WithName("BeginSession").WithSummary("Begins a session; with `wait` it answers when that has ended. Sent again with the same Idempotency-Key and body it begins nothing.")
            .Produces<SessionBegun>(StatusCodes.Status202Accepted).Produces<SessionAnswer>();
        dreams.MapGet("/sessions", SessionsAsync).WithName("Sessions").WithSummary("Sessions, newest first; `next` is what `behind` goes on after.").WithETag();
        dreams.MapGet("/sessions/{id}", SessionAsync).WithName("Session").WithSummary("One session's report.").WithETag();
        dreams.MapPost("/wake", WakeAsync).WithName("Wake").WithSummary("Stops everything on this machine, or on all of the cluster (`scope=cluster`), and answers when this one has stopped.").DisableRateLimiting();
        dreams.MapPost("/activity", Activity).WithName("Activity").WithSummary("The user did something.").DisableRateLimiting();
    }

    private static async Task<StatusAnswer> StatusAsync(
        IDreamEngine engine, IDreamScheduler scheduler, IEnergyManager energy, IJournalReader reader, LlamaWorker worker, DreamerSettings settings, CancellationToken cancellation)
    {
        var statistics = await engine.GetStatisticsAsync(cancellation);
        var unfinished = await reader.UnfinishedSessionAsync(cancellation);
        var schedule = await scheduler.GetStatusAsync(cancellation);
        var state = (await energy.GetStatusAsync(cancellation)).State;
        return new StatusAnswer("success", new DreamingStatus(
            statistics.State, statistics.CurrentSessionId, statistics.TotalDreams, statistics.SuccessfulDreams, Math.Round(statistics.SuccessRate, 4),
            statistics.SavedDreams, statistics.OutputDirectory, settings.EnableDreaming, statistics.Sessions,
            unfinished?.Value == statistics.CurrentSessionId ? null : unfinished?.Value, schedule.Decision, Name(state.Level), state.Reason,
            settings.Brain == "llamasharp" ? Body(worker.Status) : null));
    }

    private static WorkerBody Body(LlamaWorkerStatus worker) => new(worker.State, worker.ProcessId, worker.Restarts, Math.Round(worker.Pause.TotalSeconds, 3), worker.LastEnd);

    private static async Task<IResult> BeginAsync(
        SessionRequest? request, bool? wait, [FromHeader(Name = IdempotencyKey.Header)] string? key, IDreamEngine engine, IJournalReader reader, DreamerSettings settings, IHostApplicationLifetime lifetime, CancellationToken cancellation)
    {
        if (!settings.EnableDreaming)
            throw new ApiException(StatusCodes.Status503ServiceUnavailable, "DREAMING_DISABLED", "dreaming is off: ENABLE_DREAMING=false");
        request ??= new SessionRequest();
        var wished = Validate(request);
        // What is already going on is resumed by nobody twice: only what begins needs a name.
        var name = request.Resume ? null : IdempotencyKey.SessionOf(key, request);
        if (name is not null && await KnownAsync(name, engine, reader, cancellation) is { } known)
            return known;
        // A session outlives the request that began it: only the host's end, or a wake-up, ends it.
        var phase = request.Resume
            ? await engine.BeginResumeAsync(null, lifetime.ApplicationStopping, request.UntilActive)
            : await engine.BeginRemPhaseAsync(wished with { SessionId = name }, null, lifetime.ApplicationStopping);
        if (phase.SessionId is not { } session)
        {
            var refused = await phase.Report;
            return name is not null && await KnownAsync(name, engine, reader, cancellation) is { } meanwhile ? meanwhile : throw Refusal(refused);
        }

        if (wait != true)
            return Begun(session);
        return TypedResults.Ok(new SessionAnswer("success", Report(await phase.Report.WaitAsync(cancellation))));
    }

    private static Accepted<SessionBegun> Begun(string session) => TypedResults.Accepted($"/api/v1/dreams/sessions/{session}", new SessionBegun("success", session));

    private static async Task<IResult?> KnownAsync(string session, IDreamEngine engine, IJournalReader reader, CancellationToken cancellation) =>
        (await engine.GetStatisticsAsync(cancellation)).CurrentSessionId == session || await reader.SessionAsync(new SessionId(session), cancellation) is not null ? Begun(session) : null;

    private static RemRequest Validate(SessionRequest request)
    {
        if (request.MaxScenarios is < 1 or > 10_000)
            throw new InvalidInputException("body", "max_scenarios", $"max_scenarios={request.MaxScenarios} is not accepted: a whole number from 1 to 10000");
        if (request.Resume && (request.MaxScenarios is not null || request.Difficulty is not null))
            throw new InvalidInputException("body", "resume", "resume goes on with the plan of the unfinished session: it takes neither max_scenarios nor difficulty");
        Difficulty? difficulty = request.Difficulty switch
        {
            null => null,
            "simple" => Difficulty.Simple,
            "medium" => Difficulty.Medium,
            "complex" => Difficulty.Complex,
            _ => throw new InvalidInputException("body", "difficulty", "difficulty is one of simple, medium, complex"),
        };
        return new RemRequest(request.MaxScenarios, difficulty, Trigger: Triggers.Api, UntilActive: request.UntilActive);
    }

    private static ApiException Refusal(RemReport report) => report.Status switch
    {
        RemStatus.Busy => new ApiException(StatusCodes.Status409Conflict, "DREAM_ENGINE_BUSY", report.Error ?? "another session is running"),
        RemStatus.NoKnowledge => new ApiException(StatusCodes.Status409Conflict, "NO_KNOWLEDGE", "there is nothing to dream about yet"),
        RemStatus.NothingToResume => new ApiException(StatusCodes.Status409Conflict, "NOTHING_TO_RESUME", "there is no unfinished session"),
        RemStatus.Interrupted => new ApiException(StatusCodes.Status409Conflict, "DREAM_INTERRUPTED", "a wake-up came before the session began"),
        _ => new ApiException(StatusCodes.Status500InternalServerError, "DREAM_ERROR", report.Error ?? "the session failed"),
    };

    private static async Task<SessionsAnswer> SessionsAsync(IJournalReader reader, string? behind, int? limit, CancellationToken cancellation)
    {
        var most = Limits.Check(limit, SessionLimit);
        var sessions = await reader.SessionsAsync(most + 1, cancellation, behind is null ? null : new SessionId(behind));
        var page = sessions.Take(most).ToList();
        return new SessionsAnswer("success", [.. page.Select(Report)], page.Count, sessions.Count > most ? page[^1].Session.Value : null);
    }

    private static async Task<SessionAnswer> SessionAsync(string id, IJournalReader reader, CancellationToken cancellation) =>
        await reader.SessionAsync(new SessionId(id), cancellation) is { } session
            ? new SessionAnswer("success", Report(session))
            : throw ApiException.NotFound("there is no such session");

    private static async Task<Woken> WakeAsync(string? scope, IDreamEngine engine, CancellationToken cancellation)
    {
        var report = scope switch
        {
            null or "machine" => await engine.WakeUpAsync(InterruptReason.Asked, cancellation),
            "cluster" => await engine.WakeClusterAsync(InterruptReason.Asked, cancellation),
            _ => throw new InvalidInputException("query", "scope", "scope is machine or cluster"),
        };
        return new Woken("success", report.Interrupted, Math.Round(report.StoppedIn.TotalMilliseconds, 1));
    }

    private static ActivityMarked Activity(ActivityRequest? request, IDreamEngine engine)
    {
        engine.MarkActivity(request?.Source is { Length: > 0 } source ? source : Triggers.Api);
        return new ActivityMarked("success", 0);
    }

    private static ReportBody Report(RemReport report) => new(
        report.SessionId, Name(report.Status), Math.Round(report.Duration.TotalSeconds, 3), report.Attempted, report.Successful, Math.Round(report.SuccessRate, 4), report.Lost, report.Error)
    {
        InterruptReason = report.Interruption is { } interruption ? Name(interruption.Reason) : null,
        StoppedInMs = report.Interruption?.StopLatency.TotalMilliseconds,
        InterruptDetail = report.Interruption?.Detail,
        Scenarios = report.Scenarios,
        Rejections = report.Rejections,
        Losses = report.Losses,
        Tokens = report.Use is { Count: > 0 } use ? BrainUseJson.Write(use) : null,
    };

    private static ReportBody Report(SessionSummary session) => new(
        session.Session.Value, session.Status, Math.Round(session.Dreamt.TotalSeconds, 3), session.Attempted, session.Successful,
        session.Attempted == 0 ? 0 : Math.Round((double)session.Successful / session.Attempted, 4), session.Lost, null)
    {
        DreamsPlanned = session.Planned,
        StartedAt = session.StartedAt,
        EndedAt = session.EndedAt,
        Trigger = session.Trigger,
        Brain = session.Brain,
        InterruptReason = session.Interrupted is { } reason ? Name(reason) : null,
        StoppedInMs = session.StopLatency?.TotalMilliseconds,
        InterruptDetail = session.InterruptDetail,
    };

    private static string Name<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

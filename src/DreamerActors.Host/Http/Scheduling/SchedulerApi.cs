using DreamerActors.Domain.Scheduling;
using DreamerActors.Hosting.Scheduling;

namespace DreamerActors.Host.Http.Scheduling;

/// <summary>When dreaming starts by itself, in the shapes of the host's own scheduler.</summary>
internal static class SchedulerApi
{
    public static void MapScheduler(this IEndpointRouteBuilder routes)
    {
        var scheduler = routes.MapGroup("/api/v1/scheduler").WithTags("scheduler");
        scheduler.MapGet("/status", StatusAsync).WithName("Scheduler").WithSummary("Whether anything starts by itself, and what was decided last.");
        scheduler.MapGet("/jobs", JobsAsync).WithName("Jobs").WithSummary("What starts by itself, and when.");
        scheduler.MapPost("/pause", (IDreamScheduler it) => { it.Pause(); return new SchedulerChanged("success", "nothing starts by itself until it is resumed"); }).WithName("PauseScheduler").WithSummary("Nothing starts by itself any more.");
        scheduler.MapPost("/resume", (IDreamScheduler it) => { it.Resume(); return new SchedulerChanged("success", "dreaming starts by itself again"); }).WithName("ResumeScheduler").WithSummary("Dreaming starts by itself again.");
    }

    private static async Task<SchedulerAnswer> StatusAsync(IDreamScheduler scheduler, CancellationToken cancellation)
    {
        var status = await scheduler.GetStatusAsync(cancellation);
        return new SchedulerAnswer("success", new SchedulerState(true, status.Paused, status.Jobs.Count, status.Paused ? "paused" : "running", status.Decision));
    }

    private static async Task<JobsAnswer> JobsAsync(IDreamScheduler scheduler, CancellationToken cancellation)
    {
        var status = await scheduler.GetStatusAsync(cancellation);
        return new JobsAnswer("success", [.. status.Jobs.Select(Job)], status.Jobs.Count);
    }

    // The host writes when a job was added as local time without an offset.
    private static SchedulerJob Job(ScheduledJob job) => new(
        job.Id, job.NextRun, job.Id, job.Night is null ? "interval" : "cron", job.Description, job.AddedAt.DateTime,
        job.Night is { } night ? $"0 {night.Start} * * *" : null, job.Interval?.TotalMinutes, job.Interval?.TotalSeconds);

    internal sealed record SchedulerAnswer(string Status, SchedulerState Scheduler);

    internal sealed record SchedulerState(bool IsRunning, bool Paused, int JobsCount, string State, string Decision);

    internal sealed record JobsAnswer(string Status, IReadOnlyList<SchedulerJob> Jobs, int Count);

    internal sealed record SchedulerJob(
        string Id, DateTimeOffset? NextRunTime, string Name, string Type, string Description, DateTime AddedAt, string? CronExpression, double? IntervalMinutes, double? IntervalSeconds);

    internal sealed record SchedulerChanged(string Status, string Message);
}

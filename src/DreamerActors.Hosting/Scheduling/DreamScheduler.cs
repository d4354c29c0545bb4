using Akka.Actor;
using Akka.Hosting;
using DreamerActors.Actors.Scheduling;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Hosting.Dreaming;

namespace DreamerActors.Hosting.Scheduling;

/// <summary>The schedule over its actor.</summary>
internal sealed class DreamScheduler(ActorRegistry actors) : IDreamScheduler
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromDays(1);

    private IActorRef Scheduler => actors.Get<SchedulerActor>();

    /// <inheritdoc/>
    public string ScheduleNightlyDreaming(int startHour, int endHour)
    {
        Scheduler.Tell(new SchedulerProtocol.ScheduleNightly(new NightHours(startHour, endHour)));
        return NightlyJob.Id;
    }

    /// <inheritdoc/>
    public string ScheduleIdleDreaming(TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, ShortestInterval);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(interval, LongestInterval);
        Scheduler.Tell(new SchedulerProtocol.ScheduleIdle(interval));
        return IdleJob.Id;
    }

    /// <inheritdoc/>
    public void Pause() => Scheduler.Tell(SchedulerProtocol.Pause.Instance);

    /// <inheritdoc/>
    public void Resume() => Scheduler.Tell(SchedulerProtocol.Resume.Instance);

    /// <inheritdoc/>
    public Task<ScheduleStatus> GetStatusAsync(CancellationToken cancellation) =>
        Scheduler.Ask<ScheduleStatus>(SchedulerProtocol.AskSchedule.Instance, AnswerLimit, cancellation);
}

/// <summary>Runs the schedule's sessions as any other caller of the engine would.</summary>
/// <param name="engine">The engine, asked for only once there is something to run: it needs the actors that this is given to.</param>
internal sealed class EngineSessionRunner(Func<IDreamEngine> engine) : ISessionRunner
{
    /// <inheritdoc/>
    public async Task<RunOutcome> RunAsync(ScheduleDecision.Start start, CancellationToken cancellation)
    {
        var report = start.Resume
            ? await engine().ResumeAsync(null, cancellation, untilActive: true)
            : await engine().EnterRemPhaseAsync(new RemRequest(start.MaxScenarios, Trigger: start.Trigger), null, cancellation);
        return report.Status switch
        {
            RemStatus.Completed => RunOutcome.Completed,
            RemStatus.Interrupted => RunOutcome.Interrupted,
            RemStatus.NoKnowledge or RemStatus.NothingToResume => RunOutcome.NoKnowledge,
            RemStatus.Busy => RunOutcome.Busy,
            _ => RunOutcome.Failed,
        };
    }
}

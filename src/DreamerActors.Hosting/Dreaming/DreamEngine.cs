using Akka.Actor;
using Akka.Hosting;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Journal;
using DreamerActors.Actors.Machines;
using DreamerActors.Actors.Sessions;
using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Energy;
using DreamerActors.Hosting.Settings;
using GuardianActor = DreamerActors.Actors.Dreaming.GuardianActor;

namespace DreamerActors.Hosting.Dreaming;

/// <summary>The engine over the actors: the one place that asks them and waits.</summary>
internal sealed class DreamEngine(
    ActorSystem system, ActorRegistry actors, DreamerSettings settings, IJournalReader reader, IDreamArchive archive, IEnergyManager energy, ISandboxKeeper sandboxes) : IDreamEngine
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);
    private static readonly IReadOnlyDictionary<string, int> NoRejections = new Dictionary<string, int>();

    /// <inheritdoc/>
    public async Task<RemReport> EnterRemPhaseAsync(RemRequest request, IProgress<DreamProgress>? progress, CancellationToken cancellation) =>
        await (await BeginRemPhaseAsync(request, progress, cancellation)).Report;

    /// <inheritdoc/>
    public async Task<RemReport> ResumeAsync(IProgress<DreamProgress>? progress, CancellationToken cancellation, bool untilActive = false) =>
        await (await BeginResumeAsync(progress, cancellation, untilActive)).Report;

    /// <inheritdoc/>
    public async Task<RemPhase> BeginRemPhaseAsync(RemRequest request, IProgress<DreamProgress>? progress, CancellationToken cancellation)
    {
        await CatchUpAsync(cancellation);
        var session = new SessionId(request.SessionId ?? Guid.NewGuid().ToString());
        var difficulty = request.Difficulty ?? settings.ScenarioComplexity;
        var order = new SessionOrder(
            request.MaxScenarios ?? settings.MaxScenarios, difficulty ?? Difficulty.Medium,
            settings.ValidationStrict, settings.Brain, request.Trigger, Canaries: true, Adaptive: difficulty is null);
        var automatic = request.Trigger is Triggers.Nightly or Triggers.Idle;
        var manner = new SessionKeeperProtocol.Manner(automatic, automatic || request.UntilActive);
        return await BeginAsync(session, new SessionKeeperProtocol.StartSession(session, order, request.EntityIds, manner), progress, cancellation);
    }

    /// <inheritdoc/>
    public async Task<RemPhase> BeginResumeAsync(IProgress<DreamProgress>? progress, CancellationToken cancellation, bool untilActive = false)
    {
        await CatchUpAsync(cancellation);
        return await reader.UnfinishedSessionAsync(cancellation) is { } session
            ? await BeginAsync(session, new SessionKeeperProtocol.ContinueSession(session, new SessionKeeperProtocol.Manner(false, untilActive)), progress, cancellation)
            : Refused(Nothing(RemStatus.NothingToResume, null));
    }

    /// <inheritdoc/>
    public async Task<EngineStatistics> GetStatisticsAsync(CancellationToken cancellation)
    {
        var activity = await Keeper.Ask<SessionKeeperProtocol.Activity>(SessionKeeperProtocol.AskActivity.Instance, AnswerLimit, cancellation);
        var statistics = await reader.StatisticsAsync(cancellation);
        return new EngineStatistics(activity.State, activity.Session?.Value, statistics.Sessions, statistics.TotalDreams,
            statistics.SuccessfulDreams, statistics.SuccessRate, DreamFiles.Count(settings.OutputDirectory), settings.OutputDirectory);
    }

    /// <inheritdoc/>
    public Task<WakeReport> WakeUpAsync(InterruptReason reason, CancellationToken cancellation) => energy.WakeUpAsync(reason, cancellation);

    /// <inheritdoc/>
    public Task<WakeReport> WakeClusterAsync(InterruptReason reason, CancellationToken cancellation)
    {
        ClusterMachines.Call(system, new MachineProtocol.WakeCall(reason));
        return WakeUpAsync(reason, cancellation);
    }

    /// <inheritdoc/>
    public IDisposable OnEvent(Action<ISessionEvent> callback) => Listening.To<JournalProtocol.EventsWritten>(system, written =>
    {
        foreach (var happened in written.Events) callback(happened);
    });

    /// <inheritdoc/>
    public void MarkActivity(string source) => energy.MarkActivity(source);

    /// <inheritdoc/>
    public Task RebuildJournalAsync(CancellationToken cancellation) =>
        Journal.Ask<JournalProtocol.CaughtUp>(JournalProtocol.Rebuild.Instance, Timeout.InfiniteTimeSpan, cancellation);

    /// <inheritdoc/>
    public async Task<ApprovalRefusal?> ApproveAsync(DreamId dream, DreamApproval approval, CancellationToken cancellation)
    {
        await CatchUpAsync(cancellation);
        if (await archive.FindAsync(dream, cancellation) is not { } kept)
            return new ApprovalRefusal(true, $"there is no kept dream {dream}");
        var message = new SessionProtocol.SetApproval(kept.Dream.Session, dream, approval.Approval, approval.Actor, approval.Comment);
        if (await Sessions.Ask(message, AnswerLimit, cancellation) is SessionProtocol.SessionRefused refused)
            return new ApprovalRefusal(false, refused.Reason);
        await CatchUpAsync(cancellation);
        return null;
    }

    /// <inheritdoc/>
    public async Task RecordReplayAsync(ReplayReport report, CancellationToken cancellation)
    {
        foreach (var session in report.Results)
        {
            if (await Sessions.Ask(new SessionProtocol.RecordReplays(session.Key, [.. session]), AnswerLimit, cancellation) is SessionProtocol.SessionRefused refused)
                throw new InvalidOperationException(refused.Reason);
        }
        await CatchUpAsync(cancellation);
    }

    /// <inheritdoc/>
    public async Task<Verdict?> ReplayAsync(DreamId dream, CancellationToken cancellation)
    {
        if (await archive.FindAsync(dream, cancellation) is not { } kept) return null;
        var submission = new Submission(kept.Dream.Code, kept.Dream.Scenario.TestCode, Strict: false);
        try
        {
            var now = await JudgeAsync(submission, cancellation);
            return now.Outcome == VerdictOutcome.Fail ? await JudgeAsync(submission, cancellation) : now;
        }
        finally
        {
            var activity = await Keeper.Ask<SessionKeeperProtocol.Activity>(SessionKeeperProtocol.AskActivity.Instance, AnswerLimit, CancellationToken.None);
            if (activity.Session is null) await sandboxes.LetGoAsync();
        }
    }

    /// <summary>By the guardian of this machine, which gives its sandboxes to no more at once than it may and is cancelled by a wake-up.</summary>
    private async Task<Verdict> JudgeAsync(Submission submission, CancellationToken cancellation)
    {
        var operation = new OperationId(Guid.NewGuid());
        using var given = cancellation.Register(() => Guardian.Tell(new WorkbenchProtocol.Cancel(operation)));
        return await Guardian.Ask<object>(new GuardianProtocol.Judge(operation, submission), Timeout.InfiniteTimeSpan, cancellation) switch
        {
            GuardianProtocol.Judged { Verdict: { Outcome: not VerdictOutcome.Error } verdict } => verdict,
            GuardianProtocol.Judged { Verdict: var unjudged } => throw new SandboxUnavailableException(unjudged.Reasons.FirstOrDefault() ?? "the guardian could not judge"),
            WorkbenchProtocol.WorkFailed failed => throw new SandboxUnavailableException(failed.Reason),
            _ => throw new SandboxUnavailableException("the machine woke"),
        };
    }

    private IActorRef Guardian => actors.Get<GuardianActor>();

    private IActorRef Journal => actors.Get<JournalActor>();

    private IActorRef Sessions => actors.Get<DreamSessionActor>();

    private IActorRef Keeper => actors.Get<SessionKeeper>();

    private IActorRef Energy => actors.Get<EnergyActor>();

    private Task CatchUpAsync(CancellationToken cancellation) =>
        Journal.Ask<JournalProtocol.CaughtUp>(JournalProtocol.AwaitCatchUp.Instance, AnswerLimit, cancellation);

    private async Task<RemPhase> BeginAsync(SessionId session, object command, IProgress<DreamProgress>? progress, CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource<SessionProtocol.SessionEnded>(TaskCreationOptions.RunContinuationsAsynchronously);
        var watch = system.ActorOf(SessionWatch.Props(session, progress, ended));
        var wake = cancellation.Register(() => Energy.Tell(new EnergyProtocol.Wake(InterruptReason.Asked) { EndsSession = true }));
        var begun = false;
        try
        {
            var answer = await Keeper.Ask(command, AnswerLimit, CancellationToken.None);
            begun = answer is SessionKeeperProtocol.Started;
            return begun ? new RemPhase(session.Value, FinishAsync(session, ended.Task, watch, wake)) : Refused(Unstarted(answer));
        }
        catch (AskTimeoutException error)
        {
            return Refused(Nothing(RemStatus.Error, error.Message));
        }
        finally
        {
            if (!begun) await ForgetAsync(watch, wake);
        }
    }

    private async Task<RemReport> FinishAsync(SessionId session, Task<SessionProtocol.SessionEnded> ended, IActorRef watch, CancellationTokenRegistration wake)
    {
        try
        {
            if (await Task.WhenAny(ended, system.WhenTerminated) != ended)
                return new RemReport(session.Value, RemStatus.Interrupted, TimeSpan.Zero, 0, 0, 0, [], NoRejections, "the host stopped the actors; the session can be resumed");
            var end = await ended;
            // What a host that stops does not derive any more is derived when it starts again.
            await Task.WhenAny(CatchUpAsync(CancellationToken.None), system.WhenTerminated);
            var status = end.Error is not null ? RemStatus.Error : end.Completed ? RemStatus.Completed : RemStatus.Interrupted;
            return new RemReport(session.Value, status, end.Report.Duration, end.Report.Attempted, end.Report.Successful, end.Report.Lost,
                end.Titles, end.Rejections, end.Error, end.Report.Use, end.Interruption, end.Losses.Count == 0 ? null : end.Losses);
        }
        catch (AskTimeoutException error)
        {
            return Nothing(RemStatus.Error, error.Message);
        }
        finally
        {
            await ForgetAsync(watch, wake);
        }
    }

    private ValueTask ForgetAsync(IActorRef watch, CancellationTokenRegistration wake)
    {
        system.Stop(watch);
        return wake.DisposeAsync();
    }

    private static RemPhase Refused(RemReport report) => new(null, Task.FromResult(report));

    private static RemReport Unstarted(object answer) => answer switch
    {
        SessionKeeperProtocol.Busy busy => Nothing(RemStatus.Busy, busy.Reason),
        SessionKeeperProtocol.NothingToDream => Nothing(RemStatus.NoKnowledge, null),
        SessionKeeperProtocol.StoppedEarly => Nothing(RemStatus.Interrupted, null),
        SessionKeeperProtocol.Failed failed => Nothing(RemStatus.Error, failed.Reason),
        _ => throw new InvalidOperationException($"unexpected answer {answer.GetType().Name}"),
    };

    private static RemReport Nothing(RemStatus status, string? error) => new(null, status, TimeSpan.Zero, 0, 0, 0, [], NoRejections, error);
}

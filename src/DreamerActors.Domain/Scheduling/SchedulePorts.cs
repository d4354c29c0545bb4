namespace DreamerActors.Domain.Scheduling;

/// <summary>How a session that the schedule started went.</summary>
public enum RunOutcome
{
    /// <summary>Every scenario ended.</summary>
    Completed,

    /// <summary>Its night was over.</summary>
    WindowEnd,

    /// <summary>Woken for another reason.</summary>
    Interrupted,

    /// <summary>There was nothing to dream about.</summary>
    NoKnowledge,

    /// <summary>Somebody else's session was running.</summary>
    Busy,

    /// <summary>The infrastructure failed.</summary>
    Failed,
}

/// <summary>Runs the sessions that the schedule decides on.</summary>
public interface ISessionRunner
{
    /// <summary>Runs one session to its end. Cancelling is a wake-up.</summary>
    Task<RunOutcome> RunAsync(ScheduleDecision.Start start, CancellationToken cancellation);
}

using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;

namespace DreamerActors.Actors.Dreaming;

/// <summary>What every <see cref="Workbench"/> receives and answers, whatever its craft.</summary>
internal static class WorkbenchProtocol
{
    /// <summary>Stop that operation; not answered.</summary>
    public sealed record Cancel(OperationId Operation);

    /// <summary>The infrastructure failed; nothing is said about the work.</summary>
    public sealed record WorkFailed(OperationId Operation, string Reason)
    {
        /// <summary>Whether a brain failed, or something else.</summary>
        public bool IsBrain { get; init; }

        /// <summary>What language models had cost before.</summary>
        public IReadOnlyList<BrainUse> Use { get; init; } = [];
    }

    /// <summary>The operation was not done because the machine is waking.</summary>
    public sealed record WorkCancelled(OperationId Operation);

    /// <summary>Published on the EventStream whenever it changes: how many operations wait, run, or were given up and have still not ended.</summary>
    public sealed record Load(string Bench, int Waiting, int Running, int Abandoned);

    /// <summary>Published on the EventStream: the operation of a phase has ended as <c>done</c>, <c>failed</c>, <c>cancelled</c> or <c>abandoned</c>.</summary>
    public sealed record Worked(string Phase, string Outcome, TimeSpan Took);
}

/// <summary>What a <see cref="CoderActor"/> receives and answers.</summary>
internal static class CoderProtocol
{
    public sealed record Weave(OperationId Operation, PlannedScenario Planned);

    public sealed record Code(OperationId Operation, CodingTask Task);

    public sealed record WeavingDone(OperationId Operation, Weaving Weaving);

    public sealed record CodingDone(OperationId Operation, Coding Coding);
}

/// <summary>What a <see cref="GuardianActor"/> receives and answers.</summary>
internal static class GuardianProtocol
{
    public sealed record Judge(OperationId Operation, Submission Submission);

    public sealed record Judged(OperationId Operation, Verdict Verdict);
}

using Akka.Actor;
using DreamerActors.Actors.Wire;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Actors.Sessions;

/// <summary>A message to one session; the shard region routes by its id.</summary>
internal interface ISessionMessage : IWireMessage
{
    SessionId Session { get; }
}

/// <summary>What a <see cref="DreamSessionActor"/> receives and answers. Answers come after persistence.</summary>
internal static class SessionProtocol
{
    /// <summary>Begin with this plan.</summary>
    public sealed record BeginDreaming(SessionId Session, SessionOrder Order, IReadOnlyList<PlannedScenario> Plan) : ISessionMessage;

    /// <summary>Go on with what is pending.</summary>
    public sealed record ResumeDreaming(SessionId Session) : ISessionMessage;

    /// <summary>Say something about a dream that the session kept.</summary>
    public sealed record SetApproval(SessionId Session, DreamId Dream, Approval Approval, string Actor, string? Comment) : ISessionMessage;

    /// <summary>Write down what came of proving dreams again that the session kept.</summary>
    public sealed record RecordReplays(SessionId Session, IReadOnlyList<ReplayResult> Results) : ISessionMessage;

    /// <summary>Be gone once everything before this is written; it never leaves its machine.</summary>
    public sealed class Leave : INoSerializationVerificationNeeded
    {
        private Leave()
        {
        }

        public static Leave Instance { get; } = new();
    }

    /// <summary>The command is done and durable.</summary>
    public sealed record SessionAccepted(SessionId Session) : IWireMessage;

    /// <summary>The command changes nothing.</summary>
    /// <param name="Session">The session.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="IsBusy">Because a session is running; later it may.</param>
    public sealed record SessionRefused(SessionId Session, string Reason, bool IsBusy = false) : IWireMessage;

    /// <summary>Published on the EventStream of every machine: a scenario changed its phase.</summary>
    public sealed record SessionProgressed(
        SessionId Session, string Scenario, string Title, string Phase, string? Detail, int Ended, int Total) : IWireMessage;

    /// <summary>Published on the EventStream of every machine: the session stopped. <paramref name="Error"/> is set when the journal or the session itself failed.</summary>
    public sealed record SessionEnded(
        SessionId Session, bool Completed, SessionReport Report, IReadOnlyList<string> Titles, IReadOnlyDictionary<string, int> Rejections,
        IReadOnlyDictionary<string, int> Losses, string? Error, SessionInterrupted? Interruption) : IWireMessage;
}

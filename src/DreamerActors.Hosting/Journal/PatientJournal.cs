using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Persistence.Sql.Journal;
using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Hosting.Journal;

/// <summary>A journal that waits for its server: what cannot be written now is written again, after growing pauses, until it is durable.</summary>
/// <remarks>
/// A connection that breaks while a transaction ends does not tell whether it was committed. So when a place is taken, what stands there is read: the same
/// events are a success, none means that only others of the same batch were refused, and anything else is a failure. After ten minutes the writer hears of the
/// failure, and its session can be resumed. A restart of this actor loses what waits; those writers hear nothing and are as good as dead, like this actor's system.
/// </remarks>
internal sealed class PatientJournal(Config config) : SqlWriteJournal(config), IWithTimers
{
    /// <summary>How often a write is tried: some ten minutes.</summary>
    public const int MostAttempts = 120;

    /// <summary>How often a reading is tried: some fifteen seconds.</summary>
    public const int MostReads = 8;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Write> _writing = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    public override Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        var read = new Read(persistenceId, fromSequenceNr, cancellationToken);
        Try(read);
        return read.Done.Task;
    }

    /// <inheritdoc/>
    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var write = new Write([.. messages]);
        _writing[write.PersistenceId] = write;
        Try(write);
        return write.Done.Task;
    }

    /// <inheritdoc/>
    protected override bool ReceivePluginInternal(object message)
    {
        switch (message)
        {
            case Write write:
                Try(write);
                return true;
            case Written written:
                End(written.Write, () => written.Write.Done.SetResult(written.Rejections));
                return true;
            case NotWritten failed:
                OnNotWritten(failed.Write, failed.Cause);
                return true;
            case Refused refused:
                End(refused.Write, () => refused.Write.Done.SetException(refused.Cause));
                return true;
            case Read read:
                Try(read);
                return true;
            case HasRead done:
                done.Read.Done.SetResult(done.Highest);
                return true;
            case NotRead failed:
                if (PostgresConnection.IsUnavailable(failed.Cause) && failed.Read.Attempts < MostReads)
                    Timers.StartSingleTimer(failed.Read, failed.Read, Pause(failed.Read.Attempts));
                else
                    failed.Read.Done.SetException(failed.Cause);
                return true;
            default:
                return base.ReceivePluginInternal(message);
        }
    }

    private void Try(Write write)
    {
        write.Attempts++;
        _ = base.WriteMessagesAsync(write.Messages, CancellationToken.None).PipeTo(
            Self, success: rejections => new Written(write, rejections), failure: cause => new NotWritten(write, cause));
    }

    // A writer that comes back must not begin before what it wrote last has found its place. It begins with this reading, so this is where it waits for a server that is just back.
    private void Try(Read read)
    {
        if (_writing.TryGetValue(read.PersistenceId, out var write))
        {
            _ = write.Done.Task.ContinueWith(_ => read, TaskScheduler.Default).PipeTo(Self);
            return;
        }

        read.Attempts++;
        _ = base.ReadHighestSequenceNrAsync(read.PersistenceId, read.From, read.Cancellation).PipeTo(
            Self, success: highest => new HasRead(read, highest), failure: cause => new NotRead(read, cause));
    }

    private void OnNotWritten(Write write, Exception cause)
    {
        if (PostgresConnection.IsDuplicate(cause))
            _ = LookAsync(write, cause, Context, Context.System.Serialization).PipeTo(Self, failure: unread => new NotWritten(write, unread));
        else if (PostgresConnection.IsUnavailable(cause) && write.Attempts < MostAttempts)
            Again(write, cause);
        else
            End(write, () => write.Done.SetException(cause));
    }

    private void Again(Write write, Exception cause)
    {
        var pause = Pause(write.Attempts);
        _log.Warning("The journal cannot be written now, it is tried again in {0} s: {1}", pause.TotalSeconds, cause.GetBaseException().Message);
        Timers.StartSingleTimer(write, write, pause);
    }

    private async Task<object> LookAsync(Write write, Exception cause, IActorContext context, Akka.Serialization.Serialization serialization)
    {
        var wanted = write.Events.ToList();
        var found = new List<IPersistentRepresentation>();
        await ReplayMessagesAsync(context, write.PersistenceId, wanted[0].SequenceNr, wanted[^1].SequenceNr, long.MaxValue, found.Add);
        if (found.Count == 0 && write.Attempts < MostAttempts) return write;
        var same = found.Count == wanted.Count && found.Zip(wanted).All(pair => BytesOf(pair.Item1).AsSpan().SequenceEqual(BytesOf(pair.Item2)));
        // One answer per message; null is "nothing against it".
        return same ? new Written(write, [.. write.Messages.Select(_ => (Exception)null!)]) : new Refused(write, new PlaceTakenException(cause.GetBaseException().Message));

        byte[] BytesOf(IPersistentRepresentation each)
        {
            var payload = each.Payload is Tagged tagged ? tagged.Payload : each.Payload;
            return serialization.FindSerializerFor(payload).ToBinary(payload);
        }
    }

    private void End(Write write, Action tell)
    {
        if (_writing.GetValueOrDefault(write.PersistenceId) == write) _writing.Remove(write.PersistenceId);
        tell();
    }

    private static TimeSpan Pause(int attempts) => TimeSpan.FromMilliseconds(Math.Min(LongestPause.TotalMilliseconds, 100 << Math.Min(attempts - 1, 10)));

    private sealed class Write(IReadOnlyList<AtomicWrite> messages)
    {
        public IReadOnlyList<AtomicWrite> Messages { get; } = messages;

        public string PersistenceId => Messages[0].PersistenceId;

        public IEnumerable<IPersistentRepresentation> Events => Messages.SelectMany(each => (IEnumerable<IPersistentRepresentation>)each.Payload);

        public int Attempts { get; set; }

        public TaskCompletionSource<IImmutableList<Exception>> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Read(string persistenceId, long from, CancellationToken cancellation)
    {
        public string PersistenceId { get; } = persistenceId;

        public long From { get; } = from;

        public CancellationToken Cancellation { get; } = cancellation;

        public int Attempts { get; set; }

        public TaskCompletionSource<long> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record HasRead(Read Read, long Highest);

    private sealed record NotRead(Read Read, Exception Cause);

    private sealed record Written(Write Write, IImmutableList<Exception> Rejections);

    private sealed record NotWritten(Write Write, Exception Cause);

    private sealed record Refused(Write Write, Exception Cause);
}

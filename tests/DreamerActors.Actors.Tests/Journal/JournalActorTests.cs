using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Journal;
using DreamerActors.Domain.Journal;

namespace DreamerActors.Actors.Tests.Journal;

/// <summary>Everything durable is projected once, in order, whatever the disk does meanwhile (I2, I4).</summary>
public sealed class JournalActorTests()
    : TestKit("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
{
    private readonly Feed _feed = new();
    private readonly Memory _projection = new();

    private TestScheduler Clock => (TestScheduler)Sys.Scheduler;

    private IActorRef Start()
    {
        var journal = Sys.ActorOf(JournalActor.Props([_projection], _feed));
        CaughtUp(journal);
        return journal;
    }

    private void CaughtUp(IActorRef journal)
    {
        journal.Tell(JournalProtocol.AwaitCatchUp.Instance, TestActor);
        ExpectMsg<JournalProtocol.CaughtUp>();
    }

    [Fact]
    public void Who_asks_hears_when_everything_written_before_is_projected()
    {
        var journal = Start();
        _feed.Write(3);
        CaughtUp(journal);
        Assert.Equal([1, 2, 3], _projection.Applied);
    }

    [Fact]
    public void What_was_written_is_projected_at_once_without_being_asked()
    {
        Start();
        _feed.Write(2);
        Sys.EventStream.Publish(new JournalProtocol.EventsWritten([]));
        AwaitAssert(() => Assert.Equal([1, 2], _projection.Applied));
    }

    [Fact]
    public void A_full_disk_delays_and_loses_nothing()
    {
        var journal = Start();
        _feed.Write(2);
        _projection.Fails = true;
        journal.Tell(JournalProtocol.AwaitCatchUp.Instance, TestActor);
        AwaitCondition(() => _projection.Failures == 1);
        ExpectNoMsg(TimeSpan.Zero);

        _projection.Fails = false;
        AwaitAssert(() =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal([1, 2], _projection.Applied);
        });
        ExpectMsg<JournalProtocol.CaughtUp>();
    }

    [Fact]
    public void A_rebuild_forgets_and_applies_everything_again()
    {
        var journal = Start();
        _feed.Write(2);
        CaughtUp(journal);
        journal.Tell(JournalProtocol.Rebuild.Instance, TestActor);
        ExpectMsg<JournalProtocol.CaughtUp>();
        Assert.Equal(1, _projection.Resets);
        Assert.Equal([1, 2], _projection.Applied);
    }

    private sealed class Feed : IEventFeed
    {
        private volatile int _written;

        public void Write(int last) => _written = last;

        public async Task ReadAsync(long offset, Func<IReadOnlyList<JournalEntry>, Task> take)
        {
            for (var next = offset + 1; next <= _written; next++)
                await take([new JournalEntry(next, Events.All[0])]);
        }
    }

    private sealed class Memory : IProjection
    {
        private volatile IReadOnlyList<long> _applied = [];
        private volatile int _failures;

        public string Name => "memory";

        public IReadOnlyList<long> Applied => _applied;

        public int Failures => _failures;

        public int Resets { get; private set; }

        public bool Fails { get; set; }

        public Task<long> LastOffsetAsync(CancellationToken cancellation) => Task.FromResult(_applied.LastOrDefault());

        public Task ApplyAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
        {
            if (Fails)
            {
                Interlocked.Increment(ref _failures);
                throw new IOException("no space left on device");
            }

            _applied = [.. _applied, .. entries.Select(entry => entry.Offset)];
            return Task.CompletedTask;
        }

        public Task ResetAsync(CancellationToken cancellation)
        {
            Resets++;
            _applied = [];
            return Task.CompletedTask;
        }
    }
}

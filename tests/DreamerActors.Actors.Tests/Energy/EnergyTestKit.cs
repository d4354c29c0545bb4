using Akka.Actor;
using Akka.TestKit.Xunit2;
using DreamerActors.Actors.Energy;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Sessions;
using Microsoft.Extensions.Time.Testing;

namespace DreamerActors.Actors.Tests.Energy;

/// <summary>A real energy actor over a machine, a keeper of sandboxes and a clock that tests control; the test is the one participant of its wake-ups.</summary>
public abstract class EnergyTestKit() : TestKit(
    """
    akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
    dreamer.pinned { type = "DreamerActors.Actors.Timing.SleepingPinnedDispatcher, DreamerActors.Actors" }
    """)
{
    private protected static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private protected static readonly SessionId Session = new("s");
    private static readonly EnergyLimits Limits = new(0.7, 0.8, 85, OnBattery: false, TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(10));

    private protected Keeper Sandboxes { get; } = new();

    private protected Machine Computer { get; } = new();

    private protected FakeTimeProvider Time { get; } = new(DateTimeOffset.UnixEpoch.AddYears(50));

    private protected List<IActivitySource> Sources { get; } = [];

    private protected Akka.TestKit.TestScheduler Clock => (Akka.TestKit.TestScheduler)Sys.Scheduler;

    private protected IActorRef Energy()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(EnergyProtocol.WakeUp));
        IReadOnlyList<IActivitySource> sources = [new Source("away", () => DateTimeOffset.UnixEpoch), .. Sources];
        var energy = Sys.ActorOf(EnergyActor.Props([TestActor], new EnergyPorts(Sandboxes, Computer, () => sources, Limits, Every, Time, SetAlarm)));
        Settle(energy);
        Look(energy);
        return energy;
    }

    private Alarmed SetAlarm(TimeSpan after, Action ring) => new(Clock.ScheduleOnceCancelable(after, ring));

    /// <summary>Returns when the actor has done what it was sent before.</summary>
    private protected void Settle(IActorRef energy)
    {
        var probe = CreateTestProbe();
        energy.Tell(new Identify(1), probe);
        probe.ExpectMsg<ActorIdentity>();
    }

    /// <summary>Has the machine looked at once, and what came of it taken in.</summary>
    private protected void Look(IActorRef energy, TimeSpan? after = null)
    {
        Settle(energy);
        var before = Computer.Reads;
        Clock.Advance(after ?? Every);
        AwaitCondition(() => Computer.Reads > before);
        // The sensors answer the energy actor before they answer this.
        var probe = CreateTestProbe();
        Sys.ActorSelection(energy.Path / "sensors").Tell(new Identify(1), probe);
        probe.ExpectMsg<ActorIdentity>();
        Settle(energy);
    }

    private protected sealed class Keeper : ISandboxKeeper
    {
        private readonly TaskCompletionSource<int> _never = new();
        private volatile int _ends;

        public void BeginSession(string session)
        {
        }

        public Task EndSessionAsync() => Task.CompletedTask;

        public ManualResetEventSlim HasEnded { get; } = new();

        /// <summary>How often all were ended.</summary>
        public int Ends => _ends;

        public int Alive { get; set; }

        public Exception? Failure { get; set; }

        public bool Hangs { get; set; }

        public Task<int> EndAllAsync(CancellationToken cancellation)
        {
            _ends++;
            HasEnded.Set();
            return Failure is not null ? Task.FromException<int>(Failure) : Hangs ? _never.Task : Task.FromResult(Alive);
        }
    }

    private protected sealed class Machine : ILoadSensor
    {
        private volatile int _reads;

        public double? Cpu { get; set; } = 0.1;

        public double Memory { get; set; } = 0.1;

        public ManualResetEventSlim? Hang { get; set; }

        public int Reads => _reads;

        public LoadReading Read()
        {
            _reads++;
            Hang?.Wait();
            return new LoadReading { Cpu = Cpu, Memory = Memory };
        }
    }

    private protected sealed class Source(string name, Func<DateTimeOffset> last) : IActivitySource
    {
        public string Name => name;

        public DateTimeOffset? LastActivity() => last();
    }

    private sealed class Alarmed(ICancelable ringing) : IDisposable
    {
        public void Dispose() => ringing.Cancel();
    }
}

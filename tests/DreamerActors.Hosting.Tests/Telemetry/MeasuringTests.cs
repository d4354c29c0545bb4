using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using Akka.Actor;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Energy;
using DreamerActors.Actors.Journal;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Telemetry;
using Microsoft.Extensions.Time.Testing;

namespace DreamerActors.Hosting.Tests.Telemetry;

/// <summary>What is published becomes measurements, each of them once.</summary>
public sealed class MeasuringTests : IAsyncLifetime
{
    private static readonly SessionId Session = new("8b0c1e0e-3c1f-4a53-9a55-0d5c58a1f3aa");
    private readonly ActorSystem _system = ActorSystem.Create("measuring");
    private readonly Instruments _instruments = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch);
    private readonly MeterListener _listener = new();
    private readonly List<string> _told = [];

    public Task InitializeAsync()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _instruments.Meter) listener.EnableMeasurementEvents(instrument);
        };
        void Tell<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        {
            var labels = string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key.Split('.')[^1]}={tag.Value}"));
            lock (_told) _told.Add($"{instrument.Name} {value} {labels}".TrimEnd());
        }

        _listener.SetMeasurementEventCallback<long>(Tell);
        _listener.SetMeasurementEventCallback<int>(Tell);
        _listener.SetMeasurementEventCallback<double>(Tell);
        _listener.Start();
        Measuring.Start(_system, _instruments, _time);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _listener.Dispose();
        _instruments.Dispose();
        await _system.Terminate();
    }

    [Fact]
    public async Task A_dream_is_counted_once_by_the_machine_that_dreamt_it_and_by_no_other()
    {
        Begin("here");
        var (here, elsewhere) = (Rejected("here", "tests"), Rejected("elsewhere", "tests"));
        await PublishAsync(new JournalProtocol.EventsWritten([here, elsewhere]), new JournalProtocol.EventsWritten([here]));
        Assert.Equal(["dreamer.dreams 1 outcome=rejected stage=tests kind=TESTS"], Told("dreamer.dreams"));
    }

    [Fact]
    public async Task What_was_left_at_a_wake_up_is_counted_where_it_was_dreamt_in_the_end()
    {
        Begin("proven-before");
        Begin("given-back");
        Begin("taken-again");
        await PublishAsync(new EnergyProtocol.DreamingBegan(Session, true));
        Assert.Equal(["dreamer.scenario.active 3"], Observed("dreamer.scenario.active"));
        var before = Rejected("proven-before", "tests");
        _time.Advance(TimeSpan.FromSeconds(1));
        await PublishAsync(new EnergyProtocol.WakeUp(InterruptReason.UserActivity, ActorRefs.Nobody));
        Assert.Equal(["dreamer.scenario.active 0"], Observed("dreamer.scenario.active"));
        Begin("taken-again");
        var after = _time.GetUtcNow() + TimeSpan.FromSeconds(1);
        await PublishAsync(new JournalProtocol.EventsWritten([before, Rejected("given-back", "blind") with { At = after }, Rejected("taken-again", "novelty") with { At = after }]));
        Assert.Equal(["dreamer.dreams 1 outcome=rejected stage=tests kind=TESTS", "dreamer.dreams 1 outcome=rejected stage=novelty kind=TESTS"], Told("dreamer.dreams"));
    }

    [Fact]
    public async Task A_stage_that_nobody_knows_becomes_no_label()
    {
        Begin("a");
        await PublishAsync(new JournalProtocol.EventsWritten([Rejected("a", "evil\"} 1")]));
        Assert.Equal(["dreamer.dreams 1 outcome=rejected stage=other kind=TESTS"], Told("dreamer.dreams"));
    }

    [Fact]
    public async Task The_state_of_the_machine_is_one_and_those_it_was_in_are_nought()
    {
        Assert.Equal(["dreamer.machine.state 1 state=drowsy cause=unknown"], Observed("dreamer.machine.state"));
        await PublishAsync(new EnergyState { Level = EnergyLevel.Awake, Cause = EnergyCause.User, Reason = "ewa is there" });
        Assert.Equal(["dreamer.machine.state 0 state=drowsy cause=unknown", "dreamer.machine.state 1 state=awake cause=user"], Observed("dreamer.machine.state"));
    }

    [Fact]
    public async Task Queues_sessions_and_scenarios_are_as_last_heard()
    {
        Begin("a");
        Begin("b");
        await PublishAsync(new WorkbenchProtocol.Load("coder", 3, 1, 0), new WorkbenchProtocol.Load("coder", 2, 2, 1), new EnergyProtocol.DreamingBegan(Session, true));
        Assert.Equal(["dreamer.work.waiting 2 bench=coder"], Observed("dreamer.work.waiting"));
        Assert.Equal(["dreamer.scenario.active 2"], Observed("dreamer.scenario.active"));
        await PublishAsync(new EnergyProtocol.DreamingEnded(Session));
        Assert.Equal(["dreamer.session.active 0"], Observed("dreamer.session.active"));
        Assert.Equal(["dreamer.scenario.active 0"], Observed("dreamer.scenario.active"));
    }

    [Fact]
    public void A_session_s_spans_are_in_its_own_trace_and_end_with_it()
    {
        var ended = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == DreamsHere.Source, Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.GetTagItem("dreamer.session.id") is string session && session == Session.Value) ended.Add(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        using var own = new Activity("own").Start();
        Begin("a");
        Begin("b");
        Assert.Same(own, Activity.Current);
        Assert.True(DreamsHere.Of(_system).End(Session, new ScenarioId("a"), DateTimeOffset.UnixEpoch, "kept"));
        Assert.False(DreamsHere.Of(_system).End(Session, new ScenarioId("a"), DateTimeOffset.UnixEpoch, "kept"));
        DreamsHere.Of(_system).Begin(Phases.Guarding, Path("another-session", "canaries")); // one runs at a time
        Assert.Equal([("scenario", "kept"), ("scenario", "left"), ("session", "left")], ended.Select(span => (span.OperationName, (string)span.GetTagItem("dreamer.outcome")!)));
        Assert.All(ended, span => Assert.Equal(Session.Value.Replace("-", "", StringComparison.Ordinal), span.TraceId.ToString()));
        Assert.All(ended.Take(2), scenario => Assert.Equal(ended[2].SpanId, scenario.ParentSpanId));
        Assert.Equal(default, ended[2].ParentSpanId);
    }

    private void Begin(string scenario) => DreamsHere.Of(_system).Begin(Phases.Weaving, Path(Session.Value, scenario));

    private static ActorPath Path(string session, string scenario) => new RootActorPath(new Address("akka", "DreamerActors")) / "system" / "sharding" / "dream-session" / "3" / session / scenario;

    private static DreamRejected Rejected(string scenario, string stage) => new(
        Session, DateTimeOffset.UnixEpoch, DreamId.Of(Session, new ScenarioId(scenario)), new ScenarioId(scenario), null, "entity", null,
        new Verdict(VerdictOutcome.Fail, stage, VerdictKind.Tests, ["because"], new TestCounts(0, 1), JsonDocument.Parse("{}").RootElement, true, TimeSpan.FromSeconds(1)));

    /// <summary>Publishes, and waits until it was heard.</summary>
    private async Task PublishAsync(params object[] messages)
    {
        foreach (var message in messages) _system.EventStream.Publish(message);
        await _system.ActorSelection("/user/measuring").Ask<ActorIdentity>(new Identify(1), TimeSpan.FromSeconds(30));
    }

    private List<string> Told(string instrument)
    {
        lock (_told) return [.. _told.Where(told => told.StartsWith(instrument + " ", StringComparison.Ordinal))];
    }

    private List<string> Observed(string instrument)
    {
        lock (_told) _told.Clear();
        _listener.RecordObservableInstruments();
        return Told(instrument);
    }
}

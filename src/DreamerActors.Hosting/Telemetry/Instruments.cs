using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using DreamerActors.Actors.Dreaming;
using DreamerActors.Actors.Energy;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Scheduling;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Hosting.Telemetry;

/// <summary>
/// What is counted and measured, under the meter's name <see cref="Name"/>. Values of labels come from lists that are known beforehand: never a title, an id or anything that a program or a model wrote.
/// </summary>
internal sealed class Instruments : IDisposable
{
    /// <summary>The meter's name, and that of the spans' source.</summary>
    public const string Name = DreamsHere.Source;

    private const string Outcome = "dreamer.outcome";
    private const string Reason = "dreamer.reason";
    private const string Stage = "dreamer.stage";

    private static readonly IReadOnlyList<double> Seconds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
    private static readonly IReadOnlyList<double> WakeSeconds = [0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];
    private static readonly HashSet<string> Stages = ["parse", "static", "tests", "blind", "adequacy", "determinism", JudgeRule.Stage, NoveltyRule.Stage, "weave", "code"];
    private static readonly HashSet<string> KnownTriggers = [Triggers.Manual, Triggers.Nightly, Triggers.Idle, Triggers.Api];

    private readonly Meter _meter = new(Name);
    private readonly Lock _lock = new();
    private readonly Dictionary<string, WorkbenchProtocol.Load> _loads = [];
    private readonly HashSet<(EnergyLevel Level, EnergyCause Cause)> _states = [];
    private readonly Counter<long> _dreams;
    private readonly Counter<long> _sessions;
    private readonly Counter<long> _killed;
    private readonly Histogram<double> _verdicts;
    private readonly Histogram<double> _phases;
    private readonly Histogram<double> _wakeUps;
    private EnergyState _energy = EnergyState.Initial;
    private int _dreaming;

    public Instruments()
    {
        _dreams = _meter.CreateCounter<long>("dreamer.dreams", "{dream}", "Dreams that this machine dreamt, by how they ended.");
        _sessions = _meter.CreateCounter<long>("dreamer.session.events", "{event}", "What happened to sessions.");
        _killed = _meter.CreateCounter<long>("dreamer.wakeup.killed", "{sandbox}", "Sandboxes that the watchdog of a wake-up had to kill.");
        _verdicts = Durations("dreamer.verdict.duration", "How long the guardian judged.", Seconds);
        _phases = Durations("dreamer.phase.duration", "How long the work of a phase took, without waiting for its turn.", Seconds);
        _wakeUps = Durations("dreamer.wakeup.duration", "From a wake-up's request to the end of the last child.", WakeSeconds);
        _meter.CreateObservableUpDownCounter("dreamer.work.waiting", () => Loads(load => load.Waiting), "{operation}", "Operations that wait for their turn.");
        _meter.CreateObservableUpDownCounter("dreamer.work.running", () => Loads(load => load.Running), "{operation}", "Operations that run.");
        _meter.CreateObservableUpDownCounter("dreamer.work.abandoned", () => Loads(load => load.Abandoned), "{operation}", "Operations that ignore their cancellation and were given up.");
        _meter.CreateObservableUpDownCounter("dreamer.session.active", () => Volatile.Read(ref _dreaming), "{session}", "Sessions that this machine takes part in.");
        _meter.CreateObservableUpDownCounter("dreamer.scenario.active", () => Volatile.Read(ref _dreaming) > 0 ? Dreams?.Scenarios ?? 0 : 0, "{scenario}", "Scenarios that this machine works on.");
        _meter.CreateObservableGauge("dreamer.machine.state", States, null, "1 for the state in which the machine is, and 0 for those in which it was.");
    }

    /// <summary>Whose instruments these are, among those of other dreamers in the same process.</summary>
    public Meter Meter => _meter;

    /// <summary>What this machine works on; null before its actors have started.</summary>
    public DreamsHere? Dreams { get; set; }

    public void Kept(Verdict verdict)
    {
        _dreams.Add(1, new TagList { { Outcome, "kept" } });
        Judged(verdict);
    }

    public void Rejected(Verdict verdict)
    {
        _dreams.Add(1, new TagList { { Outcome, "rejected" }, { Stage, Known(verdict.Stage) }, { "dreamer.kind", verdict.Kind?.Name() ?? "UNKNOWN" } });
        Judged(verdict);
    }

    public void Lost(LossReason reason) => _dreams.Add(1, new TagList { { Outcome, "lost" }, { Reason, reason.Name() } });

    public void Began(string trigger) => Session("started", "dreamer.trigger", KnownTriggers.Contains(trigger) ? trigger : "other");

    public void Interrupted(InterruptReason reason) => Session("interrupted", Reason, Snake(reason));

    public void Session(string what, string? label = null, string? value = null)
    {
        var tags = new TagList { { "dreamer.event", what } };
        if (label is not null) tags.Add(label, value);
        _sessions.Add(1, tags);
    }

    public void Dreaming(bool begins) => Interlocked.Add(ref _dreaming, begins ? 1 : -1);

    public void Woke(EnergyProtocol.WokenUp woken)
    {
        _wakeUps.Record(woken.StoppedIn.TotalSeconds, new TagList { { Reason, Snake(woken.Reason) }, { Outcome, woken.Problem is null ? "clean" : "unclean" } });
        _killed.Add(woken.Killed);
    }

    public void Worked(WorkbenchProtocol.Worked worked) =>
        _phases.Record(worked.Took.TotalSeconds, new TagList { { "dreamer.phase", worked.Phase }, { Outcome, worked.Outcome } });

    public void Loaded(WorkbenchProtocol.Load load)
    {
        lock (_lock) _loads[load.Bench] = load;
    }

    public void Is(EnergyState energy)
    {
        lock (_lock) _energy = energy;
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void Judged(Verdict verdict)
    {
        // What gave nothing to judge was not judged.
        if (verdict.Kind != VerdictKind.NoCode) _verdicts.Record(verdict.Duration.TotalSeconds, new TagList { { Outcome, Snake(verdict.Outcome) } });
    }

    private Histogram<double> Durations(string name, string description, IReadOnlyList<double> bounds) =>
        _meter.CreateHistogram(name, "s", description, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds });

    private List<Measurement<int>> Loads(Func<WorkbenchProtocol.Load, int> count)
    {
        lock (_lock) return [.. _loads.Values.Select(load => new Measurement<int>(count(load), new KeyValuePair<string, object?>("dreamer.bench", load.Bench)))];
    }

    private List<Measurement<int>> States()
    {
        lock (_lock)
        {
            var now = (_energy.Level, _energy.Cause);
            _states.Add(now);
            return [.. _states.Select(state => new Measurement<int>(state == now ? 1 : 0, new TagList { { "dreamer.state", Snake(state.Level) }, { "dreamer.cause", Snake(state.Cause) } }))];
        }
    }

    private static string Known(string? stage) => stage is not null && Stages.Contains(stage) ? stage : "other";

    private static string Snake<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}

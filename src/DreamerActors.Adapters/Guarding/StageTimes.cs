using System.Diagnostics.Metrics;
using System.Text.Json;

namespace DreamerActors.Adapters.Guarding;

/// <summary>Measures how long the stages of a verdict take.</summary>
internal sealed class StageTimes(TimeProvider time)
{
    private const double LongestMilliseconds = 600_000;

    private static readonly Meter Meter = new("DreamerActors");

    private static readonly Histogram<double> Durations = Meter.CreateHistogram("dreamer.verdict.stage.duration", "s", "How long a stage of the guardian took.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120] });

    // What else the sandbox's answer names was not measured by us.
    private static readonly IReadOnlyList<string> InSandbox = ["tests", "blind", "adequacy", "determinism"];

    /// <summary>Measures a stage that comes to its end.</summary>
    public async Task<T> MeasureAsync<T>(string stage, Task<T> work)
    {
        var began = time.GetTimestamp();
        var done = await work;
        Record(stage, time.GetElapsedTime(began).TotalSeconds);
        return done;
    }

    /// <summary>Takes over what the harness has measured.</summary>
    public static void Take(JsonElement answer)
    {
        if (!Durations.Enabled || !answer.TryGetProperty("timings", out var timings) || timings.ValueKind != JsonValueKind.Object) return;
        foreach (var stage in InSandbox)
        {
            if (timings.TryGetProperty(stage + "_ms", out var told) && told.ValueKind == JsonValueKind.Number && told.TryGetDouble(out var took) && took is >= 0 and <= LongestMilliseconds)
                Record(stage, took / 1000);
        }
    }

    private static void Record(string stage, double seconds) => Durations.Record(seconds, new KeyValuePair<string, object?>("dreamer.stage", stage));
}

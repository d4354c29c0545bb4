using System.Globalization;
using System.Text.RegularExpressions;

namespace DreamerActors.Host.Tests.Running;

/// <summary>A scrape, read as Prometheus' text format 0.0.4 demands: whatever breaks a rule of it fails the test.</summary>
internal sealed partial class Metrics
{
    private readonly Dictionary<string, string> _types = [];
    private readonly Dictionary<(string Name, string Labels), double> _samples = [];

    private Metrics(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith("# HELP ", StringComparison.Ordinal) && line != "# EOF"))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var type = line.Split(' ');
                Assert.True(type.Length == 4 && _types.TryAdd(type[2], type[3]), line);
                continue;
            }

            var sample = Sample().Match(line);
            Assert.True(sample.Success, line);
            var (name, labels) = (sample.Groups["name"].Value, Labels(sample.Groups["label"].Captures));
            Assert.True(TypeOf(name) is not null || name.EndsWith("_info", StringComparison.Ordinal), $"{line}: no type");
            Assert.True(_samples.TryAdd((name, labels), Number(sample.Groups["value"].Value)), $"{line}: twice");
        }

        foreach (var (name, _) in _types.Where(type => type.Value == "histogram"))
            CheckBuckets(name);
    }

    /// <summary>The names that have a type.</summary>
    public IEnumerable<string> Types => _types.Keys;

    public static async Task<(Metrics Metrics, string Text)> ScrapeAsync(HttpClient http)
    {
        using var answer = await http.GetAsync("/metrics");
        Assert.True(answer.IsSuccessStatusCode, answer.ToString());
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        var text = await answer.Content.ReadAsStringAsync();
        return (new Metrics(text), text);
    }

    /// <summary>Scrapes until it is counted: whoever counts hears of what happened when the others do, not before.</summary>
    public static async Task<(Metrics Metrics, string Text)> ScrapeAsync(HttpClient http, Func<Metrics, bool> isCounted)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var scraped = await ScrapeAsync(http);
            if (isCounted(scraped.Metrics)) return scraped;
            await Task.Delay(50, patience.Token); // it tells over a question only
        }
    }

    /// <summary>The sum of all series of a name that have these labels.</summary>
    public double Sum(string name, params (string Label, string Value)[] labels) =>
        _samples.Where(sample => sample.Key.Name == name && labels.All(label => Has(sample.Key.Labels, label))).Sum(sample => sample.Value);

    private static bool Has(string labels, (string Label, string Value) label) => labels.Split('\n').Contains($"{label.Label}={label.Value}");

    private void CheckBuckets(string name)
    {
        foreach (var series in _samples.Where(sample => sample.Key.Name == name + "_bucket").GroupBy(sample => string.Join('\n', sample.Key.Labels.Split('\n').Where(label => !label.StartsWith("le=", StringComparison.Ordinal)))))
        {
            var buckets = series.Select(bucket => (Bound: Number(bucket.Key.Labels.Split('\n').Single(label => label.StartsWith("le=", StringComparison.Ordinal))[3..]), bucket.Value)).OrderBy(bucket => bucket.Bound).ToList();
            Assert.Equal(buckets.Select(bucket => bucket.Value).Order(), buckets.Select(bucket => bucket.Value));
            Assert.Equal((double.PositiveInfinity, _samples[(name + "_count", series.Key)]), buckets[^1]);
        }
    }

    private string? TypeOf(string name) => _types.GetValueOrDefault(name) ?? (Suffix().Match(name) is { Success: true } suffix ? _types.GetValueOrDefault(name[..suffix.Index]) : null);

    private static string Labels(CaptureCollection captures) => string.Join('\n', captures.Select(label => label.Value.Split('=', 2)).Select(pair => $"{pair[0]}={Regex.Unescape(pair[1].Trim('"'))}").Order(StringComparer.Ordinal));

    private static double Number(string text) => text == "+Inf" ? double.PositiveInfinity : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<label>[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*")(,(?<label>[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\[\\"n])*"))*,?\})? (?<value>NaN|[+-]Inf|[0-9.eE+-]+)( [0-9]+)?$""")]
    private static partial Regex Sample();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex Suffix();
}

using System.Text.Json.Nodes;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Sandboxes;

namespace DreamerActors.Adapters.Tests.Guarding;

/// <summary>The same programs get the same verdicts, however many are judged at once and however often.</summary>
public sealed class RepeatabilityTests
{
    [SkippableFact]
    public async Task Verdicts_are_the_same_one_by_one_eight_at_once_and_again()
    {
        Needs.Sandbox();
        var lines = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "data", "tasks.jsonl")).Where((_, i) => i % 6 == 0).ToList();
        string[]? first = null;
        foreach (var concurrency in new[] { 1, 2, 8, 8 })
        {
            await using var sandbox = GuardianFixture.Make(new BubblewrapJailer(new BubblewrapOptions(Priority: 0)), concurrency);
            var output = new StringWriter();
            await new BulkValidation(GuardianFixture.Over(sandbox)).RunAsync(new StringReader(string.Join('\n', lines)), output, concurrency, strict: true, novelty: false, null, default);
            string[] verdicts = [.. output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Told).Order(StringComparer.Ordinal)];
            Assert.Equal(first ??= verdicts, verdicts);
        }
        Assert.Equal(lines.Count, first!.Length);
    }

    /// <summary>What may not differ: everything but times and the words of messages.</summary>
    private static string Told(string line)
    {
        var verdict = JsonNode.Parse(line)!;
        var mutants = verdict["evidence"]?["adequacy"]?["mutants"];
        return $"{verdict["id"]} {verdict["verdict"]} {verdict["stage"]} {verdict["kind"]} {verdict["tests"]!.ToJsonString()} {mutants?["total"]}/{mutants?["killed"]} {verdict["evidence"]?["blind"]?.ToJsonString()}";
    }
}

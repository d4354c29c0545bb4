using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Guarding;

/// <summary>How a bulk validation ended.</summary>
public sealed record BulkCounts(int Passed, int Failed, int Errors)
{
    /// <summary>Tasks judged or not.</summary>
    public int Total => Passed + Failed + Errors;
}

/// <summary>Judges lines <c>{"id","code","test_code"}</c>, with a <c>task_prompt</c> if they like, and writes one verdict line each, in any order.</summary>
public sealed class BulkValidation(IGuardian guardian)
{
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs to the end of the input.</summary>
    /// <param name="input">One JSON object a line; empty lines are skipped.</param>
    /// <param name="write">Gets one line per task, one after the other.</param>
    /// <param name="concurrency">Tasks at once, 1 … 64.</param>
    /// <param name="strict">All stages, or the first three.</param>
    /// <param name="novelty">Whether to compare with kept dreams and benchmarks too.</param>
    /// <param name="progress">Told the number of finished tasks; may be null.</param>
    /// <param name="cancellation">Stops; no further line is written.</param>
    public async Task<BulkCounts> RunAsync(
        TextReader input, Func<string, CancellationToken, Task> write, int concurrency, bool strict, bool novelty, IProgress<int>? progress, CancellationToken cancellation)
    {
        int passed = 0, failed = 0, errors = 0;
        using var writing = new SemaphoreSlim(1);
        await Parallel.ForEachAsync(
            Lines(input, cancellation),
            new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellation },
            async (line, stop) =>
            {
                var (id, verdict) = await JudgeAsync(line.Number, line.Text, strict, novelty, stop);
                await writing.WaitAsync(stop);
                try
                {
                    await write(VerdictJson.Write(verdict, id).ToJsonString(Compact), stop);
                    _ = verdict.Outcome switch { VerdictOutcome.Pass => passed++, VerdictOutcome.Fail => failed++, _ => errors++ };
                    progress?.Report(passed + failed + errors);
                }
                finally
                {
                    writing.Release();
                }
            });
        return new BulkCounts(passed, failed, errors);
    }

    private async Task<(string Id, Verdict Verdict)> JudgeAsync(int number, string line, bool strict, bool novelty, CancellationToken cancellation)
    {
        string id = $"line {number}";
        try
        {
            var task = JsonNode.Parse(line)?.AsObject() ?? throw new FormatException("null");
            id = task["id"]?.ToString() ?? id;
            var code = task["code"]?.GetValue<string>() ?? throw new FormatException("there is no \"code\"");
            var tests = task["test_code"]?.GetValue<string>() ?? throw new FormatException("there is no \"test_code\"");
            return (id, await guardian.JudgeAsync(new Submission(code, tests, strict, task["task_prompt"]?.GetValue<string>(), novelty), cancellation));
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException)
        {
            return (id, Verdict.NotJudged("parse", $"line {number} is not a task: {error.Message}", strict, TimeSpan.Zero));
        }
    }

    private static async IAsyncEnumerable<(int Number, string Text)> Lines(
        TextReader input, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var number = 1; await input.ReadLineAsync(cancellation) is { } text; number++)
        {
            if (!string.IsNullOrWhiteSpace(text))
                yield return (number, text);
        }
    }
}

using System.Text;
using System.Text.Json;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Brains;

/// <summary>Reads models' answers inside the sandbox, by Python's own parser and by trying tests on a stub.</summary>
internal sealed class AnswerReader(ISandboxedReader sandbox, IGuardian guardian)
{
    private IReadOnlySet<string>? _installed;

    /// <summary>The modules that a scenario can use.</summary>
    public async Task<IReadOnlySet<string>> InstalledAsync(CancellationToken cancellation) =>
        _installed ??= (await CallAsync("installed", default, cancellation)).GetProperty("modules").EnumerateArray().Select(each => each.GetString()!).ToHashSet(StringComparer.Ordinal);

    /// <summary>The module in a coder's reply, or why there is none.</summary>
    public async Task<(string? Code, string Problem)> ModuleAsync(string reply, bool isTruncated, CancellationToken cancellation)
    {
        var readings = PythonAnswer.Readings(reply, isTruncated);
        if (readings.Count == 0)
            return (null, isTruncated ? "the answer was cut off before its code was complete" : "there is no code in the answer");
        try
        {
            var chosen = await CallAsync("choose", JsonSerializer.SerializeToUtf8Bytes(readings), cancellation);
            return (chosen.GetProperty("code").GetString(), chosen.GetProperty("problem").GetString() ?? "");
        }
        catch (UntrustedInputException error)
        {
            return (null, $"the code cannot be read: {error.Message}");
        }
    }

    /// <summary>What is wrong with test code: it must parse, import the solution, have assertions, and fail on a stub. Empty when it is fit.</summary>
    public async Task<IReadOnlyList<string>> TestErrorsAsync(string testCode, CancellationToken cancellation)
    {
        JsonElement read;
        try
        {
            read = await CallAsync("tests", Encoding.UTF8.GetBytes(testCode), cancellation);
        }
        catch (UntrustedInputException error)
        {
            return [$"\"test_code\" cannot be read: {error.Message}"];
        }

        var errors = read.GetProperty("errors").EnumerateArray().Select(each => $"\"test_code\": {each.GetString()}").ToList();
        if (errors.Count > 0)
            return errors;
        var verdict = await guardian.JudgeAsync(new Submission(read.GetProperty("stub").GetString()!, testCode, Strict: false), cancellation);
        return verdict switch
        {
            { Outcome: VerdictOutcome.Error } => throw new BrainUnavailableException($"the tests could not be tried: {verdict.Reasons.FirstOrDefault()}"),
            { Outcome: VerdictOutcome.Fail, Kind: VerdictKind.Tests } => [],
            { Outcome: VerdictOutcome.Pass } => ["\"test_code\": it passes on functions that do nothing and return None; assert exact results"],
            _ => [$"\"test_code\": it cannot be used: {verdict.Reasons.FirstOrDefault()}"],
        };
    }

    private async Task<JsonElement> CallAsync(string function, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        using var answer = JsonDocument.Parse(await sandbox.CallAsync("answers", function, payload, cancellation));
        return answer.RootElement.Clone();
    }
}

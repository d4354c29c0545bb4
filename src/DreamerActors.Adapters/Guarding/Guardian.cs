using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Guarding;

/// <summary>Judges by executed evidence: static findings and a trial in the sandbox, ruled on by <see cref="VerdictRule"/>.</summary>
public sealed class Guardian(Sandbox sandbox, GuardingDemands thresholds, TimeProvider time) : IGuardian
{
    /// <summary>Upper bound of a candidate or of its tests, in characters.</summary>
    public const int LargestSource = 256 * 1024;

    /// <inheritdoc/>
    public async Task<Verdict> JudgeAsync(Submission submission, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        if (submission.Code.Length > LargestSource || submission.TestCode.Length > LargestSource)
            return Verdict.NothingToJudge("parse", $"the source is larger than {LargestSource} characters", submission.Strict);
        var demands = thresholds with { Strict = submission.Strict };
        var id = Guid.NewGuid().ToString("N");
        try
        {
            var inspecting = InspectAsync(submission.Code, cancellation);
            var answer = await sandbox.TryAsync(id, submission, demands, Seed(submission), cancellation);
            var findings = await inspecting;
            var seen = Observations.Read(answer);
            var ruling = VerdictRule.Decide(id, seen, findings, demands);
            var counts = new TestCounts(seen.Reports.Count(report => report.Outcome == "passed"), seen.Reports.Count(report => report.Outcome != "passed"));
            return new Verdict(ruling.Outcome, ruling.Stage, ruling.Kind, ruling.Reason is null ? [] : [ruling.Reason], counts,
                Evidence(answer, findings), submission.Strict, time.GetElapsedTime(started));
        }
        catch (Exception error) when (error is SandboxUnavailableException or FormatException or UntrustedInputException)
        {
            return Verdict.NotJudged("tests", error.Message, submission.Strict, time.GetElapsedTime(started));
        }
    }

    private async Task<IReadOnlyList<StaticFinding>> InspectAsync(string code, CancellationToken cancellation)
    {
        using var answer = JsonDocument.Parse(await sandbox.CallAsync("findings", "inspect", Encoding.UTF8.GetBytes(code), cancellation));
        return [.. answer.RootElement.GetProperty("findings").EnumerateArray().Select(each => new StaticFinding(
            each.GetProperty("rule").GetString() ?? "",
            each.GetProperty("line").GetInt32(),
            Enum.Parse<FindingLevel>(each.GetProperty("level").GetString() ?? "", ignoreCase: true),
            each.GetProperty("message").GetString() ?? ""))];
    }

    /// <summary>The same submission always gets the same random choices: verdicts are repeatable.</summary>
    private static int Seed(Submission submission) =>
        BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(submission.Code + "\0" + submission.TestCode))) & int.MaxValue;

    /// <summary>The harness's facts without its bookkeeping, and the static findings.</summary>
    private static JsonElement Evidence(JsonElement answer, IReadOnlyList<StaticFinding> findings)
    {
        var evidence = JsonNode.Parse(answer.GetRawText())!.AsObject();
        foreach (var bookkeeping in new[] { "id", "mode", "error", "timings" })
            evidence.Remove(bookkeeping);
        if (evidence["tests"] is JsonObject tests)
        {
            tests.Remove("planned");
            foreach (var report in tests["reports"]?.AsArray() ?? [])
                report?.AsObject().Remove("id");
        }
        evidence["static"] = new JsonArray([.. findings.Select(finding => (JsonNode)new JsonObject
        {
            ["rule"] = finding.Rule,
            ["line"] = finding.Line,
            ["level"] = finding.Level.ToString().ToLowerInvariant(),
            ["message"] = finding.Message,
        })]);
        return JsonSerializer.SerializeToElement(evidence);
    }
}

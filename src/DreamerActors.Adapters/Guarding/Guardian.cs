using System.Data.Common;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Guarding;

/// <summary>Judges by executed evidence: static findings and a trial in the sandbox, ruled on by <see cref="VerdictRule"/>; then by novelty and by a judge.</summary>
public sealed class Guardian(
    Sandbox sandbox, GuardingDemands thresholds, IKeptDreams kept, IBenchmarks benchmarks, TimeProvider time, IJudge? judge = null) : IGuardian
{
    /// <summary>Upper bound of a candidate or of its tests, in characters.</summary>
    public const int LargestSource = 256 * 1024;

    /// <summary>This guardian's version: the program's, and a digest of what it runs inside the sandbox.</summary>
    public static string Version { get; } =
        $"{typeof(Guardian).Assembly.GetName().Version?.ToString(3)}+{Convert.ToHexStringLower(SHA256.HashData([.. Harness.Modules, .. Encoding.UTF8.GetBytes(Harness.Boot)]).AsSpan(0, 6))}";

    private readonly StageTimes _stages = new(time);

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
            var inspecting = _stages.MeasureAsync("static", InspectAsync(submission, cancellation));
            var answer = await sandbox.TryAsync(id, submission, demands, Seed(submission), cancellation);
            var findings = await inspecting;
            var seen = Observations.Read(answer);
            StageTimes.Take(answer);
            var ruling = VerdictRule.Decide(id, seen, findings, demands);
            var counts = new TestCounts(seen.Reports.Count(report => report.Outcome == "passed"), seen.Reports.Count(report => report.Outcome != "passed"));
            var evidence = Evidence(answer, findings);
            if (ruling.Outcome == VerdictOutcome.Pass && submission.Novelty)
                ruling = await _stages.MeasureAsync(NoveltyRule.Stage, CompareAsync(submission, evidence, cancellation)) ?? ruling;
            IReadOnlyList<BrainUse>? use = null;
            if (ruling.Outcome == VerdictOutcome.Pass && submission is { Strict: true, Prompt: not null } && judge is not null)
                (ruling, use) = await _stages.MeasureAsync(JudgeRule.Stage, ReviewAsync(judge, submission, ruling, evidence, cancellation));
            return new Verdict(ruling.Outcome, ruling.Stage, ruling.Kind, ruling.Reason is null ? [] : [ruling.Reason], counts,
                JsonSerializer.SerializeToElement(evidence), submission.Strict, time.GetElapsedTime(started))
            {
                Use = use,
                Certificate = ruling.Outcome == VerdictOutcome.Pass ? await CertifyAsync(submission, demands, answer, cancellation) : null,
            };
        }
        catch (Exception error) when (error is SandboxUnavailableException or FormatException or UntrustedInputException)
        {
            return Verdict.NotJudged("tests", error.Message, submission.Strict, time.GetElapsedTime(started));
        }
        catch (BrainUnavailableException error)
        {
            return Verdict.NotJudged(JudgeRule.Stage, error.Message, submission.Strict, time.GetElapsedTime(started));
        }
        catch (Exception error) when (error is IOException or DbException)
        {
            return Verdict.NotJudged(NoveltyRule.Stage, error.Message, submission.Strict, time.GetElapsedTime(started));
        }
    }

    private async Task<Certificate> CertifyAsync(Submission submission, GuardingDemands demands, JsonElement answer, CancellationToken cancellation) =>
        Certificate.Of(submission.Code, submission.TestCode, new Circumstances(
            Version, sandbox.Name, await sandbox.DigestAsync(cancellation), answer.GetProperty("python").GetString() ?? "unknown",
            Seed(submission), submission.Strict, demands.Runs, demands.MutantThreshold, sandbox.Limits));

    /// <summary>The stage <c>novelty</c>: against benchmarks, then against what is kept.</summary>
    private async Task<Ruling?> CompareAsync(Submission submission, JsonObject evidence, CancellationToken cancellation)
    {
        var overlap = await benchmarks.OverlapAsync(submission.Prompt ?? "", cancellation) ?? await benchmarks.OverlapAsync(submission.Code, cancellation);
        var nearest = await kept.NearestAsync(CodeSignature.Of(submission.Code), cancellation);
        evidence[NoveltyRule.Stage] = NoveltyRule.Evidence(nearest, overlap);
        return NoveltyRule.Decide(nearest, overlap);
    }

    /// <summary>The stage <c>judge</c>: somebody reads what was proven. Only a task can be reviewed, so without a prompt nobody is asked.</summary>
    private static async Task<(Ruling Ruling, IReadOnlyList<BrainUse> Use)> ReviewAsync(
        IJudge judge, Submission submission, Ruling proven, JsonObject evidence, CancellationToken cancellation)
    {
        var review = await judge.ReviewAsync(submission, cancellation);
        var refusal = JudgeRule.Decide(review.Answer);
        evidence[JudgeRule.Stage] = new JsonObject { ["pass"] = refusal is null, ["reason"] = JudgeRule.ReasonOf(review.Answer) };
        return (refusal ?? proven, review.Use);
    }

    /// <summary>Lenient dreaming needs what refuses, not the notes.</summary>
    private async Task<IReadOnlyList<StaticFinding>> InspectAsync(Submission submission, CancellationToken cancellation)
    {
        var function = submission.Strict ? "inspect" : "glance";
        using var answer = JsonDocument.Parse(await sandbox.CallAsync("findings", function, Encoding.UTF8.GetBytes(submission.Code), cancellation));
        return [.. answer.RootElement.GetProperty("findings").EnumerateArray().Select(each => new StaticFinding(
            each.GetProperty("rule").GetString() ?? "",
            each.GetProperty("line").GetInt32(),
            Enum.Parse<FindingLevel>(each.GetProperty("level").GetString() ?? "", ignoreCase: true),
            each.GetProperty("message").GetString() ?? ""))];
    }

    /// <summary>The same submission always gets the same random choices: verdicts are repeatable.</summary>
    private static int Seed(Submission submission) =>
        BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(Certificate.Normal(submission.Code) + "\0" + Certificate.Normal(submission.TestCode)))) & int.MaxValue;

    /// <summary>The harness's facts without its bookkeeping, and the static findings.</summary>
    private static JsonObject Evidence(JsonElement answer, IReadOnlyList<StaticFinding> findings)
    {
        var evidence = JsonNode.Parse(answer.GetRawText())!.AsObject();
        foreach (var bookkeeping in new[] { "id", "mode", "error", "timings", "python" })
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
        return evidence;
    }
}

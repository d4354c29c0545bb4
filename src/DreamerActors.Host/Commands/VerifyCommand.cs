using System.CommandLine;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Guarding;
using DreamerActors.Host.Terminal;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Host.Commands;

/// <summary><c>verify</c>: a kept dream's certificate, by proving it again.</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string> Dream = new("FILE") { Description = "dream_<id>.json, with dream_<id>.py beside it." };
    private static readonly Elsewhere Place = new();
    private static readonly Option<bool> Json = CommandTree.Json();

    public static Command Build()
    {
        var command = new Command("verify", CommandTree.Describe(
            "Proves one kept dream again, with the limits and seed of its certificate, and says what differs. Needs neither journal nor network. "
            + "Ends with 6 when it is not proven, or when the dream or its certificate was changed.",
            ["dreamer verify data/synthetic_training/dream_3ad33cf3.json", "dreamer verify dream_3ad33cf3.json --image dreamer-sandbox:trixie --json"])) { Dream, Json };
        Place.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken wake)
    {
        var file = parsed.GetValue(Dream)!;
        if (!File.Exists(file))
            throw new UsageException($"{file}: there is no such file");
        var proof = await DreamProof.ReadAsync(file, wake);
        var workplace = Workplace.Open().With(settings => Place.In(parsed, settings)).With(settings => proof.Certificate is not { With: var with } ? settings : settings with
        {
            Limits = with.Limits, MutantThreshold = with.MutantThreshold, DeterminismRuns = with.Runs,
        });
        await using var services = workplace.Adapters();
        await services.GetRequiredService<Sandbox>().RequireAsync(wake);
        var verdict = await services.GetRequiredService<IGuardian>().JudgeAsync(new Submission(proof.Code, proof.TestCode, proof.Certificate?.With.Strict ?? proof.Strict), wake);
        return Show(Verification.Of(proof.Code, proof.TestCode, proof.Certificate, verdict), proof, verdict, parsed.GetValue(Json));
    }

    private static int Show(Verification verification, DreamProof proof, Verdict verdict, bool json)
    {
        if (json)
        {
            Output.Json(new JsonObject
            {
                ["dream_id"] = proof.Dream,
                ["result"] = verification.Result.ToString().ToLowerInvariant(),
                ["verdict"] = VerdictJson.Write(verdict),
                ["differences"] = new JsonArray([.. verification.Differences.Select(each => (JsonNode)new JsonObject
                {
                    ["name"] = each.Name, ["was"] = each.Was, ["is"] = each.Is, ["of_content"] = each.OfContent,
                })]),
                ["problem"] = verification.Problem,
            });
        }
        else
        {
            Output.Line($"{proof.Dream}: {verification.Result.ToString().ToLowerInvariant()}{(verification.Problem is { } problem ? ": " + problem : "")}");
            foreach (var each in verification.Differences)
                Output.Line($"  {each.Name} was {each.Was}, is {each.Is}");
        }

        return verification.Result switch
        {
            VerificationResult.Proven => ExitCode.Done,
            VerificationResult.Unjudged => ExitCode.Error,
            _ => ExitCode.NotProven,
        };
    }
}

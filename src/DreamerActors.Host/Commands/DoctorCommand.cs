using System.CommandLine;
using System.Text.Json.Nodes;
using DreamerActors.Host.Doctor;
using DreamerActors.Host.Terminal;

namespace DreamerActors.Host.Commands;

/// <summary><c>doctor</c>: what on this machine keeps it from dreaming well, and the remedy.</summary>
internal static class DoctorCommand
{
    private static readonly Option<bool> Json = CommandTree.Json();

    public static Command Build()
    {
        var command = new Command("doctor", CommandTree.Describe(
            "Looks at every part that dreaming needs and tells what is wrong and what to do. Exit code 69 when something is.", ["dreamer doctor", "dreamer doctor --json"])) { Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken wake)
    {
        var workplace = Workplace.Open();
        await using var services = workplace.Adapters();
        var findings = new List<Finding>();
        await foreach (var finding in new Examination(workplace.Settings, services).RunAsync(wake))
        {
            findings.Add(finding);
            if (!parsed.GetValue(Json))
                Show(finding);
        }

        var isIll = findings.Any(each => each.Health == Health.Ill);
        if (parsed.GetValue(Json))
        {
            Output.Json(new JsonObject
            {
                ["healthy"] = !isIll,
                ["findings"] = new JsonArray([.. findings.Select(each => (JsonNode)new JsonObject
                {
                    ["part"] = each.Part, ["health"] = Name(each.Health), ["says"] = each.Says, ["remedy"] = each.Remedy,
                })]),
            });
        }

        return isIll ? ExitCode.Missing : ExitCode.Done;
    }

    private static void Show(Finding finding)
    {
        Output.Line($"{Name(finding.Health),-8}  {finding.Part}: {finding.Says}");
        if (finding.Remedy is { } remedy)
            Output.Line($"{"",-8}  → {remedy}");
    }

    private static string Name(Health health) => health.ToString().ToLowerInvariant();
}

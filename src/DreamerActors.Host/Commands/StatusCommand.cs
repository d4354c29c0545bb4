using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Host.Terminal;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Host.Commands;

/// <summary><c>status</c>: what was dreamt so far and what is there to dream with.</summary>
internal static class StatusCommand
{
    private static readonly Option<bool> Watch = new("--watch") { Description = "Keep showing what a running host does, until Ctrl-C." };
    private static readonly Option<bool> Json = CommandTree.Json();

    public static Command Build()
    {
        var command = new Command("status", CommandTree.Describe("Tells what was dreamt so far and what there is to dream with.", ["dreamer status", "dreamer status --watch", "dreamer status --json"])) { Watch, Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken wake)
    {
        var workplace = Workplace.Open();
        if (parsed.GetValue(Watch))
            return await StatusWatch.RunAsync(workplace.Settings, parsed.GetValue(Json), wake);
        await using var services = workplace.Adapters();
        var reader = services.GetRequiredService<IJournalReader>();
        var statistics = await reader.StatisticsAsync(wake);
        var unfinished = await reader.UnfinishedSessionAsync(wake);
        var graph = await services.GetRequiredService<IKnowledgeStore>().LoadAsync(wake);
        var directory = workplace.Settings.OutputDirectory;
        var saved = DreamFiles.Count(directory);
        using var host = RunningHost.Find(workplace.Settings);
        var now = host is null ? null : (await host.GetAsync("/api/v1/dreams/status", wake))["dreams"]!.AsObject();
        var sandbox = await SandboxStateAsync(services.GetRequiredService<Sandbox>(), wake);
        if (parsed.GetValue(Json))
        {
            Output.Json(new JsonObject
            {
                ["host"] = now is null ? null : new JsonObject
                {
                    ["process_id"] = host!.ProcessId,
                    ["address"] = host.Address,
                    ["state"] = now["state"]!.DeepClone(),
                    ["current_session_id"] = now["current_session_id"]?.DeepClone(),
                    ["decision"] = now["decision"]!.DeepClone(),
                    ["worker"] = now["worker"]?.DeepClone(),
                },
                ["unfinished_session_id"] = unfinished?.Value,
                ["sessions"] = statistics.Sessions,
                ["total_dreams"] = statistics.TotalDreams,
                ["successful_dreams"] = statistics.SuccessfulDreams,
                ["lost_dreams"] = statistics.LostDreams,
                ["success_rate"] = Math.Round(statistics.SuccessRate, 4),
                ["saved_dreams_count"] = saved,
                ["output_directory"] = directory,
                ["knowledge_entities"] = graph.Entities.Count,
                ["knowledge_relations"] = graph.Relations.Count,
                ["brain"] = workplace.Settings.Brain,
                ["sandbox"] = sandbox,
            });
            return ExitCode.Done;
        }

        Output.Table(["", ""],
        [
            ["host", now is null ? "does not run" : $"process {host!.ProcessId} at {host.Address}, {now["state"]}"],
            ["schedule", now is null ? "" : $"{now["decision"]}"],
            ["sessions", $"{statistics.Sessions}" + (unfinished is { } session ? $" ({session} is unfinished: dreamer dream --resume)" : "")],
            ["dreams kept", string.Create(CultureInfo.InvariantCulture, $"{statistics.SuccessfulDreams} of {statistics.TotalDreams} ({statistics.SuccessRate:P0}), {statistics.LostDreams} lost")],
            ["dream files", $"{saved} in {directory}"],
            ["knowledge", $"{graph.Entities.Count} entities, {graph.Relations.Count} relations"],
            ["brain", workplace.Settings.Brain + (now?["worker"] is JsonObject worker ? $", its process: {Describe(worker)}" : "")],
            ["sandbox", sandbox],
        ]);
        return ExitCode.Done;
    }

    private static string Describe(JsonObject worker) =>
        $"{worker["state"]}" + (worker["restarts"]!.GetValue<int>() is var restarts and > 0 ? $", started again {restarts} times, last after {worker["pause_seconds"]} s: {worker["last_end"]}" : "");

    private static async Task<string> SandboxStateAsync(Sandbox sandbox, CancellationToken wake)
    {
        try
        {
            await sandbox.RequireAsync(wake);
            return sandbox.Name;
        }
        catch (SandboxUnavailableException missing)
        {
            return $"none: {missing.Message} ({missing.Remedy})";
        }
    }
}

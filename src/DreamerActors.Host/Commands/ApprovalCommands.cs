using System.CommandLine;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Sessions;
using DreamerActors.Host.Terminal;
using DreamerActors.Hosting.Dreaming;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Host.Commands;

/// <summary><c>approve</c>, <c>decline</c> and <c>undo</c>: what a person says about kept dreams.</summary>
internal static class ApprovalCommands
{
    public static IEnumerable<Command> Build() =>
    [
        Build("approve", Approval.Approved, "Approves kept dreams: `export --approved` takes only these."),
        Build("decline", Approval.Declined, "Declines kept dreams: they stay in the journal, but no lesson and no dataset has them."),
        Build("undo", Approval.Pending, "Takes back what was said about kept dreams; a declined one's lesson returns."),
    ];

    private static Command Build(string name, Approval approval, string what)
    {
        var ids = new Argument<string[]>("DREAM") { Description = "A dream's eight digits.", Arity = ArgumentArity.OneOrMore };
        var actor = new Option<string>("--actor") { Description = "Who says it.", HelpName = "NAME", DefaultValueFactory = _ => Environment.UserName };
        var comment = new Option<string?>("--comment") { Description = "Why.", HelpName = "TEXT" };
        var json = CommandTree.Json();
        var command = new Command(name, CommandTree.Describe(what, [$"dreamer {name} 3ad33cf3", $"dreamer {name} 3ad33cf3 5b1c0d2e --actor ewa --comment \"because\" --json"])) { ids, actor, comment, json };
        actor.Validators.Add(NoLongerThan(actor, DreamApproval.LongestActor));
        comment.Validators.Add(NoLongerThan(comment, DreamApproval.LongestComment));
        command.SetAction((parsed, wake) => RunAsync(
            [.. parsed.GetValue(ids)!.Distinct()], new DreamApproval(approval, parsed.GetValue(actor)!, parsed.GetValue(comment)), name, parsed.GetValue(json), wake));
        return command;
    }

    private static async Task<int> RunAsync(string[] ids, DreamApproval approval, string name, bool json, CancellationToken wake)
    {
        var workplace = Workplace.Open();
        using var running = RunningHost.Find(workplace.Settings);
        if (running is null)
            await HereAsync(workplace, ids, approval, wake);
        else
            await ThereAsync(running, ids, approval, name, wake);
        if (json)
            Output.Json(new JsonArray([.. ids.Select(id => (JsonNode)new JsonObject { ["dream_id"] = id, ["approval"] = approval.Approval.ToString().ToLowerInvariant() })]));
        else
            Output.Line($"{string.Join(", ", ids)}: {approval.Approval.ToString().ToLowerInvariant()}");
        return ExitCode.Done;
    }

    private static async Task ThereAsync(RunningHost host, string[] ids, DreamApproval approval, string name, CancellationToken wake)
    {
        foreach (var id in ids)
            await host.PostAsync($"/api/v1/dreams/{Uri.EscapeDataString(id)}/{name}", wake, new JsonObject { ["actor"] = approval.Actor, ["comment"] = approval.Comment });
    }

    private static async Task HereAsync(Workplace workplace, string[] ids, DreamApproval approval, CancellationToken wake)
    {
        using var host = await workplace.EngineAsync(wake);
        await host.StartAsync(wake);
        try
        {
            var engine = host.Services.GetRequiredService<IDreamEngine>();
            foreach (var id in ids)
            {
                if (await engine.ApproveAsync(new DreamId(id), approval, wake) is { } refusal)
                    throw new UsageException(refusal.Message);
            }
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static Action<System.CommandLine.Parsing.OptionResult> NoLongerThan(Option option, int most) => result =>
    {
        if (result.Tokens.Count > 0 && result.Tokens[^1].Value.Length > most)
            result.AddError($"{option.Name} is longer than {most} characters");
    };
}

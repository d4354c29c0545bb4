using System.CommandLine;
using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Journal;
using DreamerActors.Host.Terminal;
using DreamerActors.Hosting.Dreaming;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Host.Commands;

/// <summary><c>replay</c>: kept dreams again, on another image or Python.</summary>
internal static class ReplayCommand
{
    private static readonly Elsewhere Place = new();
    private static readonly Option<string?> Library = new("--library") { Description = "Only dreams that use this library.", HelpName = "NAME" };
    private static readonly Option<int> Limit = CommandTree.Limit(normal: 10_000, "Only so many dreams, the newest, 1 to 10000.");
    private static readonly Option<bool> Strict = new("--strict") { Description = "All stages of the guardian, not only parse, static rules and tests." };
    private static readonly Option<bool> Record = new("--record") { Description = "Write down in the journal, and in each dream's JSON under \"replays\", what came of it. No host may run meanwhile." };
    private static readonly Option<string?> Out = new("--out") { Description = "Write the report there too: .json or .md.", HelpName = "F" };
    private static readonly Option<bool> Json = CommandTree.Json();

    public static Command Build()
    {
        var command = new Command("replay", CommandTree.Describe(
            "Proves kept dreams again, on another Python or image, and reports what passed before and fails now, by library and version. Ends with 6 when there is such a regression.",
            ["dreamer replay --python /usr/bin/python3", "dreamer replay --image dreamer-sandbox:trixie --out report.md --json"]))
        {
            Library, Limit, Strict, Record,
        };
        Place.AddTo(command);
        command.Options.Add(Out);
        command.Options.Add(Json);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Out) is { } file && Path.GetExtension(file) is not (".json" or ".md"))
                result.AddError($"--out {file} is not accepted: a file that ends with .json or .md");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken wake)
    {
        var workplace = Workplace.Open().With(settings => Place.In(parsed, settings));
        if (!parsed.GetValue(Record))
        {
            await using var services = workplace.Adapters();
            return await ShowAsync(await ReplayAsync(services, workplace, parsed, wake), parsed, wake);
        }

        using var host = await workplace.EngineAsync(wake);
        await host.StartAsync(wake);
        try
        {
            var report = await ReplayAsync(host.Services, workplace, parsed, wake);
            await host.Services.GetRequiredService<IDreamEngine>().RecordReplayAsync(report, wake);
            return await ShowAsync(report, parsed, wake);
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static async Task<ReplayReport> ReplayAsync(IServiceProvider services, Workplace workplace, ParseResult parsed, CancellationToken wake)
    {
        await services.GetRequiredService<Sandbox>().RequireAsync(wake);
        return await services.GetRequiredService<DreamReplay>().RunAsync(
            new ReplayRequest(parsed.GetValue(Library), parsed.GetValue(Limit), parsed.GetValue(Strict), workplace.Settings.Concurrency), Progressing.Counting("replayed"), wake);
    }

    private static async Task<int> ShowAsync(ReplayReport report, ParseResult parsed, CancellationToken wake)
    {
        if (report.Dreams.Count == 0)
        {
            Output.Errors(["there is no kept dream to replay" + (parsed.GetValue(Library) is { } library ? $" that uses {library}" : "")]);
            return ExitCode.NoKnowledge;
        }
        if (parsed.GetValue(Out) is { } file)
            await File.WriteAllTextAsync(file, Path.GetExtension(file) == ".md" ? report.ToMarkdown() : report.ToJson().ToJsonString() + "\n", wake);
        if (parsed.GetValue(Json))
            Output.Json(report.ToJson());
        else
            foreach (var line in report.ToMarkdown().TrimEnd('\n').Split('\n'))
                Output.Line(line);
        return report.Regressions.Count > 0 ? ExitCode.NotProven : report.Unjudged.Count > 0 ? ExitCode.Error : ExitCode.Done;
    }
}

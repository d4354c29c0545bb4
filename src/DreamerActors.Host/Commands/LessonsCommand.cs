using System.CommandLine;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Lessons;
using DreamerActors.Host.Terminal;

namespace DreamerActors.Host.Commands;

/// <summary><c>lessons</c>: what the assistant has learnt.</summary>
internal static class LessonsCommand
{
    private static readonly Option<string[]> Tag = new("--tag") { Description = "Only lessons with one of these tags. May be repeated.", HelpName = "TAG" };
    private static readonly Option<string> Search = new("--search") { Description = "Only lessons that contain this text, in any case.", HelpName = "TEXT" };
    private static readonly Option<int> Limit = CommandTree.Limit();
    private static readonly Option<bool> Json = CommandTree.Json();

    public static Command Build()
    {
        var command = new Command("lessons", CommandTree.Describe(
            "Lists lessons, newest first.", ["dreamer lessons --tag dream --limit 5", "dreamer lessons --search counter --json"]))
        {
            Tag, Search, Limit, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken wake)
    {
        var lessons = await new LessonsReader(Workplace.Open().Settings.MemoryRoot).ReadAsync(
            parsed.GetValue(Tag) ?? [], parsed.GetValue(Search), parsed.GetValue(Limit), wake);
        if (parsed.GetValue(Json))
            Output.Json(new JsonArray([.. lessons.Select(lesson => lesson.Document.DeepClone())]));
        else
            Output.Table(["lesson", "when", "situation", "tags"], lessons.Select(l => new[] { l.Id, l.Timestamp, l.Situation.Split('\n')[0], string.Join(", ", l.Tags) }));
        return ExitCode.Done;
    }
}

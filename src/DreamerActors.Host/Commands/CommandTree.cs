using System.CommandLine;
using System.CommandLine.Parsing;
using DreamerActors.Hosting.Settings;

namespace DreamerActors.Host.Commands;

/// <summary>All commands of the command line.</summary>
internal static class CommandTree
{
    public static RootCommand Build()
    {
        var root = new RootCommand(Describe("Dreams up programming scenarios from what it knows, solves them, and keeps what executed tests have proven.",
            [
                "dreamer dream --knowledge stdlib --max-scenarios 20",
                "dreamer validate --code solution.py --tests test_solution.py",
            ]) + "\n\nSettings (process environment, env file or appsettings.json):\n" + Settings())
        {
            DreamCommand.Build(),
            RunCommand.Build(),
            WakeCommand.Build(),
            IngestCommand.Build(),
            JournalCommand.Build(),
            StatusCommand.Build(),
            EnergyCommand.Build(),
            DoctorCommand.Build(),
            LessonsCommand.Build(),
            ValidateCommand.Build(),
            McpCommand.Build(),
            VerifyCommand.Build(),
            ReplayCommand.Build(),
            AnalyzeCommand.Build(),
            ExportCommand.Build(),
        };
        foreach (var command in ApprovalCommands.Build())
            root.Subcommands.Add(command);
        return root;
    }

    /// <summary>A help text with examples.</summary>
    public static string Describe(string what, IEnumerable<string> examples) =>
        what + "\n\nExamples:\n" + string.Join('\n', examples.Select(example => "  " + example));

    /// <summary>The option that every command has.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print one JSON document on stdout." };

    /// <summary>How many entries a list shows.</summary>
    public static Option<int> Limit(int normal = 50, string what = "Entries at most, 1 to 10000.")
    {
        var limit = new Option<int>("--limit") { Description = what, HelpName = "N", DefaultValueFactory = _ => normal };
        limit.Validators.Add(InRange(limit, 1, 10_000));
        return limit;
    }

    /// <summary>Refuses numbers outside a range, naming it.</summary>
    public static Action<OptionResult> InRange<T>(Option<T> option, int low, int high) => result =>
    {
        if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[^1].Value, out var value) || value < low || value > high))
            result.AddError($"{option.Name} {result.Tokens[^1].Value} is not accepted: a whole number from {low} to {high}");
    };

    /// <summary>Refuses every word but these, naming them.</summary>
    public static Action<OptionResult> OneOf(Option option, params IReadOnlyCollection<string> words) => result =>
    {
        foreach (var wrong in result.Tokens.Select(token => token.Value).Where(word => !words.Contains(word)))
            result.AddError($"{option.Name} {wrong} is not accepted: {string.Join(", ", words)}");
    };

    /// <summary>A command as it is typed.</summary>
    public static string NameOf(CommandResult command) => command.Parent is CommandResult parent ? $"{NameOf(parent)} {command.Command.Name}" : "dreamer";

    private static string Settings() =>
        string.Join('\n', SettingKeys.All.Select(key => $"  {key.Name}={key.Default}\n      {key.Meaning}; accepts {key.Accepts}"));
}

using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace DreamerActors.Host.Terminal;

/// <summary>Results go to stdout, everything else to stderr; all of it is cleaned.</summary>
internal static class Output
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Stdout. Only results are written to it.</summary>
    public static TextWriter Results { get; } = Console.Out;

    /// <summary>Silences what libraries print by themselves: Akka falls back to the console while it stops, and has said it all to the log.</summary>
    public static void KeepStdoutForResults()
    {
        _ = Results;
        Console.SetOut(TextWriter.Null);
    }

    public static void Line(string text) => Results.WriteLine(SafeText.Clean(text));

    /// <summary>A JSON document; non-ASCII characters are escaped, so that nothing in it can act on a terminal.</summary>
    /// <param name="document">What to print.</param>
    /// <param name="isLine">On one line, for a stream of documents.</param>
    public static void Json(JsonNode document, bool isLine = false) => Results.WriteLine(document.ToJsonString(isLine ? null : Indented));

    public static void Note(string text) => Console.Error.WriteLine(SafeText.Clean(text));

    public static void Errors(IEnumerable<string> problems)
    {
        foreach (var problem in problems)
            Note("error: " + problem);
    }

    /// <summary>A table on a terminal, tab-separated lines for a program.</summary>
    public static void Table(IReadOnlyList<string> head, IEnumerable<string[]> rows)
    {
        if (Console.IsOutputRedirected)
        {
            foreach (var row in rows.Prepend([.. head]).Where(row => row.Any(cell => cell.Length > 0)))
                Results.WriteLine(string.Join('\t', row.Select(SafeText.Clean)));
            return;
        }

        Terminal().Write(Rendered(head, rows));
    }

    /// <summary>A table of two columns on a terminal that is drawn anew whenever there is something new to show.</summary>
    public static Task LiveAsync(Func<Action<IEnumerable<string[]>>, Task> work) =>
        Terminal().Live(new Table()).StartAsync(context => work(rows => context.UpdateTarget(Rendered(["", ""], rows))));

    private static IAnsiConsole Terminal() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Results) });

    private static Table Rendered(IReadOnlyList<string> head, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var name in head)
            table.AddColumn(new TableColumn(Markup.Escape(name)));
        foreach (var row in rows)
            table.AddRow([.. row.Select(cell => Markup.Escape(SafeText.Clean(cell)))]);
        return table;
    }

    /// <summary>Stdout as UTF-8 for many lines.</summary>
    public static StreamWriter Raw() => new(Console.OpenStandardOutput(), new UTF8Encoding(false)) { NewLine = "\n" };
}

using System.Globalization;
using Serilog;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;
using Serilog.Formatting.Display;

namespace DreamerActors.Host.Terminal;

/// <summary>Warnings on stderr, for people; everything worth keeping in rolling files, one JSON object a line with what it belongs to.</summary>
internal static class Logs
{
    public const string Directory = "logs";

    private const long LargestFile = 16 << 20;

    public static Serilog.ILogger Open(string workingDirectory) => new LoggerConfiguration()
        .MinimumLevel.Information()
        .MinimumLevel.Override("DreamerActors", LogEventLevel.Debug)
        .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
        .Enrich.With<Belonging>()
        .WriteTo.Logger(terminal => terminal
            .Filter.ByExcluding(IsActorsOwnBusiness)
            .WriteTo.Console(new Plain(), restrictedToMinimumLevel: LogEventLevel.Warning, standardErrorFromLevel: LogEventLevel.Verbose))
        .WriteTo.File(new Structured(), Path.Combine(workingDirectory, Directory, "dreamer-.jsonl"),
            rollingInterval: RollingInterval.Day, fileSizeLimitBytes: LargestFile, rollOnFileSizeLimit: true, retainedFileCountLimit: 7, shared: true)
        .CreateLogger();

    /// <summary>What actors warn of is for the file: what matters of it to the user stands in the report.</summary>
    private static bool IsActorsOwnBusiness(LogEvent logged) =>
        logged.Level < LogEventLevel.Error
        && logged.Properties.TryGetValue("SourceContext", out var source) && source is ScalarValue { Value: string name } && name.StartsWith("Akka.", StringComparison.Ordinal);

    /// <summary>One cleaned line per event, and one for its exception.</summary>
    private sealed class Plain : ITextFormatter
    {
        private static readonly MessageTemplateTextFormatter Message = new("{Message:l}", CultureInfo.InvariantCulture);

        public void Format(LogEvent logEvent, TextWriter output)
        {
            using var message = new StringWriter(CultureInfo.InvariantCulture);
            Message.Format(logEvent, message);
            output.WriteLine($"{logEvent.Level.ToString().ToLowerInvariant()}: {SafeText.Clean(message.ToString())}");
            foreach (var line in logEvent.Exception?.Message.Split('\n') ?? [])
                output.WriteLine("    " + SafeText.Clean(line.TrimEnd('\r')));
        }
    }

    /// <summary>One JSON object per event. What could act on a terminal is escaped as JSON escapes it, so the text that a program reads is the one that was written.</summary>
    private sealed class Structured : ITextFormatter
    {
        private static readonly RenderedCompactJsonFormatter Json = new();

        public void Format(LogEvent logEvent, TextWriter output)
        {
            using var line = new StringWriter(CultureInfo.InvariantCulture);
            Json.Format(logEvent, line);
            output.WriteLine(SafeText.Clean(line.ToString().TrimEnd()));
        }
    }
}

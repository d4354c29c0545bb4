using System.Globalization;
using Serilog;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace DreamerActors.Host.Terminal;

/// <summary>Warnings on stderr; everything worth keeping in rolling files.</summary>
internal static class Logs
{
    public const string Directory = "logs";

    private const long LargestFile = 16 << 20;

    public static Serilog.ILogger Open(string workingDirectory) => new LoggerConfiguration()
        .MinimumLevel.Information()
        .MinimumLevel.Override("DreamerActors", LogEventLevel.Debug)
        .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
        .WriteTo.Logger(terminal => terminal
            .Filter.ByExcluding(IsActorsOwnBusiness)
            .WriteTo.Console(new Plain(withDetails: false), restrictedToMinimumLevel: LogEventLevel.Warning, standardErrorFromLevel: LogEventLevel.Verbose))
        .WriteTo.File(new Plain(withDetails: true), Path.Combine(workingDirectory, Directory, "dreamer-.log"),
            rollingInterval: RollingInterval.Day, fileSizeLimitBytes: LargestFile, rollOnFileSizeLimit: true, retainedFileCountLimit: 7, shared: true)
        .CreateLogger();

    /// <summary>What actors warn of is for the file: what matters of it to the user stands in the report.</summary>
    private static bool IsActorsOwnBusiness(LogEvent logged) =>
        logged.Level < LogEventLevel.Error
        && logged.Properties.TryGetValue("SourceContext", out var source) && source is ScalarValue { Value: string name } && name.StartsWith("Akka.", StringComparison.Ordinal);

    /// <summary>One cleaned line per event; an exception's stack follows in files only.</summary>
    private sealed class Plain(bool withDetails) : ITextFormatter
    {
        private static readonly MessageTemplateTextFormatter Message = new("{Message:l}", CultureInfo.InvariantCulture);

        public void Format(LogEvent logEvent, TextWriter output)
        {
            output.Write(withDetails
                ? logEvent.Timestamp.ToString("yyyy-MM-dd HH:mm:ss.fff ", CultureInfo.InvariantCulture) + logEvent.Level + " "
                : logEvent.Level.ToString().ToLowerInvariant() + ": ");
            using var message = new StringWriter(CultureInfo.InvariantCulture);
            Message.Format(logEvent, message);
            output.WriteLine(SafeText.Clean(message.ToString()));
            if (logEvent.Exception is not { } exception)
                return;
            foreach (var line in (withDetails ? exception.ToString() : exception.Message).Split('\n'))
                output.WriteLine("    " + SafeText.Clean(line.TrimEnd('\r')));
        }
    }
}

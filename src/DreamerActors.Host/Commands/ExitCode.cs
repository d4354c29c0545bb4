using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Host.Terminal;
using DreamerActors.Hosting.Settings;
using Serilog;

namespace DreamerActors.Host.Commands;

/// <summary>What the process ends with; README.md lists them for users.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Usage = 2;
    public const int NoKnowledge = 3;
    public const int Interrupted = 4;
    public const int Error = 5;
    public const int NotProven = 6;
    public const int Missing = 69;
}

/// <summary>A mistake in what the user typed; the message is one clear sentence.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>Turns whatever ended a command into one line for the user and an exit code. Details go to the log file only.</summary>
internal static class Failures
{
    public static int Explain(Exception failure)
    {
        switch (failure)
        {
            case OperationCanceledException:
                Output.Errors(["interrupted"]);
                return ExitCode.Interrupted;
            case SettingsException settings:
                Output.Errors(settings.Problems);
                return ExitCode.Usage;
            case UsageException or KnowledgeException:
                Output.Errors([failure.Message]);
                return ExitCode.Usage;
            case SandboxUnavailableException missing:
                Output.Errors([missing.Remedy is { } remedy ? $"{missing.Message}; install with: {remedy}" : missing.Message]);
                return missing.Remedy is null ? ExitCode.Error : ExitCode.Missing;
            case IOException or UnauthorizedAccessException:
                Log.Logger.Debug(failure, "The command ended");
                Output.Errors([failure.Message]);
                return ExitCode.Error;
            default:
                Log.Logger.Debug(failure, "The command ended");
                Output.Errors([$"{failure.GetType().Name}: {failure.Message} (details in {Logs.Directory}/)"]);
                return ExitCode.Error;
        }
    }
}

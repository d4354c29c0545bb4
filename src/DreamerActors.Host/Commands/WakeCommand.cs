using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DreamerActors.Host.Terminal;
using DreamerActors.Hosting.Dreaming;

namespace DreamerActors.Host.Commands;

/// <summary><c>wake</c>: stops what dreams in this data directory.</summary>
internal static class WakeCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly Option<bool> Cluster = new("--cluster") { Description = "All machines of the cluster, and not only this one." };
    private static readonly Option<bool> Json = CommandTree.Json();

    public static Command Build()
    {
        var command = new Command("wake", CommandTree.Describe(
            "Stops what this machine dreams; what is left is dreamt by others of its cluster, or can be resumed. A `run` stays up, a `dream` ends.", ["dreamer wake", "dreamer wake --cluster --json"])) { Cluster, Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var settings = Workplace.Open().Settings;
        using var host = RunningHost.Find(settings);
        var (interrupted, stoppedIn) = host is not null
            ? Read(await host.PostAsync("/api/v1/dreams/wake" + (parsed.GetValue(Cluster) ? "?scope=cluster" : ""), cancellation))
            : EngineLock.Find(settings.DataDirectory) is { ProcessId: > 0 } dream
                ? (true, await EndAsync(dream.ProcessId, settings.DataDirectory, cancellation))
                : (false, 0);
        if (parsed.GetValue(Json))
            Output.Json(new JsonObject { ["interrupted"] = interrupted, ["stopped_in_ms"] = stoppedIn });
        else
            Output.Line(interrupted ? string.Create(CultureInfo.InvariantCulture, $"Woken: everything stopped in {stoppedIn:0} ms") : "Nothing was dreaming");
        return ExitCode.Done;
    }

    private static (bool, double) Read(JsonObject woken) => (woken["interrupted"]!.GetValue<bool>(), woken["stopped_in_ms"]!.GetValue<double>());

    /// <summary>A <c>dream</c> has no API: SIGTERM is its wake-up, and its lock tells when it has ended.</summary>
    private static async Task<double> EndAsync(int process, string dataDirectory, CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        using (var kill = Process.Start("/bin/sh", ["-c", "kill -TERM \"$0\"", process.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync(cancellation);
        while (EngineLock.Find(dataDirectory)?.ProcessId == process)
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
                throw new IOException($"process {process} did not end within {Patience.TotalSeconds:0} seconds of SIGTERM");
            await Task.Delay(Pause, cancellation);
        }

        return Math.Round(Stopwatch.GetElapsedTime(began).TotalMilliseconds, 1);
    }
}

using System.Diagnostics;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

public sealed class SystemdTests
{
    private static readonly string Unit = Path.Combine(Repository.Root, "deploy/systemd/dreamer.service");

    [Fact]
    public void The_unit_stops_by_a_wake_up_gives_way_and_is_shut_in()
    {
        var directives = File.ReadLines(Unit).Where(line => line.Contains('=', StringComparison.Ordinal) && !line.StartsWith('#'))
            .Select(line => line.Split('=', 2)).ToLookup(pair => pair[0], pair => pair[1]);
        void Says(string directive, string value) => Assert.Contains(value, directives[directive]);
        Says("KillSignal", "SIGTERM");
        Says("Nice", "0");
        Says("NoNewPrivileges", "yes");
        Says("ProtectSystem", "strict");
        Says("CapabilityBoundingSet", "");
        Assert.InRange(int.Parse(directives["TimeoutStopSec"].Single(), System.Globalization.CultureInfo.InvariantCulture), 10, 60);
        Assert.EndsWith("dreamer.dll run", directives["ExecStart"].Single(), StringComparison.Ordinal);
        Assert.DoesNotContain("root", directives["User"]);
        // Each of these would keep sandboxes from starting, or hide the user.
        Assert.All(["RestrictNamespaces", "ProtectKernelTunables", "ProtectKernelLogs", "ProtectProc", "PrivateDevices", "ProtectClock"], name => Assert.Empty(directives[name]));
    }

    [Fact]
    public void Systemd_accepts_the_unit_where_there_is_systemd()
    {
        const string Analyze = "/usr/bin/systemd-analyze";
        if (!File.Exists(Analyze)) return;
        using var process = Process.Start(new ProcessStartInfo(Analyze, ["verify", Unit]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0 && !said.Contains("dreamer.service:", StringComparison.Ordinal), said);
    }
}

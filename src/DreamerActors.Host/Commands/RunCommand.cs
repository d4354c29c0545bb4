using System.CommandLine;
using Akka.Actor;
using DreamerActors.Domain.Sessions;
using DreamerActors.Host.Http;
using DreamerActors.Host.Http.Management;
using DreamerActors.Host.Terminal;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Scheduling;
using Microsoft.Extensions.Hosting.Systemd;

namespace DreamerActors.Host.Commands;

/// <summary><c>run</c>: the host that stays up and dreams when nobody needs the machine.</summary>
internal static class RunCommand
{
    private static readonly TimeSpan IdleInterval = TimeSpan.FromMinutes(1);

    public static Command Build()
    {
        var command = new Command("run", CommandTree.Describe(
            "Stays up: dreams at night and while the user is away, if ENABLE_DREAMING says so, and answers the HTTP API. SIGTERM or Ctrl-C wakes it and ends it.",
            ["dreamer run", "ENABLE_DREAMING=true DREAMER_HTTP=http://127.0.0.1:8015 dreamer run"]));
        command.SetAction((_, stop) => RunAsync(stop));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken stop)
    {
        var workplace = Workplace.Open();
        await using var host = await workplace.WebAsync(stop);
        await host.StartAsync(stop);
        var services = host.Services;
        var actors = services.GetRequiredService<ActorSystem>();
        var settings = workplace.Settings;
        await using var management = await ManagementWeb.StartAsync(services, settings, stop);
        var scheduler = services.GetRequiredService<IDreamScheduler>();
        scheduler.ScheduleNightlyDreaming(settings.NightHours.Start, settings.NightHours.End);
        scheduler.ScheduleIdleDreaming(IdleInterval);
        services.GetRequiredService<EngineLock>().Announce(host.Urls.First());
        if (management is not null)
            Output.Note($"Its cluster is managed at {management.Urls.First()}");
        Output.Note($"The dreamer answers at {host.Urls.First()}" + (settings.EnableDreaming ? $"; it dreams at night ({settings.NightHours}) and after {settings.IdleThresholdMinutes} idle minutes" : "; it does not dream by itself (ENABLE_DREAMING=false)"));
        var systemd = new SystemdNotifier();
        systemd.Notify(ServiceState.Ready);

        await Task.WhenAny(actors.WhenTerminated, Task.Delay(Timeout.Infinite, stop));
        systemd.Notify(ServiceState.Stopping);
        if (!stop.IsCancellationRequested)
        {
            if (CoordinatedShutdown.Get(actors).ShutdownReason is CoordinatedShutdown.ClusterLeavingReason)
            {
                Output.Note("This machine has left the cluster, as it was asked to");
                return ExitCode.Done;
            }
            Output.Errors(["the actor system has ended by itself"]);
            return ExitCode.Error;
        }

        await services.GetRequiredService<IDreamEngine>().WakeUpAsync(InterruptReason.Shutdown, CancellationToken.None);
        await host.StopAsync(CancellationToken.None);
        return ExitCode.Done;
    }
}

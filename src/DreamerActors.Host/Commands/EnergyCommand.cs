using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DreamerActors.Adapters.Energy.Activity;
using DreamerActors.Domain.Energy;
using DreamerActors.Host.Http;
using DreamerActors.Host.Http.Energy;
using DreamerActors.Host.Terminal;
using DreamerActors.Hosting.Energy;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Host.Commands;

/// <summary><c>energy</c>: whether this machine may dream now, why, and what it is decided from.</summary>
internal static class EnergyCommand
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);
    private static readonly Option<bool> Watch = new("--watch") { Description = "Look again every DREAMING_SAMPLE_SECONDS until Ctrl-C." };
    private static readonly Option<bool> Json = CommandTree.Json();

    public static Command Build()
    {
        var command = new Command("energy", CommandTree.Describe(
            "Tells whether this machine may dream now, why, and what that is decided from: as the host sees it that runs here, or measured for a second.",
            ["dreamer energy", "dreamer energy --json", "dreamer energy --watch"])) { Watch, Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken wake)
    {
        var workplace = Workplace.Open();
        await using var services = workplace.Adapters();
        using var host = RunningHost.Find(workplace.Settings);
        // A host that runs has looked for longer: what it decides by is what counts.
        Func<Task<EnergyBody>> look = host is null ? new Look(services).AgainAsync : async () => await AskAsync(host, wake);
        if (host is null) await look();
        var pause = host is null ? BetweenLooks : TimeSpan.Zero;
        do
        {
            try
            {
                await Task.Delay(pause, wake);
            }
            catch (OperationCanceledException) when (parsed.GetValue(Watch))
            {
                return ExitCode.Done; // Ctrl-C is how watching ends
            }

            pause = TimeSpan.FromSeconds(workplace.Settings.SampleSeconds);
            var seen = await look();
            if (parsed.GetValue(Json)) Output.Json(JsonSerializer.SerializeToNode(seen, ApiJson.Default.EnergyBody)!.AsObject(), isLine: parsed.GetValue(Watch));
            else if (parsed.GetValue(Watch)) Output.Line($"{seen.Level}: {seen.Reason}");
            else Show(seen);
        }
        while (parsed.GetValue(Watch));
        return ExitCode.Done;
    }

    private static async Task<EnergyBody> AskAsync(RunningHost host, CancellationToken wake) =>
        (await host.GetAsync("/api/v1/dreams/energy", wake)).Deserialize(ApiJson.Default.EnergyAnswer)!.Energy;

    private static void Show(EnergyBody seen) => Output.Table(["", "", "limit"],
    [
        ["state", $"{seen.Level}: {seen.Reason}", ""],
        ["processors, others", Percent(seen.CpuPercent), Percent(seen.CpuThreshold)],
        ["memory, others", Percent(seen.MemoryPercent), Percent(seen.MemoryThreshold)],
        ["temperature", seen.Temperature is { } degrees ? string.Create(CultureInfo.InvariantCulture, $"{degrees:0} °C") : "not known", string.Create(CultureInfo.InvariantCulture, $"{seen.TemperatureThreshold:0} °C")],
        ["on battery", seen.OnBattery switch { true => "yes", false => "no", null => "not known" }, seen.MayDreamOnBattery ? "may dream" : "may not dream"],
        ["user away", seen.IdleTimeSeconds is { } idle ? string.Create(CultureInfo.InvariantCulture, $"{idle / 60:0.0} min") : "not known", string.Create(CultureInfo.InvariantCulture, $"{seen.IdleThresholdMinutes:0} min")],
        .. seen.Sources.Select(each => new[] { $"  {each.Key}", each.Value is { } at ? at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "cannot tell", "" }),
    ]);

    private static string Percent(double? percent) => percent is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0} %") : "not known";

    /// <summary>One look after the other, as the energy actor of a running host has them.</summary>
    private sealed class Look(IServiceProvider services)
    {
        private readonly ILoadSensor _sensor = services.GetRequiredService<ILoadSensor>();
        private readonly IReadOnlyList<IActivitySource> _sources = [.. services.GetRequiredService<ActivitySources>().All.Where(each => each is not HostActivity)];
        private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
        private readonly long _began = services.GetRequiredService<TimeProvider>().GetTimestamp();
        private readonly EnergyLimits _limits = services.GetRequiredService<EnergyLimits>();
        private Presence _presence = Presence.Unseen;
        private EnergyState _state = EnergyState.Initial;

        public Task<EnergyBody> AgainAsync()
        {
            var now = _time.GetElapsedTime(_began);
            var load = _sensor.Read();
            Sighting[] sightings = [.. _sources.Select(each => new Sighting(each.Name, each.LastActivity()))];
            _presence = _presence.Look(sightings, _time.GetUtcNow(), now);
            _state = EnergyPolicy.Decide(_state, load, _presence, _limits, now);
            return Task.FromResult(EnergyBody.Of(new EnergyStatus(false, _state, load, sightings, _limits)));
        }
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Energy.Activity;
using DreamerActors.Domain.Energy;
using DreamerActors.Host.Terminal;
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
            "Tells whether this machine may dream now, why, and what that is decided from. It measures for a second.",
            ["dreamer energy", "dreamer energy --json", "dreamer energy --watch"])) { Watch, Json };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken wake)
    {
        var workplace = Workplace.Open();
        await using var services = workplace.Adapters();
        var look = new Look(services);
        look.Again();
        var pause = BetweenLooks;
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
            look.Again();
            if (parsed.GetValue(Json)) Output.Json(ToJson(look), isLine: parsed.GetValue(Watch));
            else if (parsed.GetValue(Watch)) Output.Line($"{look.State.Level.ToString().ToLowerInvariant()}: {look.State.Reason}");
            else Show(look);
        }
        while (parsed.GetValue(Watch));
        return ExitCode.Done;
    }

    private static void Show(Look look)
    {
        var (load, limits) = (look.Load, look.Limits);
        Output.Table(["", "", "limit"],
        [
            ["state", $"{look.State.Level.ToString().ToLowerInvariant()}: {look.State.Reason}", ""],
            ["processors, others", Share(load.Cpu), Share(limits.Cpu)],
            ["memory, others", Share(load.Memory), Share(limits.Memory)],
            ["temperature", load.Temperature is { } degrees ? string.Create(CultureInfo.InvariantCulture, $"{degrees:0} °C") : "not known", string.Create(CultureInfo.InvariantCulture, $"{limits.Temperature:0} °C")],
            ["on battery", load.OnBattery switch { true => "yes", false => "no", null => "not known" }, limits.OnBattery ? "may dream" : "may not dream"],
            ["user away", look.State.Idle is { } idle ? string.Create(CultureInfo.InvariantCulture, $"{idle.TotalMinutes:0.0} min") : "not known", string.Create(CultureInfo.InvariantCulture, $"{limits.IdleAfter.TotalMinutes:0} min")],
            .. look.Sightings.Select(each => new[] { $"  {each.Source}", each.LastActivity is { } at ? at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "cannot tell", "" }),
        ]);
    }

    private static string Share(double? share) => share is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:P0}") : "not known";

    private static JsonObject ToJson(Look look) => new()
    {
        ["level"] = Name(look.State.Level),
        ["cause"] = Name(look.State.Cause),
        ["reason"] = look.State.Reason,
        ["cpu_percent"] = Percent(look.Load.Cpu),
        ["own_cpu_percent"] = Percent(look.Load.OwnCpu),
        ["memory_percent"] = Percent(look.Load.Memory),
        ["own_memory_percent"] = Percent(look.Load.OwnMemory),
        ["temperature"] = look.Load.Temperature,
        ["on_battery"] = look.Load.OnBattery,
        ["processors"] = look.Load.Processors,
        ["pressure"] = look.Load.Pressure is { } pressure ? new JsonObject { ["cpu"] = pressure.Cpu, ["memory"] = pressure.Memory, ["io"] = pressure.Io } : null,
        ["is_busy"] = look.State.IsOverloaded,
        ["is_idle"] = look.State.Idle >= look.Limits.IdleAfter,
        ["idle_time_seconds"] = look.State.Idle is { } idle ? Math.Round(idle.TotalSeconds, 1) : null,
        ["sources"] = new JsonObject(look.Sightings.Select(each => KeyValuePair.Create(each.Source, (JsonNode?)each.LastActivity?.ToString("O", CultureInfo.InvariantCulture)))),
        ["cpu_threshold"] = look.Limits.Cpu * 100,
        ["memory_threshold"] = look.Limits.Memory * 100,
        ["temperature_threshold"] = look.Limits.Temperature,
        ["may_dream_on_battery"] = look.Limits.OnBattery,
        ["idle_threshold_minutes"] = look.Limits.IdleAfter.TotalMinutes,
    };

    private static double? Percent(double? share) => share is { } known ? Math.Round(known * 100, 1) : null;

    private static string Name(Enum value) => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    /// <summary>One look after the other, as the energy actor of a running host has them.</summary>
    private sealed class Look(IServiceProvider services)
    {
        private readonly ILoadSensor _sensor = services.GetRequiredService<ILoadSensor>();
        private readonly IReadOnlyList<IActivitySource> _sources = [.. services.GetRequiredService<ActivitySources>().All.Where(each => each is not HostActivity)];
        private readonly TimeProvider _time = services.GetRequiredService<TimeProvider>();
        private readonly long _began = services.GetRequiredService<TimeProvider>().GetTimestamp();
        private Presence _presence = Presence.Unseen;

        public EnergyLimits Limits { get; } = services.GetRequiredService<EnergyLimits>();

        public EnergyState State { get; private set; } = EnergyState.Initial;

        public LoadReading Load { get; private set; } = LoadReading.Unknown;

        public IReadOnlyList<Sighting> Sightings { get; private set; } = [];

        public void Again()
        {
            var now = _time.GetElapsedTime(_began);
            Load = _sensor.Read();
            Sightings = [.. _sources.Select(each => new Sighting(each.Name, each.LastActivity()))];
            _presence = _presence.Look(Sightings, _time.GetUtcNow(), now);
            State = EnergyPolicy.Decide(State, Load, _presence, Limits, now);
        }
    }
}

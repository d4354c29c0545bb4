using System.Globalization;
using DreamerActors.Hosting.Energy;

namespace DreamerActors.Host.Http.Energy;

/// <summary>The machine's energy, and whether it is looked at.</summary>
internal static class EnergyApi
{
    public static void MapEnergy(this IEndpointRouteBuilder routes)
    {
        var energy = routes.MapGroup("/api/v1/dreams/energy").WithTags("energy");
        energy.MapGet("", async (IEnergyManager it, CancellationToken cancellation) => new EnergyAnswer("success", EnergyBody.Of(await it.GetStatusAsync(cancellation)))).WithName("Energy").WithSummary("May the machine dream, and why.");
        energy.MapPatch("", ChangeAsync).WithName("ChangeEnergy").WithSummary("What counts as too much, until the host ends; what is left out stays.");
        energy.MapPost("/monitoring/start", (IEnergyManager it) => { it.StartMonitoring(); return new MonitoringChanged("success", true); }).WithName("StartMonitoring").WithSummary("Looks at load and user.");
        energy.MapPost("/monitoring/stop", (IEnergyManager it) => { it.StopMonitoring(); return new MonitoringChanged("success", false); }).WithName("StopMonitoring").WithSummary("Looks at neither.");
    }

    private static async Task<EnergyAnswer> ChangeAsync(EnergyChange change, IEnergyManager energy, CancellationToken cancellation)
    {
        var now = (await energy.GetStatusAsync(cancellation)).Limits;
        var limits = now with
        {
            Cpu = Within("cpu_threshold", change.CpuThreshold, 0, 100) / 100 ?? now.Cpu,
            Memory = Within("memory_threshold", change.MemoryThreshold, 0, 100) / 100 ?? now.Memory,
            Temperature = Within("temperature_threshold", change.TemperatureThreshold, 30, 120) ?? now.Temperature,
            OnBattery = change.MayDreamOnBattery ?? now.OnBattery,
        };
        return new EnergyAnswer("success", EnergyBody.Of(await energy.SetLimitsAsync(limits, cancellation)));
    }

    private static double? Within(string name, double? value, double above, double most) => value is null || (value > above && value <= most)
        ? value
        : throw new InvalidInputException("body", name, string.Create(CultureInfo.InvariantCulture, $"{name} is above {above}, up to {most}"));
}

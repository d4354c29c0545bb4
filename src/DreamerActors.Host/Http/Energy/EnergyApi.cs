using DreamerActors.Hosting.Energy;

namespace DreamerActors.Host.Http.Energy;

/// <summary>The machine's energy, and whether it is looked at.</summary>
internal static class EnergyApi
{
    public static void MapEnergy(this IEndpointRouteBuilder routes)
    {
        var energy = routes.MapGroup("/api/v1/dreams/energy").WithTags("energy");
        energy.MapGet("", async (IEnergyManager it, CancellationToken cancellation) => new EnergyAnswer("success", EnergyBody.Of(await it.GetStatusAsync(cancellation)))).WithName("Energy").WithSummary("May the machine dream, and why.");
        energy.MapPost("/monitoring/start", (IEnergyManager it) => { it.StartMonitoring(); return new MonitoringChanged("success", true); }).WithName("StartMonitoring").WithSummary("Looks at load and user.");
        energy.MapPost("/monitoring/stop", (IEnergyManager it) => { it.StopMonitoring(); return new MonitoringChanged("success", false); }).WithName("StopMonitoring").WithSummary("Looks at neither.");
    }
}

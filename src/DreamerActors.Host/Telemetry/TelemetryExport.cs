using DreamerActors.Adapters.Brains;
using DreamerActors.Hosting.Settings;
using DreamerActors.Hosting.Telemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace DreamerActors.Host.Telemetry;

/// <summary>
/// Hands metrics and spans to OpenTelemetry: metrics to whoever scrapes them at the management address, both to the collector that its own standard variables name. With neither nothing is collected.
/// </summary>
internal static class TelemetryExport
{
    private const string Service = "dreamer";
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Runtime = "System.Runtime";

    // What an endpoint answers, such as its name for the model, is nobody's label.
    private static readonly string[] BrainLabels = ["gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model", "gen_ai.token.type", "error.type"];

    /// <param name="builder">The host's.</param>
    /// <param name="configuration">Where the standard variables stand.</param>
    /// <param name="isScraped">Whether there will be an address to scrape.</param>
    /// <exception cref="SettingsException">The collector's address is none.</exception>
    public static void AddTelemetry(this IHostApplicationBuilder builder, IConfiguration configuration, bool isScraped)
    {
        var standard = configuration.AsEnumerable().Where(each => each.Key.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase)).ToList();
        var isExported = !string.IsNullOrWhiteSpace(configuration[Endpoint]);
        if (isExported && !(Uri.TryCreate(configuration[Endpoint], UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)))
            throw new SettingsException([$"{Endpoint}={configuration[Endpoint]} is not accepted: an http or https address"]);
        if (!isScraped && !isExported) return;
        builder.Configuration.AddInMemoryCollection(standard);
        var telemetry = builder.Services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService(Service, serviceVersion: typeof(TelemetryExport).Assembly.GetName().Version?.ToString(3)).AddEnvironmentVariableDetector());
        telemetry.WithMetrics(metrics =>
        {
            metrics.AddMeter(Instruments.Name, ModelEndpoint.TelemetrySource, Runtime)
                .AddView(instrument => instrument.Meter.Name == ModelEndpoint.TelemetrySource ? new MetricStreamConfiguration { TagKeys = BrainLabels } : null);
            if (isScraped) metrics.AddPrometheusExporter();
            if (isExported) metrics.AddOtlpExporter();
        });
        if (isExported) telemetry.WithTracing(traces => traces.AddSource(Instruments.Name, ModelEndpoint.TelemetrySource).AddOtlpExporter());
    }

    /// <summary>Where metrics are scraped.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes, IServiceProvider host) =>
        routes.MapPrometheusScrapingEndpoint("/metrics", host.GetRequiredService<MeterProvider>(), configureBranchedPipeline: null, optionsName: null);
}

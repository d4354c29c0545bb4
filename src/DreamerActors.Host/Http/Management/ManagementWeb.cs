using Akka.Actor;
using DreamerActors.Host.Telemetry;
using DreamerActors.Hosting.Clustering;
using DreamerActors.Hosting.Settings;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.WebUtilities;

namespace DreamerActors.Host.Http.Management;

/// <summary>
/// The contract of Akka.Management on a port of its own: health and cluster routes as on the JVM, bootstrap as in .NET. Unlike there, every address but a loopback one
/// needs a token, and pages of other origins may not ask.
/// </summary>
internal static class ManagementWeb
{
    private const long LargestBody = 4 << 10;
    private const long MostConnections = 50;

    /// <exception cref="SettingsException">The address can be reached from elsewhere and there is no token.</exception>
    public static void Check(DreamerSettings settings)
    {
        if (settings.ManagementAddress is { } address && !Access.IsLoopback(new Uri(address)) && settings.ApiToken is null)
            throw new SettingsException([$"DREAMER_MANAGEMENT={address} is not accepted: other machines can reach it, so DREAMER_API_TOKEN must be set"]);
    }

    /// <summary>Starts it for a host that runs; null when there is none to start.</summary>
    public static async Task<WebApplication?> StartAsync(IServiceProvider host, DreamerSettings settings, CancellationToken cancellation)
    {
        if (settings.ManagementAddress is not { } address) return null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(address).ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = LargestBody;
            server.Limits.MaxConcurrentConnections = MostConnections;
        });
        builder.Services.AddRouting().AddSingleton(host.GetRequiredService<ILoggerFactory>()).AddSingleton<IHostLifetime, NoLifetime>();
        // An instance belongs to whoever made it: this server's end is not theirs.
        builder.Services.AddSingleton(host.GetRequiredService<ActorSystem>()).AddSingleton(host.GetRequiredService<Readiness>());
        builder.Services.Configure<HostFilteringOptions>(hosts =>
        {
            hosts.AllowedHosts = Access.AllowedHosts(new Uri(address));
            hosts.AllowEmptyHosts = false;
            hosts.IncludeFailureMessage = false;
        });
        var app = builder.Build();
        app.Use(SafeHeaders.AddAsync);
        app.UseStatusCodePages(bare => MembersApi.Tell(bare.HttpContext.Response.StatusCode, ReasonPhrases.GetReasonPhrase(bare.HttpContext.Response.StatusCode)).ExecuteAsync(bare.HttpContext));
        app.UseHostFiltering();
        app.UseRouting();
        app.Use(new Access(settings.ApiToken, passes: null).CheckAsync);
        if (!settings.ManagementWrites) app.Use(OnlyReadAsync);
        app.MapProbes();
        app.MapMembers();
        app.MapShards();
        app.MapDomainEvents();
        app.MapMetrics(host);
        await app.StartAsync(cancellation);
        return app;
    }

    private static Task OnlyReadAsync(HttpContext context, RequestDelegate next)
    {
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) return next(context);
        context.Response.Headers.Allow = "GET";
        return MembersApi.Tell(StatusCodes.Status405MethodNotAllowed, "Method Not Allowed: DREAMER_MANAGEMENT_WRITES=true allows it").ExecuteAsync(context);
    }
}

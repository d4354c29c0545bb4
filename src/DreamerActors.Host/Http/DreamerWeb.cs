using System.Text.Json;
using DreamerActors.Host.Http.Dreaming;
using DreamerActors.Host.Http.Energy;
using DreamerActors.Host.Http.Journal;
using DreamerActors.Host.Http.Knowledge;
using DreamerActors.Host.Http.Lessons;
using DreamerActors.Host.Http.Management;
using DreamerActors.Host.Http.Scheduling;
using DreamerActors.Hosting.Settings;
using DreamerActors.Pages;
using Microsoft.AspNetCore.HostFiltering;

namespace DreamerActors.Host.Http;

/// <summary>The host's web side: where it listens, what it lets in, and the list of its routes.</summary>
internal static class DreamerWeb
{
    private const long LargestBody = 64 << 10;
    // Listeners that never read must leave room for everybody else.
    private const long MostConnections = 2 * LiveEvents.MostListeners;

    /// <summary>Adds the web server and what the routes need.</summary>
    /// <exception cref="SettingsException">The address can be reached from elsewhere and there is no token.</exception>
    public static void AddDreamerWeb(this WebApplicationBuilder builder, DreamerSettings settings)
    {
        var address = new Uri(settings.HttpAddress);
        if (!Access.IsLoopback(address) && settings.ApiToken is null)
            throw new SettingsException([$"DREAMER_HTTP={settings.HttpAddress} is not accepted: other machines can reach it, so DREAMER_API_TOKEN must be set"]);
        ManagementWeb.Check(settings);
        builder.WebHost.UseKestrelCore().UseUrls(settings.HttpAddress).ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = LargestBody;
            server.Limits.MaxConcurrentConnections = MostConnections;
            server.Limits.MaxConcurrentUpgradedConnections = MostConnections;
        });
        builder.Services.AddRouting();
        builder.Services.AddSingleton<LiveEvents>().AddHostedService(provider => provider.GetRequiredService<LiveEvents>());
        builder.Services.AddSingleton(provider => new Access(settings.ApiToken, provider.GetRequiredService<TimeProvider>()));
        builder.Services.Configure<HostFilteringOptions>(hosts =>
        {
            hosts.AllowedHosts = Access.AllowedHosts(address);
            hosts.AllowEmptyHosts = false;
            hosts.IncludeFailureMessage = false;
        });
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.RespectNullableAnnotations = true;
            json.SerializerOptions.RespectRequiredConstructorParameters = true;
            json.SerializerOptions.TypeInfoResolverChain.Clear();
            json.SerializerOptions.TypeInfoResolverChain.Add(ApiJson.Default);
        });
        builder.Services.AddOpenApi(ApiDocument.Describe);
        builder.Services.AddJournalPages();
    }

    /// <summary>The steps of every request, and all routes.</summary>
    public static void UseDreamerWeb(this WebApplication app)
    {
        app.Use(SafeHeaders.AddAsync);
        app.UseStatusCodePages(ApiErrors.WriteBareAsync);
        app.Use(ApiErrors.CatchAsync);
        app.Use(SafeHeaders.CheckEncodingAsync);
        app.UseHostFiltering();
        app.UseRouting();
        app.Use(next => new RateLimits(next, app.Services.GetRequiredService<DreamerSettings>().HttpRate).InvokeAsync);
        app.Use(SafeHeaders.AddForPagesAsync);
        app.Use(app.Services.GetRequiredService<Access>().CheckAsync);
        app.UseAntiforgery();
        app.Use(ETags.AnswerAsync);
        app.UseWebSockets(LiveEventsApi.Options);
        app.MapHealth();
        app.MapDreaming();
        app.MapEnergy();
        app.MapJournal();
        app.MapApproval();
        app.MapReplay();
        app.MapDataset();
        app.MapKnowledge();
        app.MapLessons();
        app.MapLiveEvents();
        app.MapOutbox();
        app.MapScheduler();
        app.MapOpenApi().WithETag();
        app.MapJournalPages();
        app.MapSignIn();
    }
}

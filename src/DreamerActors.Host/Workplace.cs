using DreamerActors.Host.Http;
using DreamerActors.Host.Telemetry;
using DreamerActors.Host.Terminal;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Serilog;

namespace DreamerActors.Host;

/// <summary>The working directory with its configuration, and the two ways to work there: adapters alone, or the whole engine.</summary>
internal sealed class Workplace
{
    private readonly IConfiguration _configuration;
    private readonly SettingTexts _texts;

    private Workplace(DreamerSettings settings, IConfiguration configuration, SettingTexts texts) => (Settings, _configuration, _texts) = (settings, configuration, texts);

    public DreamerSettings Settings { get; }

    /// <summary>Reads the configuration: process environment over env file over appsettings.json over defaults.</summary>
    /// <param name="concurrency">Overrides the setting when the user typed one.</param>
    public static Workplace Open(int? concurrency = null)
    {
        var here = Environment.CurrentDirectory;
        var configuration = Compose(here);
        foreach (var warning in SettingsReader.Warnings(configuration))
            Output.Note("warning: " + warning);
        var settings = SettingsReader.Read(configuration, here);
        return new Workplace(settings with { Concurrency = concurrency ?? settings.Concurrency }, configuration, new SettingTexts(configuration, here));
    }

    /// <summary>The same place with settings that a command changes.</summary>
    public Workplace With(Func<DreamerSettings, DreamerSettings> change) => new(change(Settings), _configuration, _texts);

    /// <summary>Sandbox, guardian, knowledge and read model, without actors: a quick start.</summary>
    public ServiceProvider Adapters()
    {
        var services = new ServiceCollection();
        AddAdapters(services);
        return services.BuildServiceProvider();
    }

    /// <summary>The same, into somebody's services.</summary>
    public void AddAdapters(IServiceCollection services)
    {
        services.AddLogging(logging => logging.AddSerilog());
        services.AddDreamerAdapters(Settings);
    }

    /// <summary>The engine, not yet started; nobody else can start one on the same data until it is disposed.</summary>
    /// <exception cref="EngineBusyException">Another process has one.</exception>
    public async Task<IHost> EngineAsync(CancellationToken cancellation)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        AddEngine(builder, isScraped: false);
        return await LockAsync(builder.Build(), cancellation);
    }

    /// <summary>The engine with its web side, not yet started; nobody else can start one on the same data until it is disposed.</summary>
    /// <exception cref="EngineBusyException">Another process has one.</exception>
    /// <exception cref="SettingsException">Its address needs a token.</exception>
    public async Task<WebApplication> WebAsync(CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        AddEngine(builder, isScraped: Settings.ManagementAddress is not null);
        builder.Services.AddSingleton(_texts);
        builder.AddDreamerWeb(Settings);
        var host = await LockAsync(builder.Build(), cancellation);
        host.UseDreamerWeb();
        return host;
    }

    private void AddEngine(IHostApplicationBuilder builder, bool isScraped)
    {
        builder.Services.AddSerilog();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.AddDreamer(Settings);
        builder.AddTelemetry(_configuration, isScraped);
    }

    private static async Task<T> LockAsync<T>(T host, CancellationToken cancellation) where T : IHost
    {
        try
        {
            await host.Services.GetRequiredService<EngineLock>().TakeAsync(cancellation);
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    private static IConfigurationRoot Compose(string here)
    {
        try
        {
            return new ConfigurationBuilder()
                .SetBasePath(here)
                .AddJsonFile("appsettings.json", optional: true)
                .AddDreamerEnvFile(here)
                .AddEnvironmentVariables()
                .Build();
        }
        catch (InvalidDataException e)
        {
            throw new SettingsException([$"appsettings.json is not accepted: {(e.InnerException ?? e).Message}"]);
        }
    }
}

/// <summary>Signals are the program's own: a host that also listens would stop the actors before the session could say how it ended.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

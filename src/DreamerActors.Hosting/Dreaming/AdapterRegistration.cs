using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DreamerActors.Hosting.Dreaming;

/// <summary>What works without actors: sandbox, guardian, knowledge, read model.</summary>
public static class AdapterRegistration
{
    /// <summary>Registers every adapter that the settings ask for; nothing is started before it is used.</summary>
    public static IServiceCollection AddDreamerAdapters(this IServiceCollection services, DreamerSettings settings)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddSingleton(_ => new BubblewrapSandbox(new BubblewrapOptions(settings.ProcessPriority), SandboxLimits.Default, settings.Concurrency));
        services.AddSingleton<ISandboxedReader>(provider => provider.GetRequiredService<BubblewrapSandbox>());
        services.AddSingleton<ISandboxKeeper>(provider => provider.GetRequiredService<BubblewrapSandbox>());
        services.AddSingleton<IGuardian, Guardian>();
        services.AddSingleton<BulkValidation>();
        return services;
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Energy;
using DreamerActors.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DreamerActors.Benchmarks.Energy;

/// <summary>
/// <c>wakeup-host</c>: the process that dreams while <c>wakeup</c> looks at it from outside. Takes one word a line on stdin (<c>dream</c>, <c>starve</c>,
/// <c>feed</c>, <c>wake</c>) and answers one line.
/// </summary>
internal static class DreamingHost
{
    private const int Blocked = 500;
    private static readonly Option<int> Concurrency = new("--concurrency") { Required = true };
    private static readonly Option<string> Sandbox = new("--sandbox") { Required = true };
    private static readonly Option<int> Model = new("--model") { Required = true };

    /// <summary>The name of the containers of a host, up to their number.</summary>
    public static string ContainersOf(int host) => string.Create(CultureInfo.InvariantCulture, $"dreamer-wakeup-{host}");

    public static Command Build()
    {
        var command = new Command("wakeup-host", "What `wakeup` looks at.") { Concurrency, Sandbox, Model };
        command.Hidden = true;
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var directory = Directory.CreateTempSubdirectory("dreamer-wakeup-");
        try
        {
            using var host = await StartAsync(parsed, directory.FullName, cancellation);
            var ended = new TaskCompletionSource();
            // Commands are taken on a thread of their own: the pool may be used up when the wake-up comes.
            new Thread(() =>
            {
                Obey(host.Services);
                ended.SetResult();
            }).Start();
            await ended.Task;
            await host.StopAsync(CancellationToken.None);
            return 0;
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<IHost> StartAsync(ParseResult parsed, string directory, CancellationToken cancellation)
    {
        var concurrency = parsed.GetValue(Concurrency);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddLogging();
        builder.Services.AddSingleton<IBrain>(new HostileBrain(new Uri($"http://127.0.0.1:{parsed.GetValue(Model)}")));
        builder.Services.AddSingleton<IKnowledgeStore>(new EndlessKnowledge(concurrency));
        builder.Services.AddDreamer(new DreamerSettings
        {
            OutputDirectory = Path.Combine(directory, "out"), MemoryRoot = Path.Combine(directory, "memory"), DataDirectory = Path.Combine(directory, "data"),
            Brain = "hostile", Concurrency = concurrency, Sandbox = parsed.GetRequiredValue(Sandbox), DockerNamespace = ContainersOf(Environment.ProcessId), CpuThreshold = 1, MemoryThreshold = 1,
            Limits = SandboxLimits.Default with { Wall = TimeSpan.FromMinutes(5), Cpu = TimeSpan.FromMinutes(5) },
        });
        var host = builder.Build();
        await host.StartAsync(cancellation);
        return host;
    }

    private static void Obey(IServiceProvider services)
    {
        var (engine, energy) = (services.GetRequiredService<IDreamEngine>(), services.GetRequiredService<IEnergyManager>());
        var concurrency = services.GetRequiredService<DreamerSettings>().Concurrency;
        ManualResetEventSlim? food = null;
        Task<RemReport>? session = null;
        for (var line = Console.ReadLine(); line is not null; line = Console.ReadLine())
        {
            switch (line)
            {
                case "dream":
                    session = Task.Run(() => engine.EnterRemPhaseAsync(new RemRequest(concurrency), null, CancellationToken.None));
                    break;
                case "starve":
                    food = new ManualResetEventSlim();
                    var hungry = food;
                    for (var i = 0; i < Blocked; i++) ThreadPool.QueueUserWorkItem(_ => hungry.Wait());
                    break;
                case "wake":
                    // The pool is fed by the observer once it has seen the end; only then can an answer come.
                    var waking = energy.WakeUpAsync(InterruptReason.Asked, CancellationToken.None);
                    Console.ReadLine();
                    food?.Set();
                    Answer(waking, session!);
                    break;
            }
        }
    }

#pragma warning disable VSTHRD002 // This thread does nothing else than wait for one thing after the other.
    private static void Answer(Task<WakeReport> waking, Task<RemReport> session)
    {
        var woken = waking.GetAwaiter().GetResult();
        var report = session.GetAwaiter().GetResult();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            stopped_in_ms = Math.Round(woken.StoppedIn.TotalMilliseconds, 1), killed = woken.Killed, problem = woken.Problem,
            status = report.Status.ToString().ToLower(CultureInfo.InvariantCulture),
        }));
    }
#pragma warning restore VSTHRD002
}

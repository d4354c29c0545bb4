using Akka.Actor;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DreamerActors.Hosting.Tests.Dreaming;

/// <summary>A host with a dreamer in it, on a real sandbox and a real journal, that can be stopped and started again.</summary>
internal sealed class EmbeddedDreamer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("dreamer-engine-").FullName;
    private IHost? _host;

    public IServiceProvider Services => _host!.Services;

    public IDreamEngine Engine => _host!.Services.GetRequiredService<IDreamEngine>();

    public ActorSystem System => _host!.Services.GetRequiredService<ActorSystem>();

    public IJournalReader Reader => _host!.Services.GetRequiredService<IJournalReader>();

    /// <summary>What it logged, all of it.</summary>
    public Heard Log { get; } = new();

    public DreamerSettings Settings => new()
    {
        OutputDirectory = Path.Combine(_directory, "out"),
        MemoryRoot = Path.Combine(_directory, "memory"),
        DataDirectory = Path.Combine(_directory, "data"),
        Concurrency = 1,
        // What else this machine does must not wake what a test dreams.
        ProcessPriority = 0,
        CpuThreshold = 1,
        MemoryThreshold = 1,
    };

    /// <summary>Learns so many functions.</summary>
    public async Task LearnAsync(int entities)
    {
        for (var n = 1; n <= entities; n++)
        {
            await File.WriteAllTextAsync(Path.Combine(_directory, $"part{n}.py"), $"""
                def shift{n}(x):
                    '''Adds {n} to x unless it is negative.

                    >>> shift{n}(1)
                    {1 + n}
                    >>> shift{n}(10)
                    {10 + n}
                    >>> shift{n}(-1)
                    -1
                    '''
                    if x < 0:
                        return x
                    return x + {n}

                """);
        }

        await _host!.Services.GetRequiredService<IKnowledgeStore>().IngestAsync([_directory], null, CancellationToken.None);
    }

    public async Task StartAsync(DreamerSettings? settings = null, Action<IServiceCollection>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddLogging(logging => logging.AddProvider(Log).SetMinimumLevel(LogLevel.Debug));
        configure?.Invoke(builder.Services);
        builder.Services.AddDreamer(settings ?? Settings);
        _host = builder.Build();
        await _host.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_host is null) return;
        await _host.StopAsync();
        _host.Dispose();
        _host = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

/// <summary>Acts at the first step that fits.</summary>
internal sealed class Once(Func<DreamProgress, bool> fits, Action act) : IProgress<DreamProgress>
{
    private int _done;

    public void Report(DreamProgress value)
    {
        if (fits(value) && Interlocked.Exchange(ref _done, 1) == 0) act();
    }
}

/// <summary>Remembers what was logged, and tells when something was.</summary>
internal sealed class Heard : ILoggerProvider, ILogger
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<(string Words, TaskCompletionSource Said)> _awaited = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lock) return [.. _lines];
        }
    }

    /// <summary>Ends when a line with these words is logged from now on.</summary>
    public Task AwaitAsync(string words)
    {
        var said = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock) _awaited.Add((words, said));
        return said.Task;
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = $"{formatter(state, exception)} {exception}";
        lock (_lock)
        {
            _lines.Add(line);
            foreach (var (_, said) in _awaited.Where(each => line.Contains(each.Words, StringComparison.Ordinal))) said.TrySetResult();
        }
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public void Dispose()
    {
    }
}

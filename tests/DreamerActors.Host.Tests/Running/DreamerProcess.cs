using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace DreamerActors.Host.Tests.Running;

/// <summary>How a process ended and what it said.</summary>
public sealed record Ran(int Exit, string Out, string Err)
{
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    public string[] ErrorLines => [.. Err.Split('\n').Where(line => line.StartsWith("error: ", StringComparison.Ordinal))];

    public override string ToString() => $"exit {Exit}\n--- out\n{Out}\n--- err\n{Err}";
}

/// <summary>Where things are in the repository.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    public static string SmallKnowledge => Path.Combine(Root, "tests/DreamerActors.Host.Tests/fixtures/small");

    /// <summary>Enough to dream about until somebody interrupts it.</summary>
    public static string LargeKnowledge => "/usr/lib/python3/dist-packages/more_itertools";

    private static string Configuration => AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal) ? "Debug" : "Release";

    public static string Binary(string project, string name) => Path.Combine(Root, project, "bin", Configuration, "net10.0", name);

    private static string Find(DirectoryInfo? directory) =>
        directory is null ? throw new InvalidOperationException("DreamerActors.sln is in no directory above the tests")
        : File.Exists(Path.Combine(directory.FullName, "DreamerActors.sln")) ? directory.FullName
        : Find(directory.Parent);
}

/// <summary>An empty working directory in which real processes run.</summary>
public sealed class Workspace : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dreamer-cli-");

    public string Path => _directory.FullName;

    public string Output => System.IO.Path.Combine(Path, "data/synthetic_training");

    public static string Dreamer { get; } = Repository.Binary("src/DreamerActors.Host", "dreamer.dll");

    public void Dispose() => _directory.Delete(recursive: true);

    public string Write(string name, string text)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public Task<Ran> RunAsync(params string[] arguments) => RunAsync(arguments, []);

    public async Task<Ran> RunAsync(string[] arguments, (string Key, string Value)[] environment, string? input = null, string? program = null)
    {
        using var running = Start(arguments, environment, program);
        if (input is not null)
            await running.Process.StandardInput.WriteAsync(input);
        running.Process.StandardInput.Close();
        return await running.EndAsync(Patience);
    }

    public Running Start(string[] arguments, (string Key, string Value)[] environment, string? program = null)
    {
        // Whoever runs the tests in the background has them ignore Ctrl-C, and what they start would, too.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", program ?? Dreamer, .. arguments])
        {
            WorkingDirectory = Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("DREAM", StringComparison.OrdinalIgnoreCase) || name is "ENV_FILE" or "MEMORY_ROOT" or "ENABLE_DREAMING").ToList())
            start.Environment.Remove(name);
        // What else this machine does must neither wake what a test dreams nor, because dreams give way to it, hold it up.
        start.Environment["DREAMING_PROCESS_PRIORITY"] = "0";
        start.Environment["DREAMING_CPU_THRESHOLD"] = start.Environment["DREAMING_MEMORY_THRESHOLD"] = "1";
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        return new Running(Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start"));
    }
}

/// <summary>A process that runs; its lines on stderr can be waited for.</summary>
public sealed class Running : IDisposable
{
    private readonly StringBuilder _err = new();
    private readonly StringBuilder _out = new();
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _results = Channel.CreateUnbounded<string>();
    private readonly Task _reading;

    public Running(Process process)
    {
        Process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _out, _results), ReadAsync(process.StandardError, _err, _lines));
    }

    public Process Process { get; }

    /// <summary>Waits until the process has written such a line; false when it ended without.</summary>
    public Task<bool> SaysAsync(Func<string, bool> wanted) => HasAsync(_lines, wanted);

    /// <summary>The same on stdout.</summary>
    public Task<bool> PrintsAsync(Func<string, bool> wanted) => HasAsync(_results, wanted);

    private static async Task<bool> HasAsync(Channel<string> lines, Func<string, bool> wanted)
    {
        using var watchdog = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await foreach (var line in lines.Reader.ReadAllAsync(watchdog.Token))
        {
            if (wanted(line))
                return true;
        }

        return false;
    }

    /// <summary>Sends a signal, named without its SIG.</summary>
    public async Task SignalAsync(string name)
    {
        using var kill = System.Diagnostics.Process.Start("kill", [$"-{name}", Process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Stops it until CONT. The signal is only on its way when it has been sent: a busy process answers somebody else before it takes notice.</summary>
    public async Task SuspendAsync()
    {
        await SignalAsync("STOP");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!IsSuspended())
            await Task.Delay(5, patience.Token); // the kernel tells over a question only
    }

    private bool IsSuspended()
    {
        try
        {
            return Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{Process.Id}/task"))
                .All(thread => File.ReadLines(Path.Combine(thread, "status")).Any(line => line.StartsWith("State:\tT", StringComparison.Ordinal)));
        }
        catch (IOException)
        {
            return false; // a thread ended meanwhile, so not all had been stopped
        }
    }

    public async Task<Ran> EndAsync(TimeSpan patience)
    {
        using var watchdog = new CancellationTokenSource(patience);
        await Process.WaitForExitAsync(watchdog.Token);
        await _reading;
        return new Ran(Process.ExitCode, _out.ToString(), _err.ToString());
    }

    public void Dispose()
    {
        if (!Process.HasExited)
            Process.Kill(entireProcessTree: true);
        Process.Dispose();
    }

    private static async Task ReadAsync(StreamReader from, StringBuilder all, Channel<string> lines)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            all.Append(line).Append('\n');
            await lines.Writer.WriteAsync(line);
        }

        lines.Writer.Complete();
    }
}

/// <summary>Processes of different test classes take turns: a small machine has two processors.</summary>
[CollectionDefinition(Name)]
public sealed class Processes
{
    public const string Name = "processes";
}

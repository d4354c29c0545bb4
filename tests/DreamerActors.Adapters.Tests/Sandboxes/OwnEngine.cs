using System.Diagnostics;
using System.Globalization;

namespace DreamerActors.Adapters.Tests.Sandboxes;

/// <summary>An engine for faults alone: it can be killed, stopped, started again and left without space. Its data lie in memory of a fixed size.</summary>
public sealed class OwnEngine : IAsyncLifetime
{
    private const string MemoryForData = "size=1400m";
    private readonly string _folder = Directory.CreateTempSubdirectory("dreamer-engine-").FullName;
    private readonly string _data = Directory.CreateTempSubdirectory("dreamer-data-").FullName;

    public Uri Address => new($"unix://{_folder}/sock");

    private int Pid => int.Parse(File.ReadAllText(Path.Combine(_folder, "pid")), CultureInfo.InvariantCulture);

    public async Task InitializeAsync()
    {
        if (Needs.Engine.Length == 0)
            return;
        await RunAsync("mount", "-t", "tmpfs", "-o", MemoryForData, "none", _data);
        await StartAsync();
        await RunAsync("docker", "-H", Address.OriginalString, "load", "-q", "-i", Needs.Archive);
    }

    public async Task DisposeAsync()
    {
        if (Needs.Engine.Length > 0)
            await RunAsync(Script, "stop", _folder, _data);
    }

    public Task StartAsync() => RunAsync(Script, "start", _folder, _data);

    public async Task KillAsync()
    {
        using var engine = Process.GetProcessById(Pid);
        engine.Kill();
        await engine.WaitForExitAsync();
    }

    public Task PauseAsync() => RunAsync("kill", "-STOP", Pid.ToString(CultureInfo.InvariantCulture));

    public Task GoOnAsync() => RunAsync("kill", "-CONT", Pid.ToString(CultureInfo.InvariantCulture));

    /// <summary>Takes all space where the engine writes, until the result is disposed.</summary>
    public IDisposable Fill()
    {
        var path = Path.Combine(_data, "full");
        var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 4096, FileOptions.DeleteOnClose);
        var block = new byte[1 << 20];
        try
        {
            while (true)
            {
                file.Write(block);
                file.Flush();
            }
        }
        catch (IOException)
        {
            return file; // no space is left, which was asked for
        }
    }

    private static string Script { get; } = Path.Combine(Root(new DirectoryInfo(AppContext.BaseDirectory)), "tests/engine");

    private static string Root(DirectoryInfo directory) =>
        File.Exists(Path.Combine(directory.FullName, "DreamerActors.sln")) ? directory.FullName : Root(directory.Parent!);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit {process.ExitCode}");
    }
}

/// <summary>Pauses are short, and nothing but pauses counts as time: how busy the machine is makes no difference.</summary>
internal sealed class HurriedTime : TimeProvider
{
    private const int Faster = 20;
    private long _paused;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _paused);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime <= TimeSpan.Zero)
            return System.CreateTimer(callback, state, dueTime, period);
        Interlocked.Add(ref _paused, dueTime.Ticks);
        return System.CreateTimer(callback, state, dueTime / Faster, period);
    }
}

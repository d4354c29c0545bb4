using System.Diagnostics;
using System.Reflection;

namespace DreamerActors.Benchmarks.Guarding;

/// <summary>The baseline: <c>python3</c> started for one task, tests and solution in it together, no protection of any kind.</summary>
internal sealed class BareInterpreter : IAsyncDisposable
{
    public const string Name = "a fresh bare `python3` process per task, no isolation";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dreamer-bench-");
    private readonly string _runner;

    public BareInterpreter()
    {
        _runner = Path.Combine(_folder.FullName, "bare.py");
        using var source = Assembly.GetExecutingAssembly().GetManifestResourceStream("bare.py")!;
        using var target = File.Create(_runner);
        source.CopyTo(target);
    }

    /// <summary>Runs one task; true when every test passed.</summary>
    public async Task<bool> RunAsync(GuardianTask task, CancellationToken cancellation)
    {
        var folder = _folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "solution.py"), task.Code, cancellation);
        await File.WriteAllTextAsync(Path.Combine(folder, "test_solution.py"), task.TestCode, cancellation);
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/python3", [_runner])
        {
            WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}

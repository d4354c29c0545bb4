using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace DreamerActors.Adapters.Tests;

/// <summary>A file of lines on a disk that is really full.</summary>
public sealed class LineFileTests : IDisposable
{
    private readonly DirectoryInfo _disk = Directory.CreateTempSubdirectory("dreamer-disk-");
    private bool _isMounted;

    public void Dispose()
    {
        if (_isMounted) Run("umount", _disk.FullName);
        _disk.Delete();
    }

    [SkippableFact]
    public async Task Lines_wait_until_there_is_room_and_none_is_lost_or_half()
    {
        Needs.Root();
        Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", _disk.FullName);
        _isMounted = true;
        var (ballast, path) = (Path.Combine(_disk.FullName, "ballast"), Path.Combine(_disk.FullName, "lines"));
        await File.WriteAllBytesAsync(ballast, new byte[40 << 10]);
        var (time, waits) = (new FakeTimeProvider(), new TaskCompletionSource<string>());
        string[] lines = [.. Enumerable.Range(0, 40).Select(number => $"{number} " + new string('x', 1000))];
        await using (var file = new LineFile(path, waits.SetResult, time))
        {
            var writing = Task.Run(async () =>
            {
                foreach (var line in lines) await file.WriteAsync(line, CancellationToken.None);
            });
            Assert.Contains(path, await waits.Task, StringComparison.Ordinal);
            Assert.Equal("", (await File.ReadAllTextAsync(path)).Split('\n')[^1]);
            File.Delete(ballast);
            while (!writing.IsCompleted)
            {
                time.Advance(LineFile.Pause);
                await Task.Yield();
            }
            await writing;
        }

        Assert.Equal(lines, await File.ReadAllLinesAsync(path));
    }

    [Fact]
    public async Task A_pipe_gets_its_lines_too()
    {
        using var reader = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await using (var file = new LineFile($"/proc/{reader.Id}/fd/0", _ => { }, TimeProvider.System))
            await file.WriteAsync("line", CancellationToken.None);
        reader.StandardInput.Close();
        Assert.Equal("line\n", await reader.StandardOutput.ReadToEndAsync());
    }

    private static void Run(string program, params string[] arguments)
    {
        using var running = Process.Start(program, arguments);
        running.WaitForExit();
        Assert.True(running.ExitCode == 0, $"{program} {string.Join(' ', arguments)}");
    }
}

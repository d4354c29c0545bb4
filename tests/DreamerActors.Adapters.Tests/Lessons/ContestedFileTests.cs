using System.Diagnostics;
using DreamerActors.Adapters.Lessons;

namespace DreamerActors.Adapters.Tests.Lessons;

/// <summary>Another program writes the file while we replace it: what it wrote is never lost.</summary>
public sealed class ContestedFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_is_replaced_as_it_was_seen_and_stands_when_it_was_written_since()
    {
        var path = _folder.File("lessons.json", "new");
        Assert.False(ContestedFile.TryReplace(path, "ours"u8.ToArray(), "old"u8.ToArray()));
        Assert.False(ContestedFile.TryReplace(path, "ours"u8.ToArray(), null));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.True(ContestedFile.TryReplace(path, "ours"u8.ToArray(), "new"u8.ToArray()));
        Assert.Equal("ours", File.ReadAllText(path));
        File.Delete(path);
        Assert.False(ContestedFile.TryReplace(path, "ours"u8.ToArray(), "ours"u8.ToArray()));
        Assert.True(ContestedFile.TryReplace(path, "ours"u8.ToArray(), null));
        Assert.Equal(["lessons.json"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Of_500_writes_of_a_python_host_that_race_with_a_replacement_none_is_lost()
    {
        const int Rounds = 500;
        const string Host = """
            import random, sys, time
            for line in sys.stdin:
                at = time.perf_counter() + random.random() * 0.004
                while time.perf_counter() < at: pass
                with open(sys.argv[1], "w", buffering=1) as file:
                    file.write("first half\n")
                    file.write("second half of " + line)
                print(flush=True)
            """;
        var path = _folder.File("lessons.json", "");
        using var host = Process.Start(new ProcessStartInfo("/usr/bin/python3", ["-c", Host, path]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var (replaced, lost) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            File.WriteAllText(path, "seen");
            host.StandardInput.Write($"{round}\n");
            host.StandardInput.Flush();
            replaced += ContestedFile.TryReplace(path, "ours"u8.ToArray(), "seen"u8.ToArray()) ? 1 : 0;
            host.StandardOutput.ReadLine();
            lost += File.ReadAllText(path) == $"first half\nsecond half of {round}\n" ? 0 : 1;
        }
        host.StandardInput.Close();
        host.WaitForExit();
        Assert.Equal(0, lost);
        Assert.InRange(replaced, 1, Rounds - 1); // each was the first now and then
    }
}

using System.Text.Json;
using DreamerActors.Host.Terminal;

namespace DreamerActors.Host.Tests;

public sealed class LogsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dreamer-logs-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Hostile_text_is_escaped_in_the_file_and_still_the_text_that_was_written()
    {
        const string Hostile = "a\u001b[31m \u009b31m \u202e.exe \U000e0041 {\"@l\":\"Fatal\"}\r\n{\"@m\":\"forged\",\"Session\":\"forged\"} \"zażółć\" 🌙 /dream-session/3/forged/forged";
        var log = Logs.Open(_folder.FullName);
        log.ForContext("Detail", Hostile).Warning(new InvalidOperationException(Hostile), "Said {Text}", Hostile);
        ((IDisposable)log).Dispose();
        var line = Assert.Single(Lines());
        Assert.True(line == SafeText.Clean(line), line);
        var read = JsonDocument.Parse(line).RootElement;
        Assert.Equal((Hostile, Hostile), (read.GetProperty("Text").GetString(), read.GetProperty("Detail").GetString()));
        Assert.Contains("🌙", line, StringComparison.Ordinal);
        Assert.Equal(Environment.MachineName, read.GetProperty("Node").GetString());
        Assert.False(read.TryGetProperty("Session", out _));
    }

    private IEnumerable<string> Lines() => Directory.EnumerateFiles(Path.Combine(_folder.FullName, Logs.Directory)).SelectMany(File.ReadLines);
}

using System.Text.RegularExpressions;
using DreamerActors.Host.Tests.Running;
using DreamerActors.Hosting.Settings;

namespace DreamerActors.Host.Tests;

[Collection(Processes.Name)]
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

    [Fact]
    public void The_configuration_table_lists_every_key_with_its_default_and_nothing_else()
    {
        var rows = Row().Matches(Readme).Select(row => (Key: row.Groups[1].Value, Default: row.Groups[2].Value));
        Assert.Equal(SettingKeys.All.Select(key => (key.Name, key.Default)), rows);
    }

    [SkippableFact]
    public async Task Every_command_of_the_readme_does_what_it_says_in_the_order_it_stands_there()
    {
        Needs.Sandbox();
        using var workspace = new Workspace();
        foreach (var file in Directory.GetFiles(Repository.SmallKnowledge))
            workspace.Write(Path.Combine("mypackage", Path.GetFileName(file)), await File.ReadAllTextAsync(file));
        workspace.Write("solution.py", "def add(a, b):\n    return a + b\n");
        workspace.Write("test_solution.py", "from solution import add\n\ndef test_add():\n    assert add(1, 2) == 3\n    assert add(-1, 1) == 0\n");
        workspace.Write("tasks.jsonl", """{"id":"a","code":"def f(x):\n    return x * x\n","test_code":"from solution import f\ndef test_f():\n    assert f(3) == 9\n    assert f(-2) == 4\n"}""");

        foreach (var line in Command().Matches(Readme).Select(match => match.Groups[1].Value.Trim()).Where(line => line != "test").Distinct())
        {
            var command = line.Replace("3ad33cf3", KeptDream(workspace), StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var ran = line == "run" ? await StopRunningAsync(workspace) : await workspace.RunAsync(command);
            Assert.True(ran.Exit == 0, $"{line}: {ran}");
            var help = await workspace.RunAsync([.. command.TakeWhile(word => !word.StartsWith('-')), "--help"]);
            Assert.True(help.Exit == 0 && help.Err.Length == 0, $"{line}: {help}");
        }

        Assert.Contains("\"verdict\":\"pass\"", await File.ReadAllTextAsync(Path.Combine(workspace.Path, "verdicts.jsonl")), StringComparison.Ordinal);
    }

    private static async Task<Ran> StopRunningAsync(Workspace workspace)
    {
        using var host = await RunningHost.StartAsync(workspace);
        await host.Running.SignalAsync("TERM");
        return await host.Running.EndAsync(TimeSpan.FromMinutes(1));
    }

    private static string KeptDream(Workspace workspace) =>
        Directory.Exists(workspace.Output) && Directory.GetFiles(workspace.Output, "dream_*.py").FirstOrDefault() is { } file ? Path.GetFileNameWithoutExtension(file)["dream_".Length..] : "none";

    [Fact]
    public void Every_exit_code_is_listed() =>
        Assert.All(new[] { 0, 2, 3, 4, 5, 6, 69 }, code => Assert.Contains($"| {code} |", Readme, StringComparison.Ordinal));

    [Fact]
    public void Every_anchor_of_the_glossary_exists() =>
        Assert.All(
            Anchor().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/glossary.md"))),
            anchor => Assert.True(Path.Exists(Path.Combine(Repository.Root, anchor.Groups[1].Value)), anchor.Groups[1].Value));

    [GeneratedRegex(@"^\| `([A-Z_]+)` \| `?([^|`]*?)`? \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"^\./dreamer ([^#\n]*)", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex("`((?:src|hocon|docs)/[^`]+)`")]
    private static partial Regex Anchor();
}

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

    public static TheoryData<string> Commands() =>
        [.. Command().Matches(Readme).Select(match => match.Groups[1].Value.Trim()).Where(line => !line.StartsWith("test", StringComparison.Ordinal)).Distinct()];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Every_command_of_the_readme_is_understood(string line)
    {
        using var workspace = new Workspace();
        var ran = await workspace.RunAsync([.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        Assert.True(ran.Exit == 0 && ran.Err.Length == 0, ran.ToString());
    }

    [Fact]
    public void Every_exit_code_is_listed() =>
        Assert.All(new[] { 0, 2, 3, 4, 5, 69 }, code => Assert.Contains($"| {code} |", Readme, StringComparison.Ordinal));

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

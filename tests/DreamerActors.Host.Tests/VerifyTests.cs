using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>A kept dream's two files are enough to prove it again, and to see that somebody changed them.</summary>
[Collection(Processes.Name)]
public sealed class VerifyTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [SkippableFact]
    public async Task A_kept_dream_is_proven_again_from_its_files_and_a_changed_one_is_told()
    {
        Needs.Sandbox();
        Assert.Equal(0, (await _workspace.RunAsync("dream", "--knowledge", Repository.SmallKnowledge, "--max-scenarios", "3", "--json")).Exit);
        // Elsewhere, without journal and knowledge.
        using var elsewhere = new Workspace();
        var json = Directory.GetFiles(_workspace.Output, "dream_*.json").Order().First();
        var file = elsewhere.Write(Path.GetFileName(json), await File.ReadAllTextAsync(json));
        var code = await File.ReadAllTextAsync(Path.ChangeExtension(json, "py"));
        elsewhere.Write(Path.GetFileName(Path.ChangeExtension(json, "py")), code);

        var again = await elsewhere.RunAsync("verify", file, "--json");
        Assert.True(again.Exit == 0, again.ToString());
        Assert.Equal("proven", again.Json.GetProperty("result").GetString());
        Assert.Equal(0, again.Json.GetProperty("differences").GetArrayLength());

        var other = await elsewhere.RunAsync(["verify", file, "--json"], [("DREAMING_SANDBOX_OUTPUT_KB", "1")]);
        Assert.Equal(0, other.Exit); // the certificate's limits count, not the settings

        elsewhere.Write(Path.GetFileName(Path.ChangeExtension(json, "py")), code + "# edited\n");
        var changed = await elsewhere.RunAsync("verify", file, "--json");
        Assert.Equal((6, "changed"), (changed.Exit, changed.Json.GetProperty("result").GetString()));
        elsewhere.Write(Path.GetFileName(Path.ChangeExtension(json, "py")), code + "\nraise SystemExit\n");
        var refused = await elsewhere.RunAsync("verify", file, "--json");
        Assert.Equal((6, "refused"), (refused.Exit, refused.Json.GetProperty("result").GetString()));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[")]
    [InlineData("""{"dream_id":"a","code_file":"../other.py","test_code":"","verdict":{"strict":true}}""")]
    public async Task What_is_no_dreams_file_is_refused_by_name(string text)
    {
        _workspace.Write("dream_x.json", text);
        var ran = await _workspace.RunAsync("verify", "dream_x.json");
        Assert.Equal(5, ran.Exit);
        Assert.Contains("dream_x.json", Assert.Single(ran.ErrorLines), StringComparison.Ordinal);
    }
}

using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

[Collection(Processes.Name)]
public sealed class CommandLineTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    private static void Refused(Ran ran, int exit, string names)
    {
        Assert.True(ran.Exit == exit, ran.ToString());
        var error = Assert.Single(ran.ErrorLines);
        Assert.Contains(names, error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", ran.Err, StringComparison.Ordinal);
        Assert.Empty(ran.Out);
    }

    [Theory]
    [InlineData("bogus", "bogus")]
    [InlineData("dream --max-scenarios 0", "1 to 10000")]
    [InlineData("dream --max-scenarios many", "1 to 10000")]
    [InlineData("dream --difficulty hard", "--difficulty hard is not accepted: simple, medium, complex")]
    [InlineData("export --format csv", "--format csv is not accepted: alpaca, sharegpt, chatml, jsonl, dpo, repair")]
    [InlineData("export --source dreams --source web", "--source web")]
    [InlineData("lessons delete --from yesterday --to today", "--to today is not accepted: a moment")]
    [InlineData("lessons delete --last many", "1 to 10000")]
    [InlineData("lessons delete", "--last, --tag")]
    [InlineData("dream --resume --max-scenarios 3", "--resume")]
    [InlineData("validate --code a.py", "--tests")]
    [InlineData("validate --code nowhere.py --tests nowhere.py", "nowhere.py")]
    [InlineData("journal show 00000000", "00000000")]
    public async Task A_wrong_command_gets_one_error_and_exit_code_2(string line, string names) =>
        Refused(await _workspace.RunAsync(line.Split(' ')), 2, names);

    [Fact]
    public async Task A_wrong_setting_gets_one_error_per_key_and_exit_code_2()
    {
        var ran = await _workspace.RunAsync(["status"], [("DREAMING_MAX_SCENARIOS", "none"), ("DREAMING_CPU_THRESHOLD", "70")]);
        Assert.Equal(2, ran.Exit);
        Assert.Equal(2, ran.ErrorLines.Length);
    }

    [Fact]
    public async Task The_process_environment_wins_over_the_env_file_and_that_over_appsettings()
    {
        _workspace.Write("appsettings.json", """{ "DREAMING_OUTPUT_DIR": "from-json", "DREAMING_MEMORY_ROOT": "from-json", "DREAMING_BRAIN": "recall" }""");
        _workspace.Write(".env", "DREAMING_OUTPUT_DIR=from-file\nDREAMING_SANDBOX=wrong\n");
        var ran = await _workspace.RunAsync(["status", "--json"], [("DREAMING_SANDBOX", "bubblewrap")]);
        Assert.True(ran.Exit == 0, ran.ToString());
        Assert.Equal(Path.Combine(_workspace.Path, "from-file"), ran.Json.GetProperty("output_directory").GetString());
    }

    [Fact]
    public async Task A_path_that_is_missing_is_named() =>
        Refused(await _workspace.RunAsync("dream", "--knowledge", "nowhere"), 2, "nowhere");

    [SkippableFact]
    public async Task A_file_that_is_not_utf8_is_named()
    {
        Needs.Sandbox();
        File.WriteAllBytes(Path.Combine(_workspace.Path, "latin.py"), [.. "x = '"u8, 0xe9, .. "'\n"u8]);
        Refused(await _workspace.RunAsync("dream", "--knowledge", "latin.py"), 2, "latin.py");
    }

    [SkippableFact]
    public async Task A_file_of_100_megabytes_is_refused_by_name()
    {
        Needs.Sandbox();
        await using (var file = File.Create(Path.Combine(_workspace.Path, "huge.py")))
            file.SetLength(100L << 20);
        Refused(await _workspace.RunAsync("ingest", "huge.py"), 2, "huge.py");
    }

    [SkippableFact]
    public async Task A_folder_without_python_is_named()
    {
        Needs.Sandbox();
        Directory.CreateDirectory(Path.Combine(_workspace.Path, "pictures"));
        _workspace.Write("pictures/cat.txt", "meow");
        Refused(await _workspace.RunAsync("dream", "--knowledge", "pictures"), 2, "pictures");
    }

    [SkippableFact]
    public async Task A_solution_is_proven_or_refused()
    {
        Needs.Sandbox();
        _workspace.Write("good.py", "def add(a, b):\n    return a + b\n");
        _workspace.Write("bad.py", "def add(a, b):\n    return a - b\n");
        _workspace.Write("tests.py", "from solution import add\n\ndef test_add():\n    assert add(1, 2) == 3\n    assert add(-1, 1) == 0\n");
        var good = await _workspace.RunAsync("validate", "--code", "good.py", "--tests", "tests.py", "--json");
        Assert.True(good.Exit == 0, good.ToString());
        Assert.Equal("pass", good.Json.GetProperty("verdict").GetString());
        var bad = await _workspace.RunAsync("validate", "--code", "bad.py", "--tests", "tests.py", "--json");
        Assert.Equal(("fail", "TESTS"), (bad.Json.GetProperty("verdict").GetString(), bad.Json.GetProperty("kind").GetString()));
        Assert.Equal(0, bad.Exit);
    }

    [SkippableFact]
    public async Task Many_tasks_are_judged_line_by_line_and_a_broken_line_is_named()
    {
        Needs.Sandbox();
        const string Tests = "from solution import f\\ndef test_f():\\n    assert f(2) == 4\\n";
        var lines = $$"""
            {"id":"a","code":"def f(x):\n    return x * x\n","test_code":"{{Tests}}"}

            {"id":"b","code":"def f(x):\n    return x\n","test_code":"{{Tests}}"}
            {"id":"c","code":
            """;
        var ran = await _workspace.RunAsync(["validate", "--jsonl", "-", "--lenient", "--concurrency", "2"], [], lines);
        Assert.True(ran.Exit == 5, ran.ToString());
        var verdicts = ran.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => new Ran(0, line, "").Json)
            .ToDictionary(v => v.GetProperty("id").GetString()!, v => v.GetProperty("verdict").GetString());
        Assert.Equal(new Dictionary<string, string?> { ["a"] = "pass", ["b"] = "fail", ["line 4"] = "error" }, verdicts);
    }
}

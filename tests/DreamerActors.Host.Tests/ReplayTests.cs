using System.Diagnostics;
using System.Text.Json;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>Kept dreams on another Python: what broke there is found and named, and nothing else is.</summary>
[Collection(Processes.Name)]
public sealed class ReplayTests : IDisposable
{
    private const string BrokenFunction = "\n\ndef bisect_left(a, x, lo=0, hi=None):\n    return 1\n";
    private readonly Workspace _workspace = new();
    private readonly string _image = $"dreamer-replay:{Guid.NewGuid():N}";

    public void Dispose() => _workspace.Dispose();

    [SkippableFact]
    public async Task Kept_dreams_pass_on_the_same_python_and_what_broke_in_another_is_found_and_named()
    {
        Needs.Sandbox();
        await DreamAsync();
        var same = await _workspace.RunAsync("replay", "--python", "/bin/python3", "--json");
        Assert.True(same.Exit == 0, same.ToString());
        Assert.Equal(2, same.Json.GetProperty("proven").GetInt32());

        _workspace.Write("silent/lib/python3.99/os.py", "");
        _workspace.Write("silent/bin/python3", "#!/bin/sh\necho its library is missing >&2\nexit 127\n");
        await ShellAsync("chmod -R go+rX .. && chmod +x ../silent/bin/python3");
        var silent = await _workspace.RunAsync("replay", "--python", "silent/bin/python3");
        Assert.Equal((5, "error: the sandbox does not start: its library is missing"), (silent.Exit, Assert.Single(silent.ErrorLines)));

        await ShellAsync("""
            library=$(dirname /usr/lib/python3.*/os.py)
            mkdir -p bin lib && cp -L /usr/bin/python3 bin/ && cp -r "$library" lib/ && printf "$0" >>lib/"$(basename "$library")"/bisect.py && chmod -R go+rX "$PWD/.."
            """, BrokenFunction);
        await FindsTheRegressionAsync([], "--python", Path.Combine(_workspace.Path, "other/bin/python3"));
    }

    [SkippableFact]
    public async Task A_second_interpreter_in_an_image_comes_first_in_its_path_and_what_broke_in_it_is_found_and_named()
    {
        Needs.Sandbox();
        Needs.Docker();
        await DreamAsync();
        (string, string)[] engine = [("DOCKER_HOST", Needs.Engine)];
        var same = await _workspace.RunAsync(["replay", "--image", Needs.Image, "--json"], engine);
        Assert.True(same.Exit == 0 && same.Json.GetProperty("proven").GetInt32() == 2, same.ToString());
        try
        {
            // As in the images of python:3.x: an interpreter in /usr/local beside Debian's.
            await ShellAsync("""
                container=$(docker create "$1" true) && docker export "$container" | tar -x --wildcards 'usr/lib/python3.*/*' usr/bin/python3 'usr/bin/python3.*' && cd usr
                printf "$0" | tee -a lib/python3.*/bisect.py >/dev/null && cp -L bin/python3 python3 && rm bin/* && mv python3 bin/ && docker cp . "$container":/usr/local/
                docker commit "$container" "$2" && docker rm "$container"
                """, BrokenFunction, Needs.Image, _image);
            await FindsTheRegressionAsync(engine, "--image", _image);

            var place = Directory.GetFiles(_workspace.Output, "dream_*.json").Single(file => File.ReadAllText(file).Contains("mine.place", StringComparison.Ordinal));
            var verified = await _workspace.RunAsync(["verify", place, "--image", _image, "--json"], engine);
            Assert.Equal((6, "refused"), (verified.Exit, verified.Json.GetProperty("result").GetString()));
        }
        finally
        {
            await ShellAsync("docker rmi -f \"$1\"", "", _image);
        }
    }

    [SkippableFact]
    public async Task What_is_no_interpreter_is_refused_at_once_and_by_name()
    {
        Needs.Sandbox();
        Assert.Equal(3, (await _workspace.RunAsync("replay")).Exit);
        var missing = await _workspace.RunAsync("replay", "--python", "/nowhere/python3");
        Assert.Equal(2, missing.Exit);
        Assert.Contains("/nowhere/python3", Assert.Single(missing.ErrorLines), StringComparison.Ordinal);
        // Whatever lies beside it would be shown to untrusted code.
        var alone = _workspace.Write("bin/python3", "#!/bin/sh\n");
        var refused = await _workspace.RunAsync("replay", "--python", alone);
        Assert.Equal(5, refused.Exit);
        Assert.Contains("is no Python that can be shown to the sandbox", Assert.Single(refused.ErrorLines), StringComparison.Ordinal);
    }

    private async Task DreamAsync()
    {
        _workspace.Write("mypackage/mine.py", "import bisect\n\n\ndef place(values, value):\n    \"\"\"Where a value goes.\n\n    >>> place([1, 3, 5], 4)\n    2\n    >>> place([1, 3, 5], 0)\n    0\n    \"\"\"\n    return bisect.bisect_left(values, value)\n\n\n"
            + "def twice(text):\n    \"\"\"A text twice.\n\n    >>> twice('ab')\n    'abab'\n    >>> twice('')\n    ''\n    \"\"\"\n    return text + text\n");
        var dreamt = await _workspace.RunAsync(["dream", "--knowledge", "mypackage", "--json"], [("DREAMING_VALIDATION_STRICT", "false"), ("DREAMING_SANDBOX", "bubblewrap")]);
        Assert.True(dreamt.Exit == 0 && dreamt.Json.GetProperty("dreams_successful").GetInt32() == 2, dreamt.ToString());
    }

    private async Task FindsTheRegressionAsync((string, string)[] environment, params string[] where)
    {
        var ran = await _workspace.RunAsync(["replay", .. where, "--record", "--out", "report.md", "--json"], environment);
        Assert.True(ran.Exit == 6, ran.ToString());
        Assert.Equal((1, 1), (ran.Json.GetProperty("regressions").GetInt32(), ran.Json.GetProperty("proven").GetInt32()));
        var group = Assert.Single(ran.Json.GetProperty("groups").EnumerateArray(), each => each.GetProperty("library").GetString() == "bisect");
        Assert.Equal("mine.place", Assert.Single(group.GetProperty("dreams").EnumerateArray()).GetProperty("title").GetString()!.Split(':')[0]);
        var told = Directory.GetFiles(_workspace.Output, "dream_*.json").Select(file => JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("replays")[0].GetProperty("proven").GetBoolean());
        Assert.Equal([false, true], told.Order());
        Assert.Contains("## bisect ", await File.ReadAllTextAsync(Path.Combine(_workspace.Path, "report.md")), StringComparison.Ordinal);
    }

    /// <summary>Runs shell commands in the folder <c>other</c> of the workspace.</summary>
    private async Task ShellAsync(string commands, params string[] arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-ec", commands, .. arguments])
        {
            WorkingDirectory = Directory.CreateDirectory(Path.Combine(_workspace.Path, "other")).FullName, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["DOCKER_HOST"] = Needs.Engine;
        using var shell = Process.Start(start)!;
        var (said, errors) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        await shell.WaitForExitAsync();
        Assert.True(shell.ExitCode == 0, $"{await said}{await errors}");
    }
}

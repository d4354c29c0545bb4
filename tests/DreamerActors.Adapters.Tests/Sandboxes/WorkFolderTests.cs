using DreamerActors.Adapters.Tests.Guarding;

namespace DreamerActors.Adapters.Tests.Sandboxes;

/// <summary>The folder that both sides of a job may write to is as good as new (invariant I8).</summary>
[Collection(nameof(BubblewrapFixture))]
public sealed class WorkFolderTests(BubblewrapFixture fixture)
{
    [SkippableTheory]
    [InlineData("os.listdir('/tmp')")]
    [InlineData("open('/tmp/left', 'w').close(); os.remove('/tmp/left')")]
    [InlineData("os.chmod('/tmp', 0o777)")]
    [InlineData("os.utime('/tmp', (1, 1))")]
    [InlineData("os.setxattr('/tmp', 'user.left', b'left')", "ENOTSUP")] // old kernels
    public async Task A_work_folder_that_somebody_came_near_is_not_used_again(string act, string unless = "")
    {
        Needs.Sandbox();
        await using var sandbox = GuardianFixture.Make(fixture.NewJailer(), 1);
        var doing = $"import errno, os\n\ndef f():\n    try: {act}\n    except OSError as error:\n        if errno.errorcode[error.errno] != '{unless}': raise\n    return 'as new'\n";
        const string Looking = """
            import os
            def f():
                seen = os.stat('/tmp')
                told = oct(seen.st_mode), len({seen.st_atime_ns, seen.st_mtime_ns, seen.st_ctime_ns}), os.listxattr('/tmp'), os.listdir('/tmp')
                return 'as new' if told == ('0o40700', 1, [], []) else told
            """;
        foreach (var code in new[] { Looking, doing, Looking })
            Assert.Equal(("passed", null), await GuardianFixture.ReportAsync(sandbox, code, "assert f() == 'as new'"));
    }

    [SkippableFact]
    public async Task A_work_folder_that_nobody_came_near_is_used_again()
    {
        Needs.Sandbox();
        await using var sandbox = GuardianFixture.Make(fixture.NewJailer(), 1);
        var made = new HashSet<(string, string?)>();
        for (var job = 0; job < 5; job++)
            made.Add(await GuardianFixture.ReportAsync(sandbox, "import os\n\ndef f():\n    raise ValueError(os.stat('/tmp').st_ctime_ns)\n", "f()"));
        Assert.StartsWith("ValueError: ", Assert.Single(made).Item2, StringComparison.Ordinal);
    }
}

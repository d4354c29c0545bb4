namespace DreamerActors.Tests;

/// <summary>Real components that a test cannot do without: missing means skipped on a user's machine and failed in CI.</summary>
internal static class Needs
{
    /// <summary>The bubblewrap sandbox with the guardian's static rules.</summary>
    public static void Sandbox()
    {
        Program("/usr/bin/bwrap", "bubblewrap");
        Program("/usr/bin/python3", "python3");
        Program("/usr/lib/python3/dist-packages/bandit", "python3-bandit");
    }

    private static void Program(string path, string package)
    {
        if (Path.Exists(path)) return;
        var missing = $"needs {path}: apt-get install {package}";
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(missing);
        Skip.If(true, missing);
    }
}

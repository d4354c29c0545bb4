namespace DreamerActors.Adapters.Tests;

/// <summary>Real components that a machine may lack: skipped there, a failure in CI.</summary>
internal static class Needs
{
    public static void Bubblewrap()
    {
        var there = File.Exists("/usr/bin/bwrap") && File.Exists("/usr/bin/python3");
        if (Environment.GetEnvironmentVariable("CI") == "true")
            Assert.True(there, "bubblewrap and python3 must be installed in CI");
        Skip.IfNot(there, "bubblewrap or python3 is not installed");
    }
}

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

    /// <summary>A Docker engine that may be killed and filled, with the sandbox's image.</summary>
    public static void Docker() => There(Engine.Length > 0, "needs a Docker engine of its own: `./dreamer test` starts one, as root");

    /// <summary>Where the engine that was started for the tests listens.</summary>
    public static string Engine { get; } = Environment.GetEnvironmentVariable("DREAMER_TEST_ENGINE") ?? "";

    /// <summary>The sandbox's image in that engine.</summary>
    public static string Image { get; } = Environment.GetEnvironmentVariable("DREAMER_TEST_IMAGE") ?? "";

    /// <summary>The same image as a file.</summary>
    public static string Archive { get; } = Environment.GetEnvironmentVariable("DREAMER_TEST_ARCHIVE") ?? "";

    /// <summary>A folder with the plugin by which that engine runs docker-compose.yml.</summary>
    public static string Compose { get; } = Environment.GetEnvironmentVariable("DREAMER_TEST_COMPOSE") ?? "";

    /// <summary>The process that computes model files; `./dreamer test` builds it.</summary>
    public static string LlamaWorker()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DreamerActors.sln"))) folder = folder.Parent;
        var worker = Path.Combine(folder?.FullName ?? "", "src/DreamerActors.LlamaWorker/bin/Release/net10.0/dreamer-llama.dll");
        There(File.Exists(worker), $"needs {worker}: `./dreamer test` builds it");
        return worker;
    }

    /// <summary>The programs of a PostgreSQL server.</summary>
    public static void Postgres(string programs) => There(programs.Length > 0, "needs /usr/lib/postgresql/*/bin/initdb: apt-get install postgresql");

    /// <summary>A module of the system's Python, for readers that are not ours.</summary>
    public static void Python(string module, string package) => Program($"/usr/lib/python3/dist-packages/{module}", package);

    /// <summary>The right to mount a file system that is soon full.</summary>
    public static void Root() => There(Environment.IsPrivilegedProcess, "needs root");

    /// <summary>A browser.</summary>
    public static void Chromium() => Program("/usr/bin/chromium", "chromium");

    private static void Program(string path, string package) => There(Path.Exists(path), $"needs {path}: apt-get install {package}");

    private static void There(bool there, string missing)
    {
        if (there) return;
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(missing);
        Skip.If(true, missing);
    }
}

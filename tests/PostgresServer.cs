using System.Diagnostics;
using System.Globalization;

namespace DreamerActors.Tests;

/// <summary>A PostgreSQL server of a test's own, from Debian's package: listens on a socket only, never runs as root, and ends with the test's process however that ends.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    public const string Password = "a-password-that-no-log-may-show";

    private const string User = "dreamer";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dreamer-pg-");
    private Process? _server;
    private int _databases;

    private static string Programs { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb"))).Max() ?? ""
        : "";

    private string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>A connection string for a database of this name.</summary>
    public string Connection(string database) => $"Host={_folder.FullName};Database={database};Username={User};Password={Password}";

    public async Task InitializeAsync()
    {
        if (Programs.Length == 0) return; // whoever asks for a database then hears what is missing
        var password = Path.Combine(_folder.FullName, "password");
        await File.WriteAllTextAsync(password, Password);
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", "-R", "postgres", _folder.FullName);
        await RunAsync([.. AsNobodySpecial(), Path.Combine(Programs, "initdb"), "-D", Data, "-U", User, "-A", "scram-sha-256", $"--pwfile={password}", "-N", "-E", "UTF8", "--locale=C"]);
        await StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null) await StopAsync();
        if (_folder.Exists) _folder.Delete(recursive: true);
    }

    /// <summary>An empty database, as a connection string.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        Needs.Postgres(Programs);
        var name = string.Create(CultureInfo.InvariantCulture, $"d{Interlocked.Increment(ref _databases)}");
        await SqlAsync("postgres", $"CREATE DATABASE {name}");
        return Connection(name);
    }

    /// <summary>Runs statements as a person would, and answers what they print.</summary>
    public Task<string> SqlAsync(string database, string statements) =>
        RunAsync("env", $"PGPASSWORD={Password}", Path.Combine(Programs, "psql"), "-qAt", "-v", "ON_ERROR_STOP=1", "-h", _folder.FullName, "-U", User, "-d", database, "-c", statements);

    public async Task StartAsync()
    {
        // Whoever starts a server is watched by a pipe: it breaks when the test's process ends, and the server is told to go.
        const string Watched = "\"$@\" & server=$!; read -r _; kill -QUIT $server; wait $server";
        _server = Process.Start(new ProcessStartInfo("sh", ["-c", Watched, "sh", .. AsNobodySpecial(), Path.Combine(Programs, "postgres"),
            "-D", Data, "-k", _folder.FullName, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "logging_collector=off"])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        })!;
        _server.ErrorDataReceived += (_, _) => { };
        _server.BeginErrorReadLine();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await TryAsync(Path.Combine(Programs, "pg_isready"), "-q", "-h", _folder.FullName))
            await Task.Delay(50, patience.Token); // it tells over a question only
    }

    /// <summary>The name of a database in its connection string.</summary>
    public static string NameOf(string connection) => connection.Split("Database=")[1].Split(';')[0];

    /// <summary>Ends the server at once, as if it had crashed; <see cref="StartAsync"/> recovers it.</summary>
    public async Task StopAsync()
    {
        _server!.StandardInput.Close();
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    private static string[] AsNobodySpecial() => Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : [];

    private static async Task<bool> TryAsync(params string[] command)
    {
        using var process = Process.Start(command[0], command[1..]);
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    private static async Task<string> RunAsync(params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? (await output).TrimEnd() : throw new InvalidOperationException($"{string.Join(' ', command)}: {await errors}");
    }
}

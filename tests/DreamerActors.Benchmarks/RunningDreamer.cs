using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DreamerActors.Benchmarks;

/// <summary>A real <c>dreamer run</c> in a folder of its own, with something to dream about, looked at from outside.</summary>
internal sealed class RunningDreamer : IDisposable
{
    private static readonly string Dreamer = Path.Combine(Root(new DirectoryInfo(AppContext.BaseDirectory)), "src/DreamerActors.Host/bin/Release/net10.0/dreamer.dll");
    private const string Knowledge = "/usr/lib/python3/dist-packages/more_itertools"; // learnt sooner than the standard library
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("dreamer-benchmark-");

    private RunningDreamer()
    {
    }

    public Process Process { get; private set; } = null!;

    public HttpClient Http { get; } = new() { Timeout = TimeSpan.FromMinutes(10) };

    public static async Task<RunningDreamer> StartAsync(params (string Key, string Value)[] environment)
    {
        var dreamer = new RunningDreamer();
        using (var learning = dreamer.Start(["ingest", Directory.Exists(Knowledge) ? Knowledge : "stdlib"], []))
        {
            await learning.StandardError.ReadToEndAsync();
            await learning.WaitForExitAsync();
        }

        dreamer.Process = dreamer.Start(["run"], [("DREAMER_HTTP", "http://127.0.0.1:0"), ("DREAMER_MANAGEMENT", "none"), ("ENABLE_DREAMING", "true"), ("DREAMER_HTTP_RATE", "100000"), .. environment]);
        var says = await dreamer.Process.StandardError.ReadLineAsync();
        while (says is not null && !says.Contains("answers at ", StringComparison.Ordinal))
            says = await dreamer.Process.StandardError.ReadLineAsync();
        dreamer.Http.BaseAddress = new Uri((says ?? throw new InvalidOperationException("the dreamer ended")).Split("answers at ")[1].Split(';')[0]);
        _ = dreamer.Process.StandardError.BaseStream.CopyToAsync(Stream.Null); // a full pipe would hold it up
        return dreamer;
    }

    public async Task<JsonNode> PostAsync(string path, object? body = null)
    {
        using var answer = await Http.PostAsync(path, body is null ? null : JsonContent.Create(body));
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new InvalidOperationException($"{path}: {text}");
    }

    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await Http.GetStringAsync(path))!;

    /// <summary>The report of a session, once it is as wanted.</summary>
    public async Task<JsonNode> SessionAsync(string id, Func<JsonNode, bool> wanted)
    {
        while (true)
        {
            // One that has just begun is not in the read model yet.
            using var answer = await Http.GetAsync($"/api/v1/dreams/sessions/{id}");
            if (answer.StatusCode != HttpStatusCode.NotFound && JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!["session"]! is var report && wanted(report)) return report;
            await Task.Delay(100);
        }
    }

    public void Dispose()
    {
        Http.Dispose();
        if (Process is { HasExited: false })
            Process.Kill(entireProcessTree: true);
        Process?.WaitForExit();
        Process?.Dispose();
        _directory.Delete(recursive: true);
    }

    private Process Start(string[] arguments, (string Key, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Dreamer, .. arguments]) { WorkingDirectory = _directory.FullName, RedirectStandardError = true };
        foreach (var (key, value) in environment)
            start.Environment[key] = value;
        return Process.Start(start)!;
    }

    private static string Root(DirectoryInfo? directory) =>
        directory is null ? throw new InvalidOperationException("DreamerActors.sln is in no directory above")
        : File.Exists(Path.Combine(directory.FullName, "DreamerActors.sln")) ? directory.FullName
        : Root(directory.Parent);
}

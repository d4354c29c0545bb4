using System.Diagnostics;
using System.Text.Json;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>What is made of dreams, read back by programs that are not ours.</summary>
[Collection(Processes.Name)]
public sealed class DatasetTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    private static async Task<JsonElement> ReadBackAsync(string what, params string[] files)
    {
        using var python = Process.Start(new ProcessStartInfo("/usr/bin/python3", [Path.Combine(Repository.Root, "tests/DreamerActors.Host.Tests/fixtures/read_back.py"), what, .. files])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, errors) = (python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync());
        await python.WaitForExitAsync();
        Assert.True(python.ExitCode == 0, await errors);
        return JsonDocument.Parse(await output).RootElement;
    }

    [SkippableFact]
    public async Task Independent_readers_read_every_format_graph_and_dream_and_count_the_same()
    {
        Needs.Sandbox();
        Needs.Python("networkx", "python3-networkx");
        Assert.Equal(0, (await _workspace.RunAsync("dream", "--knowledge", Repository.SmallKnowledge, "--max-scenarios", "9", "--json")).Exit);
        var kept = Directory.GetFiles(_workspace.Output, "dream_*.py").Length;

        var analysis = (await _workspace.RunAsync("analyze", "--limit", "10000", "--json")).Json;
        var guide = (await ReadBackAsync("guide", _workspace.Output))[0];
        Assert.Equal(kept, guide[0].GetInt32());
        Assert.Equal(
            guide[1].EnumerateObject().ToDictionary(each => each.Name, each => each.Value.GetInt32()),
            analysis.GetProperty("most_practiced_libraries").EnumerateObject().ToDictionary(each => each.Name, each => each.Value.GetInt32()));
        Assert.StartsWith($"Total dreams: {kept}\n\nMost practiced libraries:\n", (await _workspace.RunAsync("analyze")).Out, StringComparison.Ordinal);

        foreach (var format in new[] { "alpaca", "sharegpt", "chatml", "jsonl" })
        {
            var exported = await _workspace.RunAsync("export", "--format", format, "--out", "out/" + format, "--validation", "0.3", "--json");
            Assert.True(exported.Exit == 0, exported.ToString());
            var card = exported.Json.GetProperty("paths").EnumerateArray().Select(path => path.GetString()!).Single(path => path.EndsWith(".json", StringComparison.Ordinal));
            var read = (await ReadBackAsync("dataset", card))[0];
            Assert.Equal((format, kept), (read[0].GetString(), read[1].EnumerateObject().Sum(split => split.Value.GetInt32())));
        }

        var graph = (await ReadBackAsync("graph", Path.Combine(_workspace.Path, "data/dreamer/knowledge_graph.json")))[0];
        Assert.True(graph[0].GetInt32() > 0);
        Assert.Equal(3, (await _workspace.RunAsync("export", "--format", "dpo", "--out", "out/dpo")).Exit); // what remembers makes no attempt twice
        var pairs = await _workspace.RunAsync("export", "--format", "dpo", "--mutants", "3", "--out", "out/dpo", "--json");
        Assert.True(pairs.Exit == 0 && pairs.Json.GetProperty("mutants").GetInt32() >= kept, pairs.ToString());
        var written = pairs.Json.GetProperty("paths").EnumerateArray().Select(path => path.GetString()!).Single(path => path.EndsWith(".json", StringComparison.Ordinal));
        await ReadBackAsync("dataset", written);
        var run = (await ReadBackAsync("pairs", $"{_workspace.Output}:{written}"))[0];
        Assert.Equal((pairs.Json.GetProperty("mutants").GetInt32(), 0), (run[0].GetInt32(), run[1].GetInt32()));
        Assert.Equal(2, (await _workspace.RunAsync("export", "--format", "alpaca", "--mutants", "3")).Exit);

        var refused = await _workspace.RunAsync("export", "--format", "chatml", "--out", "dataset_x.jsonl");
        Assert.Equal(2, refused.Exit);
    }
}

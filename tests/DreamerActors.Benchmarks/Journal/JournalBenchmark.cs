using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DreamerActors.Pages.Tests;
using Microsoft.Playwright;

namespace DreamerActors.Benchmarks.Journal;

/// <summary><c>journal</c>: how long the pages of a journal with many dreams take to be answered, and to be seen in a browser.</summary>
internal static partial class JournalBenchmark
{
    private const string Chromium = "/usr/bin/chromium";
    private static readonly Option<string> Host = new("--host") { Description = "dreamer.dll.", Required = true };
    private static readonly Option<int> Dreams = new("--dreams") { DefaultValueFactory = _ => 10_000 };
    private static readonly Option<int> Requests = new("--requests") { Description = "For each page.", DefaultValueFactory = _ => 200 };

    private static readonly string[] Paths =
    [
        "/", "/dreams", "/dreams?page=150", "/dreams?text=pairs_77", "/dreams?library=json&outcome=kept&approval=pending", "/dreams?night=" + DateTime.UtcNow.AddDays(-40).ToString("yyyy-MM-dd"),
        "/dreams/" + Seeded.Id(10), "/now", "/replays",
    ];

    public static Command Build()
    {
        var command = new Command("journal", "Answers and first paints of the Dream Journal.") { Host, Dreams, Requests };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("dreamer-journal-");
        try
        {
            await Seeded.DreamsAsync(Path.Combine(folder.FullName, "data/dreamer"), parsed.GetValue(Dreams), DateTimeOffset.UtcNow);
            using var host = Process.Start(new ProcessStartInfo("dotnet", [Path.GetFullPath(parsed.GetValue(Host)!), "run"])
            {
                WorkingDirectory = folder.FullName, RedirectStandardError = true, Environment = { ["DREAMER_HTTP"] = "http://127.0.0.1:0", ["DREAMER_MANAGEMENT"] = "none", ["ENABLE_DREAMING"] = "false" },
            })!;
            try
            {
                var address = "";
                while (address.Length == 0)
                    address = Address().Match(await host.StandardError.ReadLineAsync(cancellation) ?? throw new InvalidOperationException("the host did not start")).Value;
                var result = new JsonObject { ["dreams"] = parsed.GetValue(Dreams), ["answers"] = await AnswersAsync(address, parsed.GetValue(Requests), cancellation) };
                if (File.Exists(Chromium))
                    result["first_paint_ms"] = await PaintsAsync(address);
                Console.WriteLine(result.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
            }
            finally
            {
                host.Kill();
                await host.WaitForExitAsync(CancellationToken.None);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
        return 0;
    }

    private static async Task<JsonObject> AnswersAsync(string address, int requests, CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = new Uri(address), DefaultRequestHeaders = { { "Accept", "text/html" } } };
        var answers = new JsonObject();
        foreach (var path in Paths)
        {
            for (var i = 0; i < 20; i++)
                await http.GetStringAsync(path, cancellation);
            var took = new List<double>();
            var size = 0;
            for (var i = 0; i < requests; i++)
            {
                var began = Stopwatch.GetTimestamp();
                using var answer = await http.GetAsync(path, cancellation);
                size = (await answer.Content.ReadAsByteArrayAsync(cancellation)).Length;
                took.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                if (answer.StatusCode != HttpStatusCode.OK)
                    throw new InvalidOperationException($"{path}: {answer.StatusCode}");
            }
            took.Sort();
            answers[path] = new JsonObject { ["p50_ms"] = Math.Round(took[requests / 2], 1), ["p95_ms"] = Math.Round(took[requests * 95 / 100], 1), ["bytes"] = size };
        }
        return answers;
    }

    private static async Task<JsonObject> PaintsAsync(string address)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-gpu"] });
        var paints = new JsonObject();
        foreach (var path in Paths)
        {
            // A new window has nothing in its cache.
            await using var context = await browser.NewContextAsync(new() { BaseURL = address, ViewportSize = new() { Width = 1440, Height = 900 } });
            var page = await context.NewPageAsync();
            await page.GotoAsync(path);
            paints[path] = Math.Round(await page.EvaluateAsync<double>("new Promise(done => new PerformanceObserver(list => done(list.getEntries()[0].startTime)).observe({ type: 'paint', buffered: true }))"), 1);
        }
        return paints;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:[1-9][0-9]*")]
    private static partial Regex Address();
}

using System.IO.Compression;
using System.Text.RegularExpressions;
using DreamerActors.Host.Tests.Running;
using Microsoft.Playwright;

namespace DreamerActors.Pages.Tests;

/// <summary>What a person does with the journal in the morning, in a real browser on a real host.</summary>
[Collection(Processes.Name)]
public sealed partial class MorningTests(Browsing browsing) : IClassFixture<Browsing>, IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [SkippableFact]
    public async Task A_person_looks_at_the_night_filters_and_says_what_they_think_of_dreams()
    {
        Needs.Sandbox();
        Needs.Chromium();
        Assert.Equal(0, (await _workspace.RunAsync("ingest", Repository.LargeKnowledge)).Exit);
        using var host = await RunningHost.StartAsync(_workspace, ("DREAMING_MAX_SCENARIOS", "200"), ("DREAMING_CONCURRENCY", "1"));
        var session = await host.DreamAsync(8);
        await host.SessionAsync(session, each => each.GetProperty("status").GetString() == "completed");

        var page = await browsing.OpenAsync(host, Browsing.Desk);
        await page.GotoAsync("/");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync(Headline());
        await Browsing.KeepAsync(page, "morning-nights");

        await page.GetByRole(AriaRole.Link, new() { Name = "Everything of that night" }).ClickAsync();
        await page.GetByLabel("Outcome").SelectOptionAsync("kept");
        await page.Keyboard.PressAsync("Escape");
        await Browsing.KeyAsync(page, "/");
        await page.Keyboard.TypeAsync("more_itertools");
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/dreams?*text=more_itertools*");
        var rows = page.Locator("[data-row]");
        var kept = await rows.CountAsync();
        Assert.True(kept >= 3, $"only {kept} dreams were kept");
        await Browsing.KeepAsync(page, "morning-dreams");

        await Browsing.KeyAsync(page, "j");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "The guardian's evidence" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Group, new() { Name = "Solution" })).ToContainTextAsync("def ");
        await Browsing.KeepAsync(page, "morning-dream");

        var first = Dream().Match(page.Url).Value;
        await Browsing.KeyAsync(page, "a");
        await page.WaitForURLAsync($"**said=approve&about={first}");
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await page.WaitForURLAsync(url => !url.EndsWith(first, StringComparison.Ordinal));
        var third = Dream().Match(page.Url).Value;
        await Browsing.KeyAsync(page, "d");
        await page.Keyboard.TypeAsync("Too <b>easy</b>");
        await page.GetByRole(AriaRole.Button, new() { Name = "Decline" }).ClickAsync();
        await page.WaitForURLAsync($"**said=decline&about={third}");

        Assert.Equal(2, (await host.GetAsync("/api/v1/dreams?status=kept"))["dreams"].EnumerateArray().Count(dream => dream.GetProperty("approval").GetString() == "approved"));
        Assert.Equal("Too <b>easy</b>", (await host.GetAsync("/api/v1/dreams/" + third))["dream"].GetProperty("remark").GetProperty("comment").GetString());
        await page.GotoAsync("/dreams/" + third);
        await Assertions.Expect(page.Locator("blockquote")).ToHaveTextAsync("Too <b>easy</b>");
        await Browsing.KeyAsync(page, "u");
        await page.WaitForURLAsync("**said=undo*");
        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Approve" })).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Link, new() { Name = "Datasets" }).ClickAsync();
        await page.GetByLabel("what I approved").CheckAsync();
        await Browsing.KeepAsync(page, "morning-datasets");
        var download = await page.RunAndWaitForDownloadAsync(() => page.GetByRole(AriaRole.Button, new() { Name = "Export" }).ClickAsync());
        using (var archive = ZipFile.OpenRead(await download.PathAsync()))
        {
            using var lines = new StreamReader(archive.Entries.Single(entry => entry.Name.EndsWith(".jsonl", StringComparison.Ordinal)).Open());
            Assert.Equal(2, (await lines.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.Contains(archive.Entries, entry => entry.Name.EndsWith(".md", StringComparison.Ordinal));
        }

        await WakeAsync(page);
        await CheckSettingsAsync(page);
    }

    private static async Task CheckSettingsAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Settings" }).ClickAsync();
        await page.GetByLabel("DREAMING_CPU_THRESHOLD").FillAsync("7");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("DREAMING_CPU_THRESHOLD=7 is not accepted: a number above 0 and up to 1");
        await page.GetByLabel("DREAMING_CPU_THRESHOLD").FillAsync("0.5");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("DREAMING_CPU_THRESHOLD=0.5");
    }

    /// <summary>Begins a session, watches it, and ends it with one key.</summary>
    private static async Task WakeAsync(IPage page)
    {
        await page.GetByRole(AriaRole.Link, new() { Name = "Now", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Dream now" }).ClickAsync();
        // Nobody reloads the page: it follows the session by itself.
        await Assertions.Expect(page.Locator(".phases li").First).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Browsing.KeepAsync(page, "morning-now");
        await Browsing.KeyAsync(page, "w");
        await page.WaitForURLAsync("**/now?woken=*");
        await Assertions.Expect(page.GetByRole(AriaRole.Status)).ToContainTextAsync("Everything stopped within");
        await Assertions.Expect(page.Locator(".list tbody tr").First).ToContainTextAsync("somebody asked");
        await Browsing.KeepAsync(page, "morning-woken");
    }

    [GeneratedRegex("^(Last night I|Today I have) dreamt [0-9]+ solutions$")]
    private static partial Regex Headline();

    [GeneratedRegex("(?<=/dreams/)[0-9a-f]{8}")]
    private static partial Regex Dream();
}

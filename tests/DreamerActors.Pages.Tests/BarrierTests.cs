using DreamerActors.Domain.Sessions;
using DreamerActors.Host.Tests.Running;
using Microsoft.Playwright;

namespace DreamerActors.Pages.Tests;

/// <summary>Every page as people meet it who cannot see, point, or read English; and as a picture.</summary>
[Collection(Processes.Name)]
public sealed class BarrierTests(Browsing browsing) : IClassFixture<Browsing>, IDisposable
{
    private const int Dreams = 400;
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    private static readonly (string Name, string Path)[] Pages =
    [
        ("nights", "/"), ("dreams", "/dreams"), ("nothing-found", "/dreams?text=nothing-is-called-so"), ("dream", "/dreams/" + Seeded.Id(0)), ("approved", "/dreams/" + Seeded.Id(4)),
        ("refused", "/dreams/" + Seeded.Id(3)), ("now", "/now"), ("datasets", "/datasets?refused=empty"), ("replays", "/replays"), ("knowledge", "/knowledge"), ("found", "/knowledge?text=word"), ("settings", "/settings"), ("sign-in", "/sign-in?wrong=1"), ("missing", "/dreams/ffffffff"), ("lost", "/no/such/page"),
    ];

    private static readonly ((int Width, int Height) Size, ColorScheme Scheme)[] Looks =
        [(Browsing.Desk, ColorScheme.Light), (Browsing.Desk, ColorScheme.Dark), (Browsing.Phone, ColorScheme.Dark), (Browsing.Phone, ColorScheme.Light)];

    [SkippableFact]
    public async Task No_page_breaks_a_rule_of_wcag_on_desk_or_phone_in_light_or_dark()
    {
        Needs.Chromium();
        Needs.Sandbox();
        Assert.Equal(0, (await _workspace.RunAsync("ingest", Repository.SmallKnowledge)).Exit);
        var now = DateTimeOffset.UtcNow;
        await Seeded.DreamsAsync(Path.Combine(_workspace.Path, "data/dreamer"), Dreams, now, more:
        [
            new DreamReplayed(Seeded.Session(0), now, new ReplayResult(Seeded.Id(0), true, "docker", "sha256:0123456789abcdef", "3.13.1")),
            new DreamReplayed(Seeded.Session(1), now, new ReplayResult(Seeded.Id(1), false, "docker", "sha256:0123456789abcdef", "3.13.1", "tests", "TESTS", "test_pairs_1 failed: TypeError")),
        ]);
        using var host = await RunningHost.StartAsync(_workspace, ("ENABLE_DREAMING", "false"));
        var (barriers, errors) = (new List<string>(), new List<string>());
        var page = await browsing.OpenAsync(host, Browsing.Desk);
        page.Console += (_, told) => { if (told.Type == "error" && !told.Text.Contains("404", StringComparison.Ordinal)) errors.Add(told.Text); };
        page.Request += (_, asked) => { if (!asked.Url.StartsWith(host.Http.BaseAddress!.ToString(), StringComparison.Ordinal)) errors.Add("asks elsewhere: " + asked.Url); };
        foreach (var (name, path) in Pages)
        {
            await page.SetViewportSizeAsync(Browsing.Desk.Width, Browsing.Desk.Height);
            await page.GotoAsync(path);
            foreach (var (size, scheme) in Looks)
            {
                await page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await page.SetViewportSizeAsync(size.Width, size.Height);
                var look = $"{name}-{(size == Browsing.Desk ? "desk" : "phone")}-{scheme.ToString().ToLowerInvariant()}";
                if (size == Browsing.Desk == (scheme == ColorScheme.Light)) // each size and each palette once
                    barriers.AddRange((await Browsing.BarriersAsync(page)).Select(barrier => $"{look}: {barrier}"));
                if (!await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"))
                    barriers.Add(look + " is wider than the window");
                await Browsing.KeepAsync(page, look, whole: false);
            }
        }

        await page.Context.CloseAsync();
        Assert.Empty(errors);
        Assert.True(barriers.Count == 0, string.Join('\n', barriers));
    }

    [SkippableFact]
    public async Task It_speaks_the_language_of_the_browser_until_another_is_chosen()
    {
        Needs.Chromium();
        await Seeded.DreamsAsync(Path.Combine(_workspace.Path, "data/dreamer"), Dreams, DateTimeOffset.UtcNow);
        using var host = await RunningHost.StartAsync(_workspace, ("ENABLE_DREAMING", "false"));
        var page = await browsing.OpenAsync(host, Browsing.Phone, "pl", dark: true);
        await page.GotoAsync("/");
        await Assertions.Expect(page.Locator("html")).ToHaveAttributeAsync("lang", "pl");
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("wyśniłem");
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        await Browsing.KeepAsync(page, "nights-phone-dark-pl");
        await page.GotoAsync("/dreams?outcome=kept");
        await page.GetByLabel("Język").SelectOptionAsync("en");
        await page.GetByLabel("Kolory").SelectOptionAsync("light");
        await page.GetByRole(AriaRole.Button, new() { Name = "Zastosuj" }).ClickAsync();
        await Assertions.Expect(page.Locator("html[lang=en][data-theme=light]")).ToBeVisibleAsync();
        Assert.EndsWith("/dreams?outcome=kept", page.Url, StringComparison.Ordinal);
        await page.Context.CloseAsync();
    }
}

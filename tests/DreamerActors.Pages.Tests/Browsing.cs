using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using DreamerActors.Host.Tests.Running;
using Microsoft.Playwright;

namespace DreamerActors.Pages.Tests;

/// <summary>Debian's Chromium, and where pictures of pages are kept.</summary>
public sealed class Browsing : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";
    private IPlaywright? _playwright;

    public static readonly (int Width, int Height) Desk = (1440, 900);
    public static readonly (int Width, int Height) Phone = (390, 844);

    private static string Pictures { get; } = Path.Combine(Repository.Root, ".dreamer", "pictures");

    public IBrowser Browser { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (!File.Exists(Chromium))
            return; // each test says so
        Directory.CreateDirectory(Pictures);
        _playwright = await Playwright.CreateAsync();
        // Without its own sandbox, which root cannot have: it shows pages of this test alone.
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = ["--no-sandbox", "--disable-gpu"] });
    }

    public async Task DisposeAsync()
    {
        if (_playwright is null)
            return;
        await Browser.CloseAsync();
        _playwright.Dispose();
    }

    /// <summary>A new window on a host, that loads nothing from elsewhere.</summary>
    internal async Task<IPage> OpenAsync(RunningHost host, (int Width, int Height) size, string language = "en", bool dark = false)
    {
        var context = await Browser.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = host.Http.BaseAddress!.ToString(), Locale = language, ViewportSize = new ViewportSize { Width = size.Width, Height = size.Height },
            ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, AcceptDownloads = true,
        });
        context.SetDefaultTimeout(20_000);
        return await context.NewPageAsync();
    }

    /// <summary>A key that means something to the page: its script comes after what can be seen of it.</summary>
    public static async Task KeyAsync(IPage page, string key)
    {
        await page.WaitForLoadStateAsync();
        await page.Locator("body").PressAsync(key);
    }

    /// <summary>Keeps a picture of what a person sees of a page, or of all of it.</summary>
    public static Task KeepAsync(IPage page, string name, bool whole = true) => page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Pictures, name + ".png"), FullPage = whole });

    /// <summary>What speaks against WCAG 2.2 AA.</summary>
    public static async Task<IEnumerable<string>> BarriersAsync(IPage page)
    {
        var found = await page.RunAxe(new AxeRunOptions { RunOnly = new RunOnlyOptions { Type = "tag", Values = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] } });
        return found.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{page.Url}: {violation.Id}: {node.Target} {node.Html}"));
    }
}

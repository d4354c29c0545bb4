using System.Net;
using DreamerActors.Domain.Sessions;
using DreamerActors.Host.Tests.Running;
using Microsoft.Playwright;

namespace DreamerActors.Pages.Tests;

/// <summary>Dreams are written by programs that nobody trusts: whatever is in them is text.</summary>
[Collection(Processes.Name)]
public sealed class HostileTextTests(Browsing browsing) : IClassFixture<Browsing>, IDisposable
{
    private const string Script = "<script>window.hit=1</script>";
    private const string Attribute = "\"'><img src=x onerror=window.hit=2><svg onload=window.hit=3>";
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    private static DreamCompleted Hostile(int number, DreamCompleted dream) => dream with
    {
        Code = $"{Script}\n</td></table>{Attribute}\nx = '''{Script}'''  # {Attribute}\n",
        Brain = Script,
        Scenario = dream.Scenario with
        {
            Title = $"m.f{number}: {Script}`{Attribute}`", TaskPrompt = Script + Attribute, TestCases = [$"`{Script}` {Attribute}"], TestCode = $"</script>{Script}{Attribute}",
            Libraries = [Attribute, "javascript:window.hit=4"],
            Provenance = dream.Scenario.Provenance with { EntityId = Attribute, Source = Script, Package = Script, Licence = Attribute },
        },
    };

    [SkippableFact]
    public async Task Markup_in_title_code_tags_and_comment_is_shown_and_does_nothing()
    {
        Needs.Chromium();
        var now = DateTimeOffset.UtcNow;
        await Seeded.DreamsAsync(Path.Combine(_workspace.Path, "data/dreamer"), 3, now, Hostile, new DreamDeclined(Seeded.Session(0), now, Seeded.Id(0), Script, Attribute + Script));
        using var host = await RunningHost.StartAsync(_workspace, ("ENABLE_DREAMING", "false"));
        var page = await browsing.OpenAsync(host, Browsing.Desk);
        var probing = Uri.EscapeDataString(Attribute);
        foreach (var path in new[]
        {
            "/", "/dreams", $"/dreams?text={probing}&library={probing}&night={probing}&page={probing}&outcome={probing}", "/dreams/" + Seeded.Id(0), $"/dreams/{Seeded.Id(0)}?said=approve&about={Seeded.Id(1)}",
            $"/dreams/{probing}", $"/now?woken={probing}&refused={probing}", $"/datasets?refused={probing}", $"/sign-in?back={probing}&wrong={probing}", $"/?month={probing}", $"/{probing}",
        })
        {
            var answer = await page.GotoAsync(path);
            Assert.DoesNotContain("unsafe", answer!.Headers["content-security-policy"], StringComparison.Ordinal);
            Assert.StartsWith("default-src 'none'", answer.Headers["content-security-policy"], StringComparison.Ordinal);
            Assert.Equal(0, await page.EvaluateAsync<int>("window.hit || document.querySelectorAll('body script, img, [onerror], [onload], [href^=\"javascript\"]').length"));
        }

        await page.GotoAsync("/dreams/" + Seeded.Id(0));
        await Assertions.Expect(page.Locator("blockquote")).ToHaveTextAsync(Attribute + Script);
        await Assertions.Expect(page.GetByRole(AriaRole.Group, new() { Name = "Solution" })).ToContainTextAsync(Script);
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync(Script);
        await Browsing.KeepAsync(page, "hostile-desk-light");
    }

    [SkippableFact]
    public async Task Where_a_token_is_set_a_browser_signs_in_with_it_once_and_nobody_else_gets_in()
    {
        Needs.Chromium();
        const string Token = "a-token-of-thirty-two-characters";
        using var host = await RunningHost.StartAsync(_workspace, ("ENABLE_DREAMING", "false"), ("DREAMER_API_TOKEN", Token));
        var page = await browsing.OpenAsync(host, Browsing.Desk);
        await page.GotoAsync("/dreams?text=x");
        await page.WaitForURLAsync("**/sign-in?back=*");
        await page.GetByLabel("Token").FillAsync(Token[..^1] + "S");
        await page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();
        await page.GetByLabel("Token").FillAsync(Token);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/dreams?text=x");

        var pass = (await page.Context.CookiesAsync()).Single(cookie => cookie.Name == "dreamer_pass");
        Assert.True(pass.HttpOnly && pass.SameSite == SameSiteAttribute.Strict && !pass.Value.Contains(Token, StringComparison.Ordinal), pass.Value);
        async Task<HttpStatusCode> With(string cookie)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/dreams") { Headers = { { "Cookie", "dreamer_pass=" + cookie } } };
            return (await host.SendAsync(request)).Status;
        }
        Assert.Equal(HttpStatusCode.OK, await With(pass.Value));
        var (until, signature) = (long.Parse(pass.Value.Split('.')[0]), pass.Value.Split('.')[1]);
        foreach (var forged in new[] { "", ".", $"{until + 1}.{signature}", $"{until}.", $"{until}.{signature[..^1]}", Token })
            Assert.Equal(HttpStatusCode.Unauthorized, await With(forged));

        await page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await page.WaitForURLAsync("**/sign-in*");
    }

    [SkippableFact]
    public async Task A_form_that_a_page_of_ours_did_not_hand_out_changes_nothing()
    {
        await Seeded.DreamsAsync(Path.Combine(_workspace.Path, "data/dreamer"), 3, DateTimeOffset.UtcNow);
        using var host = await RunningHost.StartAsync(_workspace, ("ENABLE_DREAMING", "false"));
        foreach (var form in new[] { "/now/wake", "/now/begin", "/datasets", "/preferences", "/sign-in", "/sign-out", $"/dreams/{Seeded.Id(0)}/remark" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, form) { Content = new FormUrlEncodedContent([KeyValuePair.Create("word", "decline"), KeyValuePair.Create("format", "chatml")]) };
            var answer = await host.SendAsync(request);
            Assert.True((HttpStatusCode.BadRequest, "BAD_REQUEST") == (answer.Status, answer.Code), $"{form}: {answer}");
        }
    }
}

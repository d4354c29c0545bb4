using DreamerActors.Domain.Sessions;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Pages.Datasets;
using DreamerActors.Pages.Dreams;
using DreamerActors.Pages.Frame;
using DreamerActors.Pages.Knowledge;
using DreamerActors.Pages.Sessions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Pages;

/// <summary>The Dream Journal: pages for people. They are rendered on the server, ask the engine in this process, and change something only by a form.</summary>
public static class JournalPages
{
    /// <summary>What a page may load: our own style and script, nothing else, and nothing that stands in the page itself.</summary>
    public const string ContentPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Adds what the pages need.</summary>
    public static IServiceCollection AddJournalPages(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddScoped<Visitor>();
        services.AddSingleton<DreamLookup>();
        services.AddSingleton<KnowledgeMap>();
        // Forms of an earlier run are refused with a page that says so; no key lies on the disk for that.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.SuppressXFrameOptionsHeader = true; // a stricter one is set for every answer
            antiforgery.Cookie.Name = "dreamer_form";
        });
        return services;
    }

    /// <summary>Whether an endpoint is a page.</summary>
    public static bool IsPage(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;

    /// <summary>Maps the pages and their forms.</summary>
    public static void MapJournalPages(this IEndpointRouteBuilder routes)
    {
        routes.MapRazorComponents<App>();
        var forms = routes.MapGroup("").ExcludeFromDescription();
        forms.MapGet("/assets/{version}/{name}", (string name, HttpContext context) => Asset.Send(name, context)).AllowAnonymous();
        forms.MapPost("/preferences", Prefer).AllowAnonymous();
        forms.MapGet("/review", ReviewAsync);
        forms.MapSessionForms();
        forms.MapDatasetForms();
        forms.MapPost("/dreams/{id:regex(^[0-9a-f]{{8}}$)}/remark", RemarkAsync);
    }

    /// <summary>Answers with an error for a person.</summary>
    public static async Task SendProblemAsync(HttpContext context, int status, string code)
    {
        // What a page that failed has begun is left behind: its header may stand there only once, its services render only once.
        context.Response.Headers.Remove("blazor-enhanced-nav");
        context.Response.Headers.ContentSecurityPolicy = ContentPolicy;
        await using var scope = context.RequestServices.CreateAsyncScope();
        context.RequestServices = scope.ServiceProvider;
        await new RazorComponentResult<ErrorDocument>(new { Status = status, Code = code }) { StatusCode = status }.ExecuteAsync(context);
    }

    /// <summary>A path on this host, whatever was asked for: nobody is led elsewhere.</summary>
    public static string Local(string? path) =>
        path is ['/', ..] && !path.StartsWith("//", StringComparison.Ordinal) && !path.StartsWith("/\\", StringComparison.Ordinal) && !path.Any(char.IsControl) ? path : "/";

    /// <summary>Leads on after a form.</summary>
    public static IResult See(string path) => new SeeOther(path);

    private static SeeOther Prefer(HttpContext context, [FromForm] string? language, [FromForm] string? theme, [FromForm] string? keys, [FromForm] string? back)
    {
        foreach (var (cookie, value, known) in new[]
        {
            (Visitor.LanguageCookie, language, "en pl"), (Visitor.ThemeCookie, theme, "auto light dark"), (Visitor.KeysCookie, keys, "on off"),
        })
        {
            if (value is not null && known.Split(' ').Contains(value))
                context.Response.Cookies.Append(cookie, value, new CookieOptions { MaxAge = TimeSpan.FromDays(365), HttpOnly = true, SameSite = SameSiteMode.Strict, IsEssential = true });
        }
        return new SeeOther(Local(back));
    }

    private static async Task<SeeOther> ReviewAsync(DreamLookup lookup, string? behind, CancellationToken cancellation) =>
        new(await lookup.NextAsync(behind is null ? null : new DreamId(behind), cancellation) is { } next ? $"/dreams/{next}" : "/dreams?approval=pending");

    private static async Task<IResult> RemarkAsync(string id, [FromForm] string? word, [FromForm] string? comment, IDreamEngine engine, DreamLookup lookup, CancellationToken cancellation)
    {
        Approval? approval = word switch { "approve" => Approval.Approved, "decline" => Approval.Declined, "undo" => Approval.Pending, _ => null };
        if (approval is not { } wished || comment?.Length > DreamApproval.LongestComment)
            return TypedResults.StatusCode(StatusCodes.Status400BadRequest);
        var said = new DreamApproval(wished, Environment.UserName, string.IsNullOrWhiteSpace(comment) ? null : comment.Trim());
        var dream = new DreamId(id);
        if (await engine.ApproveAsync(dream, said, cancellation) is { } refused)
            return TypedResults.StatusCode(refused.IsUnknown ? StatusCodes.Status404NotFound : StatusCodes.Status409Conflict);
        var next = wished == Approval.Pending ? dream : await lookup.NextAsync(dream, cancellation) ?? dream;
        return new SeeOther($"/dreams/{next}?said={word}&about={id}");
    }
}

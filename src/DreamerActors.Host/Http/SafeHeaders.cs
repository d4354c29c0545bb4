using DreamerActors.Pages;
using Microsoft.Net.Http.Headers;

namespace DreamerActors.Host.Http;

/// <summary>What the headers of a request may ask for, and what those of an answer forbid.</summary>
internal static class SafeHeaders
{
    /// <summary>Refuses bodies in other encodings than that of JSON (RFC 8259, section 8.1).</summary>
    public static Task CheckEncodingAsync(HttpContext context, RequestDelegate next) =>
        MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) && type.Charset.HasValue && !IsUtf8(type.Charset.Value)
            ? ApiErrors.RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, "UNSUPPORTED_ENCODING", "text is sent in UTF-8")
            : next(context);

    /// <summary>
    /// Answers hold text that untrusted programs wrote: no browser may guess that it is a page, run what is in it, frame it, keep it, or hand it to another site.
    /// </summary>
    public static Task AddAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return next(context);
    }

    /// <summary>A page loads our own style and script, and its forms tell where they come from.</summary>
    public static Task AddForPagesAsync(HttpContext context, RequestDelegate next)
    {
        if (JournalPages.IsPage(context.GetEndpoint()))
        {
            context.Response.Headers.ContentSecurityPolicy = JournalPages.ContentPolicy;
            context.Response.Headers.CacheControl = "no-cache, no-store"; // as forms want it
        }
        // Without a referrer browsers hide the origin of a form, too; to other sites nothing is told.
        context.Response.Headers["Referrer-Policy"] = "same-origin";
        return next(context);
    }

    private static bool IsUtf8(string name) => name.Trim('"').Equals("utf-8", StringComparison.OrdinalIgnoreCase);
}

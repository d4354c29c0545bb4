using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace DreamerActors.Host.Http;

/// <summary>Tells who asks again that nothing has changed (RFC 9110, section 13): an answer's tag is a digest of its body.</summary>
internal static class ETags
{
    /// <summary>Gives the answers of these routes a tag.</summary>
    public static T WithETag<T>(this T routes) where T : IEndpointConventionBuilder => routes.WithMetadata(Tagged.Instance);

    /// <summary>Answers 304 without a body to who has the same already.</summary>
    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<Tagged>() is null)
        {
            await next(context);
            return;
        }

        var (response, client) = (context.Response, context.Response.Body);
        using var body = new MemoryStream();
        response.Body = body;
        try
        {
            await next(context);
        }
        finally
        {
            response.Body = client;
        }

        if (response.StatusCode == StatusCodes.Status200OK)
        {
            var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)).AsSpan(0, 16))}\"");
            response.GetTypedHeaders().ETag = tag;
            if (context.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false)))
            {
                response.StatusCode = StatusCodes.Status304NotModified;
                (response.ContentLength, response.ContentType) = (null, null);
                return;
            }
        }

        body.Position = 0;
        await body.CopyToAsync(client, context.RequestAborted);
    }

    private sealed class Tagged
    {
        public static Tagged Instance { get; } = new();
    }
}

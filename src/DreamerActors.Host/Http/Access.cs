using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authorization;

namespace DreamerActors.Host.Http;

/// <summary>
/// Who may ask (invariant I10). With a token set, only who brings it. Without one the address is a loopback one, and then a page in the user's own browser
/// must not get in either: by a foreign Origin, or by a name of its own that it points at this machine.
/// </summary>
internal sealed class Access
{
    /// <summary>The header for the token that the host's own programs use; <c>Authorization: Bearer</c> does as well.</summary>
    public const string TokenHeader = "X-Venom-Dreamer-Token";

    private const string Bearer = "Bearer ";

    private readonly byte[]? _token;
    private readonly Pass? _pass;

    /// <param name="token">The token; null when none is set.</param>
    /// <param name="passes">The clock by which browsers get passes; null where none are let in by a pass.</param>
    public Access(string? token, TimeProvider? passes)
    {
        if (token is null) return;
        (_token, _pass) = (Digest(token), passes is null ? null : new Pass(token, passes));
    }

    /// <summary>Names that a request may call this machine by; empty for any, when the token decides.</summary>
    public static string[] AllowedHosts(Uri address) => IsLoopback(address) ? ["localhost", "127.0.0.1", "[::1]", address.Host] : ["*"];

    /// <summary>Whether only programs on this machine can reach an address.</summary>
    public static bool IsLoopback(Uri address) =>
        address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));

    /// <summary>Lets a request through or refuses it. Runs after routing.</summary>
    public Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (IsForeign(context.Request))
            return ApiErrors.RefuseAsync(context, StatusCodes.Status403Forbidden, "FOREIGN_ORIGIN", "pages of other origins may not ask the dreamer");
        if (_token is null || context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null || Brings(context.Request) || _pass?.IsIn(context.Request) == true)
            return next(context);
        if (_pass is not null && ApiErrors.WantsPage(context.Request) && HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Redirect("/sign-in?back=" + Uri.EscapeDataString(context.Request.Path + context.Request.QueryString.ToString()));
            return Task.CompletedTask;
        }
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return ApiErrors.RefuseAsync(context, StatusCodes.Status401Unauthorized, "TOKEN_REQUIRED", $"bring the token of DREAMER_API_TOKEN in {TokenHeader} or as Authorization: Bearer");
    }

    private static bool IsForeign(HttpRequest request) =>
        request.Headers.Origin is { Count: > 0 } origins
        && (origins.Count > 1 || !string.Equals(origins[0], $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase));

    /// <summary>Hands a browser its pass, if it brings the token.</summary>
    public bool Admit(HttpContext context, string token)
    {
        if (!Is(token)) return false;
        _pass!.Give(context);
        return true;
    }

    private bool Brings(HttpRequest request)
    {
        var authorization = request.Headers.Authorization.ToString();
        return Is(authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..] : request.Headers[TokenHeader].ToString());
    }

    // Digests of equal length: the comparison tells neither the token's length nor how much of it was right.
    private bool Is(string token) => CryptographicOperations.FixedTimeEquals(Digest(token), _token);

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

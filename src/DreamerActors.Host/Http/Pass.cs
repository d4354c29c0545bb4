using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace DreamerActors.Host.Http;

/// <summary>
/// What a browser carries instead of the token, in a cookie that no script can read and no other site can send: a moment, signed with the token. It neither
/// tells the token nor outlives it.
/// </summary>
internal sealed class Pass(string token, TimeProvider time)
{
    public const string Cookie = "dreamer_pass";

    private static readonly TimeSpan Life = TimeSpan.FromDays(30);
    private readonly byte[] _key = SHA256.HashData(Encoding.UTF8.GetBytes("the key of passes\n" + token));

    public void Give(HttpContext context)
    {
        var until = (time.GetUtcNow() + Life).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        context.Response.Cookies.Append(Cookie, $"{until}.{Sign(until)}", new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, MaxAge = Life, Path = "/", IsEssential = true,
        });
    }

    public bool IsIn(HttpRequest request) =>
        request.Cookies[Cookie]?.Split('.') is [var until, var signature]
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Sign(until)))
        && long.TryParse(until, NumberStyles.None, CultureInfo.InvariantCulture, out var moment) && moment > time.GetUtcNow().ToUnixTimeSeconds();

    private string Sign(string until) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(until)));
}

using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace DreamerActors.Host.Http;

/// <summary>The body of a refusal for too many requests, in the host's shape.</summary>
internal sealed record TooMany(string Error, string Message, int RetryAfterSeconds);

/// <summary>
/// How often one address may ask: a program that has gone wild must not keep the machine awake. It comes before the token is looked at, so that nobody guesses it by trying.
/// Routes that stop the dreamer are never limited.
/// </summary>
internal static class RateLimits
{
    private const int BurstSeconds = 10;

    /// <summary>Adds the limit.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="rate">Requests a second.</param>
    public static void AddDreamerRateLimit(this IServiceCollection services, int rate) => services.AddRateLimiter(limits =>
    {
        limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => RateLimitPartition.GetTokenBucketLimiter(
            context.Connection.RemoteIpAddress?.ToString() ?? "",
            _ => new TokenBucketRateLimiterOptions { TokenLimit = BurstSeconds * rate, TokensPerPeriod = rate, ReplenishmentPeriod = TimeSpan.FromSeconds(1) }));
        limits.OnRejected = RefuseAsync;
    });

    private static async ValueTask RefuseAsync(OnRejectedContext refused, CancellationToken cancellation)
    {
        var seconds = refused.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? (int)Math.Ceiling(after.TotalSeconds) : 1;
        var response = refused.HttpContext.Response;
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var body = new TooMany("rate_limit_exceeded", "too many requests from this address: DREAMER_HTTP_RATE a second", seconds);
        await response.WriteAsJsonAsync(body, ApiJson.Default.TooMany, cancellationToken: cancellation);
    }
}

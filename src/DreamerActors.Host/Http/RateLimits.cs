using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace DreamerActors.Host.Http;

/// <summary>The body of a refusal for too many requests, in the host's shape.</summary>
internal sealed record TooMany(string Error, string Message, int RetryAfterSeconds);

/// <summary>
/// How often one address may ask: a program that has gone wild must not keep the machine awake. It comes before the token is looked at, so that nobody guesses it by trying.
/// Routes that stop the dreamer are never limited. Tokens are counted up when somebody asks: ASP.NET's own limiter does so ten times a second, and an idle host has nothing else to wake for.
/// </summary>
/// <param name="next">The next step.</param>
/// <param name="rate">Requests a second.</param>
internal sealed class RateLimits(RequestDelegate next, int rate)
{
    private const int BurstSeconds = 10;

    // Whoever has not asked for so long has all tokens again, and is as good as new.
    private static readonly TimeSpan Refilled = TimeSpan.FromSeconds(BurstSeconds);

    private readonly ConcurrentDictionary<string, TokenBucketRateLimiter> _addresses = [];
    private long _forgot = Stopwatch.GetTimestamp();

    /// <summary>Lets a request through, or refuses it.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null) return next(context);
        var bucket = _addresses.GetOrAdd(context.Connection.RemoteIpAddress?.ToString() ?? "", _ => Full());
        bucket.TryReplenish();
        using var lease = bucket.AttemptAcquire();
        if (Stopwatch.GetElapsedTime(Volatile.Read(ref _forgot)) > Refilled) Forget();
        return lease.IsAcquired ? next(context) : RefuseAsync(context.Response, lease, context.RequestAborted);
    }

    private TokenBucketRateLimiter Full() =>
        new(new TokenBucketRateLimiterOptions { TokenLimit = BurstSeconds * rate, TokensPerPeriod = rate, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = false });

    private void Forget()
    {
        Volatile.Write(ref _forgot, Stopwatch.GetTimestamp());
        foreach (var (address, bucket) in _addresses)
        {
            bucket.TryReplenish();
            if (bucket.IdleDuration is not null) _addresses.TryRemove(address, out _);
        }
    }

    private static Task RefuseAsync(HttpResponse response, RateLimitLease refused, CancellationToken cancellation)
    {
        var seconds = refused.TryGetMetadata(MetadataName.RetryAfter, out var after) ? (int)Math.Ceiling(after.TotalSeconds) : 1;
        response.StatusCode = StatusCodes.Status429TooManyRequests;
        response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var body = new TooMany("rate_limit_exceeded", "too many requests from this address: DREAMER_HTTP_RATE a second", seconds);
        return response.WriteAsJsonAsync(body, ApiJson.Default.TooMany, cancellationToken: cancellation);
    }
}

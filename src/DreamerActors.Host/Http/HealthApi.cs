namespace DreamerActors.Host.Http;

/// <summary>Whether it lives; open to everybody who can reach it, as the host's own is.</summary>
internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/healthz", () => new Health("ok", "venom-dreamer")).WithName("Health").WithSummary("Whether it lives.").WithTags("health").AllowAnonymous().DisableRateLimiting();

    internal sealed record Health(string Status, string Component);
}

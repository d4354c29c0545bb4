using Akka.Actor;
using Akka.Cluster;
using DreamerActors.Hosting.Clustering;

namespace DreamerActors.Host.Http.Management;

/// <summary>Who is in the cluster, joins it and leaves it.</summary>
internal static class MembersApi
{
    public static void MapMembers(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/cluster/members", (ActorSystem system) => Json(List(Cluster.Get(system))));
        routes.MapPost("/cluster/members", JoinAsync);
        routes.MapGet("/cluster/members/{**address:minlength(1)}", (string address, ActorSystem system) =>
            With(address, system, member => Results.Json(Describe(member), ManagementJson.Default.MemberAnswer)));
        routes.MapDelete("/cluster/members/{**address:minlength(1)}", (string address, ActorSystem system) => With(address, system, member => Leave(member, system)));
        routes.MapPut("/cluster/members/{**address:minlength(1)}", ChangeAsync);
        routes.MapPut("/cluster", () => Tell(StatusCodes.Status400BadRequest, "Operation not supported"));
    }

    internal static IResult Tell(int status, string message) => Results.Json(new Told(message), ManagementJson.Default.Told, statusCode: status);

    private static IResult Json(MembersAnswer members) => Results.Json(members, ManagementJson.Default.MembersAnswer);

    private static async Task<IResult> JoinAsync(HttpRequest request, ActorSystem system)
    {
        if (await FieldAsync(request, "address") is not { } text) return Missing("address");
        if (!Address.TryParse(text, out var address)) return Tell(StatusCodes.Status500InternalServerError, $"[{text}] is not an address");
        Cluster.Get(system).Join(address);
        return Tell(StatusCodes.Status200OK, $"Joining {address}");
    }

    private static async Task<IResult> ChangeAsync(string address, HttpRequest request, ActorSystem system)
    {
        if (await FieldAsync(request, "operation") is not { } operation) return Missing("operation");
        return With(address, system, member => operation.ToUpperInvariant() switch
        {
            "LEAVE" => Leave(member, system),
            "DOWN" => Down(member, system),
            _ => Tell(StatusCodes.Status400BadRequest, "Operation not supported"),
        });
    }

    // Whoever leaves drains first: that is a task of its own coordinated shutdown, whichever machine was asked.
    private static IResult Leave(Member member, ActorSystem system)
    {
        Cluster.Get(system).Leave(member.Address);
        return Tell(StatusCodes.Status200OK, $"Leaving {member.Address}");
    }

    private static IResult Down(Member member, ActorSystem system)
    {
        Cluster.Get(system).Down(member.Address);
        return Tell(StatusCodes.Status200OK, $"Downing {member.Address}");
    }

    private static IResult With(string text, ActorSystem system, Func<Member, IResult> act)
    {
        var wanted = Uri.UnescapeDataString(text).TrimEnd('/');
        var member = Cluster.Get(system).State.Members.FirstOrDefault(each => wanted == each.Address.ToString() || wanted == each.Address.HostPort());
        return member is null ? Tell(StatusCodes.Status404NotFound, $"Member [{wanted}] not found") : act(member);
    }

    private static MembersAnswer List(Cluster cluster)
    {
        var state = cluster.State;
        var ages = state.Members.Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting).Order(Member.AgeOrdering).ToList();
        var roles = ages.SelectMany(member => member.Roles).Distinct().Order(StringComparer.Ordinal);
        return new MembersAnswer(
            cluster.SelfAddress.ToString(),
            [.. state.Members.Select(Describe)],
            [.. state.Unreachable.Select(member => new UnreachableAnswer(member.Address.ToString(), []))],
            state.Leader?.ToString(),
            ages.FirstOrDefault()?.Address.ToString(),
            roles.ToDictionary(role => role, role => ages.First(member => member.Roles.Contains(role)).Address.ToString()));
    }

    private static MemberAnswer Describe(Member member) => new(
        member.Address.ToString(), member.UniqueAddress.Uid.ToString(System.Globalization.CultureInfo.InvariantCulture), member.Status.ToString(), [.. member.Roles.Order(StringComparer.Ordinal)]);

    private static async Task<string?> FieldAsync(HttpRequest request, string name) =>
        request.HasFormContentType && (await request.ReadFormAsync(request.HttpContext.RequestAborted))[name] is { Count: > 0 } values && values[0] is { Length: > 0 } value ? value : null;

    private static IResult Missing(string field) => Tell(StatusCodes.Status400BadRequest, $"Request is missing required form field '{field}'");
}

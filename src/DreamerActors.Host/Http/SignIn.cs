using DreamerActors.Pages;
using Microsoft.AspNetCore.Mvc;

namespace DreamerActors.Host.Http;

/// <summary>How a browser gets in where a token is set: it sends the token once, in a form, and carries a pass from then on.</summary>
internal static class SignIn
{
    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/sign-in", Enter).AllowAnonymous().ExcludeFromDescription();
        routes.MapPost("/sign-out", Leave).ExcludeFromDescription();
    }

    private static IResult Enter(HttpContext context, Access access, [FromForm] string? token, [FromForm] string? back)
    {
        var place = JournalPages.Local(back);
        return See(access.Admit(context, token ?? "") ? place : $"/sign-in?wrong=1&back={Uri.EscapeDataString(place)}");
    }

    private static IResult Leave(HttpContext context, [FromForm] string? back)
    {
        context.Response.Cookies.Delete(Pass.Cookie);
        return See(JournalPages.Local(back));
    }

    private static IResult See(string place) => JournalPages.See(place);
}

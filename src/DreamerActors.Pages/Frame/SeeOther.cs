using Microsoft.AspNetCore.Http;

namespace DreamerActors.Pages.Frame;

/// <summary>Look there: what was sent is done, and reloading the page does not send it again.</summary>
internal sealed class SeeOther(string path) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
        httpContext.Response.Headers.Location = path;
        return Task.CompletedTask;
    }
}

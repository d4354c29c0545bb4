using System.Text.Json;
using Akka.Actor;
using DreamerActors.Pages;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;

namespace DreamerActors.Host.Http;

/// <summary>A request that is refused, with the code that a program reads and the sentence that a person reads.</summary>
internal sealed class ApiException(int status, string code, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Code { get; } = code;

    /// <summary>There is no such thing.</summary>
    public static ApiException NotFound(string message) => new(StatusCodes.Status404NotFound, "NOT_FOUND", message);
}

/// <summary>The body of a refusal, in the host's shape.</summary>
internal sealed record ApiProblem(ApiProblemDetail Detail);

/// <summary>Why: the same code twice, as the host's readers look for either name.</summary>
internal sealed record ApiProblemDetail(string Error, string Message, string ReasonCode);

/// <summary>The body of the answer to input that is not accepted, in the host's shape.</summary>
internal sealed record ApiInvalid(IReadOnlyList<ApiInvalidField> Detail);

/// <summary>What is not accepted: where it stands, what is accepted, and the kind of mistake.</summary>
internal sealed record ApiInvalidField(IReadOnlyList<string> Loc, string Msg, string Type);

/// <summary>Input that is not accepted.</summary>
internal sealed class InvalidInputException(string place, string field, string message) : Exception(message)
{
    public ApiInvalidField Field { get; } = new([place, field], message, "value_error");
}

/// <summary>Turns whatever ends a request early into the host's shape.</summary>
internal static class ApiErrors
{
    /// <summary>The outermost step of a request.</summary>
    public static async Task CatchAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort(); // Nobody reads the answer any more.
        }
        catch (InvalidInputException invalid)
        {
            await WriteAsync(context, StatusCodes.Status422UnprocessableEntity, new ApiInvalid([invalid.Field]));
        }
        catch (BadHttpRequestException bad) when (bad.InnerException is JsonException json)
        {
            await WriteAsync(context, StatusCodes.Status422UnprocessableEntity, new ApiInvalid([new ApiInvalidField(["body", json.Path ?? "$"], "not the expected JSON", "json_invalid")]));
        }
        catch (BadHttpRequestException bad)
        {
            await RefuseAsync(context, bad.StatusCode, "BAD_REQUEST", bad.Message);
        }
        catch (ApiException refused)
        {
            await RefuseAsync(context, refused.Status, refused.Code, refused.Message);
        }
        catch (AskTimeoutException late)
        {
            Log(context, late);
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "DREAMER_SLOW", "the dreamer did not answer in time");
        }
        catch (Exception failure)
        {
            Log(context, failure);
            await RefuseAsync(context, StatusCodes.Status500InternalServerError, "INTERNAL_ERROR", "it failed; the log has the details");
        }
    }

    /// <summary>A body for an answer that has only a status.</summary>
    public static Task WriteBareAsync(StatusCodeContext bare)
    {
        var status = bare.HttpContext.Response.StatusCode;
        return RefuseAsync(bare.HttpContext, status, $"HTTP_{status}", ReasonPhrases.GetReasonPhrase(status));
    }

    /// <summary>Refuses: for a person as a page, for a program in the host's shape.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string code, string message) =>
        WantsPage(context.Request) && !context.Response.HasStarted
            ? JournalPages.SendProblemAsync(context, status, code)
            : WriteAsync(context, status, new ApiProblem(new ApiProblemDetail(code, message, code)));

    /// <summary>Whether a browser asks for something to read.</summary>
    public static bool WantsPage(HttpRequest request) =>
        !request.Path.StartsWithSegments("/api") && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static Task WriteAsync<T>(HttpContext context, int status, T body)
    {
        if (context.Response.HasStarted)
        {
            context.Abort(); // Half of another answer is out: only the broken connection can tell.
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(body, typeof(T), ApiJson.Default, contentType: "application/json", context.RequestAborted);
    }

    private static void Log(HttpContext context, Exception failure) =>
        context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("DreamerActors.Http").LogWarning(failure, "{Method} {Path} failed", context.Request.Method, context.Request.Path);
}

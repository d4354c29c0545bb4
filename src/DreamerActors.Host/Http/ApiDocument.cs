using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DreamerActors.Host.Http;

/// <summary>What the OpenAPI document tells beyond the routes: who may ask, and what a refusal looks like.</summary>
internal static class ApiDocument
{
    private const string BearerScheme = "bearer";
    private const string HeaderScheme = "token";

    public static void Describe(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "DreamerActors", Version = "1",
                Description = "What was dreamt, what is dreamt now, and how to begin or stop it. Events are at /ws/events (WebSocket) and /api/v1/dreams/stream (server-sent events). A list's answer has an ETag.",
                License = new OpenApiLicense { Name = "MIT" },
            };
            // Whoever fetched the document knows the address.
            document.Servers = [new OpenApiServer { Url = "/" }];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [BearerScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "DREAMER_API_TOKEN, when one is set." },
                [HeaderScheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = Access.TokenHeader, Description = "The same." },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeAsync);
    }

    private static async Task DescribeAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        var open = context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any();
        operation.Responses ??= [];
        operation.Responses["default"] = await RefusalAsync<ApiProblem>(context, "Refused: the code is for programs, the message for people.", cancellation);
        if (operation.RequestBody is not null || operation.Parameters is { Count: > 0 })
            operation.Responses["422"] = await RefusalAsync<ApiInvalid>(context, "Input that is not accepted: where it stands, and what is.", cancellation);
        if (!open)
        {
            operation.Responses["429"] = await RefusalAsync<TooMany>(context, "Too many requests.", cancellation);
            // One of both, or none when no token is set.
            operation.Security = [Requirement(BearerScheme, context.Document), Requirement(HeaderScheme, context.Document), []];
        }
    }

    private static async Task<OpenApiResponse> RefusalAsync<T>(OpenApiOperationTransformerContext context, string description, CancellationToken cancellation)
    {
        var schema = await context.GetOrCreateSchemaAsync(typeof(T), null, cancellation);
        context.Document?.AddComponent(typeof(T).Name, schema);
        return new OpenApiResponse
        {
            Description = description,
            Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(typeof(T).Name, context.Document) } },
        };
    }

    private static OpenApiSecurityRequirement Requirement(string scheme, OpenApiDocument? document) => new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };
}

namespace DreamerActors.Domain.Brains;

/// <summary>What an endpoint or its model does not understand.</summary>
[Flags]
public enum Quirks
{
    /// <summary>Nothing is known to be amiss.</summary>
    None = 0,

    /// <summary>The model has no system role: instructions go into the first user turn.</summary>
    NoSystemRole = 1,

    /// <summary>The endpoint does not constrain answers by a JSON schema.</summary>
    NoSchema = 2,

    /// <summary>The model does not take a temperature.</summary>
    NoTemperature = 4,
}

/// <summary>Reads from an endpoint's refusal what it is worth doing about it.</summary>
public static class EndpointComplaint
{
    private static readonly (Quirks Quirk, string[] Words)[] Known =
    [
        (Quirks.NoSystemRole, ["system role", "system message", "'system'", "roles must alternate", "only user and assistant", "developer instruction"]),
        (Quirks.NoSchema, ["response_format", "json_schema", "grammar", "guided", "structured output"]),
        (Quirks.NoTemperature, ["temperature"]),
    ];

    /// <summary>The quirk that a refusal tells of; none when it tells of none. Some chat templates raise inside the server, which answers 500.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">What the endpoint said.</param>
    public static Quirks Read(int status, string message) =>
        status is not (400 or 422 or 500 or 501)
            ? Quirks.None
            : Known.FirstOrDefault(known => known.Words.Any(word => message.Contains(word, StringComparison.OrdinalIgnoreCase))).Quirk;

    /// <summary>Whether the same request may succeed a moment later.</summary>
    public static bool IsPassing(int status) => status is 0 or 408 or 425 or 429 or 500 or 502 or 503 or 504 or 529;
}

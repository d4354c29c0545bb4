namespace DreamerActors.Host.Http;

/// <summary>How many entries a list shows.</summary>
internal static class Limits
{
    private const int Default = 50;

    public static int Check(int? limit, int most) => limit switch
    {
        null => Default,
        { } value when value >= 1 && value <= most => value,
        _ => throw new InvalidInputException("query", "limit", $"limit={limit} is not accepted: a whole number from 1 to {most}"),
    };
}

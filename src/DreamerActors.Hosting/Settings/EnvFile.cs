using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;

namespace DreamerActors.Hosting.Settings;

/// <summary>The env file that a Python host and the dreamer share.</summary>
public static partial class EnvFile
{
    private const long MaxBytes = 1 << 20;

    /// <summary>Adds the file that <c>ENV_FILE</c> names, else <c>.env</c> in <paramref name="baseDirectory"/> if there is one.</summary>
    /// <exception cref="SettingsException"><c>ENV_FILE</c> names a file that cannot be read.</exception>
    public static IConfigurationBuilder AddDreamerEnvFile(this IConfigurationBuilder builder, string baseDirectory)
    {
        var named = Environment.GetEnvironmentVariable("ENV_FILE");
        var path = Path.GetFullPath(string.IsNullOrEmpty(named) ? ".env" : named, baseDirectory);
        if (string.IsNullOrEmpty(named) && !File.Exists(path))
            return builder;
        return builder.AddInMemoryCollection(Parse(Read(path)));
    }

    /// <summary>Names and values of an env file: <c>export</c>, quotes (also over several lines) and <c> # comments</c> are understood, the last of equal names wins.</summary>
    internal static Dictionary<string, string?> Parse(string text)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in Entry().Matches(text))
        {
            values[match.Groups["name"].Value] =
                match.Groups["single"] is { Success: true } literal ? literal.Value.Replace("\\'", "'", StringComparison.Ordinal)
                : match.Groups["double"] is { Success: true } escaped ? Unescape(escaped.Value)
                : Comment().Replace(match.Groups["bare"].Value, "").Trim();
        }

        return values;
    }

    private static string Read(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
                throw new SettingsException([$"ENV_FILE={path} is not accepted: a file of at most 1 MB"]);
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"ENV_FILE={path} is not accepted: a file that can be read ({e.Message})"]);
        }
    }

    private static string Unescape(string text) =>
        Escape().Replace(text, match => match.Groups[1].Value switch { "n" => "\n", "r" => "\r", "t" => "\t", var other => other });

    [GeneratedRegex("""^[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_][A-Za-z0-9_]*)[ \t]*=[ \t]*(?:'(?<single>(?:\\'|[^'])*)'|"(?<double>(?:\\.|[^"\\])*)"|(?<bare>[^\r\n]*))""", RegexOptions.Multiline | RegexOptions.Singleline, 1000)]
    private static partial Regex Entry();

    [GeneratedRegex("""(?:^|\s)#.*$""")]
    private static partial Regex Comment();

    [GeneratedRegex("""\\(.)""", RegexOptions.Singleline)]
    private static partial Regex Escape();
}

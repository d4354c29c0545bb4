using DreamerActors.Hosting.Clustering;
using Microsoft.Extensions.Configuration;

namespace DreamerActors.Hosting.Settings;

/// <summary>Configuration that is not accepted. Each problem names the key, the value and what is accepted.</summary>
public sealed class SettingsException(IReadOnlyList<string> problems) : Exception(string.Join("; ", problems))
{
    /// <summary>One sentence per wrong key.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}

/// <summary>Turns configuration into validated settings.</summary>
public static class SettingsReader
{
    /// <summary>Reads every key of the table in README.md.</summary>
    /// <param name="configuration">Composed by the host; later sources win.</param>
    /// <param name="baseDirectory">The absolute directory that relative paths start from.</param>
    /// <exception cref="SettingsException">At least one value is not accepted; all of them are named.</exception>
    public static DreamerSettings Read(IConfiguration configuration, string baseDirectory)
    {
        var settings = new DreamerSettings
        {
            OutputDirectory = Path.GetFullPath("data/synthetic_training", baseDirectory),
            MemoryRoot = Path.GetFullPath("data/memory", baseDirectory),
            DataDirectory = Path.GetFullPath("data/dreamer", baseDirectory),
        };
        var problems = new List<string>();
        foreach (var key in SettingKeys.All)
        {
            var name = configuration[key.Name] is null && key.Fallback is { } fallback ? fallback : key.Name;
            if (configuration[name] is not { } value)
                continue;
            if (key.Apply(settings, value.Trim(), baseDirectory) is { } applied)
                settings = applied;
            else
                problems.Add($"{name}={(key.IsSecret ? "***" : Shown(value))} is not accepted: {key.Accepts}");
        }

        problems.AddRange(LanguageModelKeys.Missing(settings));
        problems.AddRange(ClusterKeys.Missing(settings));

        return problems.Count == 0 ? settings : throw new SettingsException(problems);
    }

    /// <summary>A sentence for each key that looks like ours and is none, with the nearest key that exists.</summary>
    public static IReadOnlyList<string> Warnings(IConfiguration configuration) =>
    [
        .. from section in configuration.GetChildren()
           let name = section.Key.ToUpperInvariant()
           where name.StartsWith("DREAMING_", StringComparison.Ordinal) || name.StartsWith("DREAMER_", StringComparison.Ordinal)
           where SettingKeys.All.All(key => key.Name != name)
           let nearest = SettingKeys.All.MinBy(key => Distance(key.Name, name))!
           orderby name
           select $"{Shown(section.Key)} is not a known setting and is ignored; the nearest known one is {nearest.Name}",
    ];

    /// <summary>A value as a message may show it: on one line, without control characters, not too long.</summary>
    private static string Shown(string value)
    {
        var shown = new string([.. value.Take(100).Select(c => char.IsControl(c) ? '?' : c)]);
        return value.Length > 100 ? shown + "…" : shown.Length == 0 ? "(empty)" : shown;
    }

    /// <summary>Levenshtein's distance: single-character edits between two names.</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), substitution);
            }
        }

        return row[^1];
    }
}

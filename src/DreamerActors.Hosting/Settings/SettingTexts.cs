using Microsoft.Extensions.Configuration;

namespace DreamerActors.Hosting.Settings;

/// <summary>A setting as a user writes it.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Value">What is set; null when nothing is, and for secrets.</param>
/// <param name="Default">What counts when nothing is set.</param>
/// <param name="Accepts">What is accepted, in words.</param>
/// <param name="Meaning">What it changes.</param>
/// <param name="IsSecret">Whether its value is never shown.</param>
public sealed record SettingText(string Name, string? Value, string Default, string Accepts, string Meaning, bool IsSecret);

/// <summary>All settings as text, and whether others would be accepted. Nothing is changed here: settings are read when the program starts.</summary>
/// <param name="configuration">What the program started with.</param>
/// <param name="baseDirectory">The absolute directory that relative paths start from.</param>
public sealed class SettingTexts(IConfiguration configuration, string baseDirectory)
{
    /// <summary>All of them, in the order in which users read them.</summary>
    public IReadOnlyList<SettingText> All { get; } =
    [
        .. SettingKeys.All.Select(key => new SettingText(
            key.Name, key.IsSecret ? null : configuration[key.Name] ?? (key.Fallback is { } other ? configuration[other] : null), key.Default, key.Accepts, key.Meaning, key.IsSecret)),
    ];

    /// <summary>What would not be accepted of these values, one sentence each that begins with the key; null as a value is the default.</summary>
    public IReadOnlyList<string> Check(IReadOnlyDictionary<string, string?> changes)
    {
        try
        {
            SettingsReader.Read(new ConfigurationBuilder().AddConfiguration(configuration).AddInMemoryCollection(changes).Build(), baseDirectory);
            return [];
        }
        catch (SettingsException refused)
        {
            return refused.Problems;
        }
    }
}

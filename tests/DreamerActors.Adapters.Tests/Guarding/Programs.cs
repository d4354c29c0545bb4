namespace DreamerActors.Adapters.Tests.Guarding;

/// <summary>Programs with their tests: a file of data, read by name.</summary>
internal sealed class Programs
{
    private readonly Dictionary<string, string[]> _programs;

    public Programs(string file) => _programs = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", file))
        .Split("### ", StringSplitOptions.RemoveEmptyEntries).Select(block => block.Split('\n', 2)).ToDictionary(block => block[0], block => block[1].Split("--- tests ---\n"));

    public TheoryData<string> Of(string kind) => [.. _programs.Keys.Where(name => name.StartsWith($"{kind}: ", StringComparison.Ordinal))];

    public (string Code, string Tests) this[string name] => (_programs[name][0], _programs[name][1]);
}

using System.Text.Json;
using DreamerActors.Host.Tests.Running;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace DreamerActors.Host.Tests;

/// <summary>A coding assistant's client against the real process.</summary>
[Collection(Processes.Name)]
public sealed class McpTests : IAsyncLifetime
{
    private const string Tests = "from solution import add\n\ndef test_add():\n    assert add(2, 3) == 5\n    assert add(-1, 1) == 0\n";
    private readonly Workspace _workspace = new();
    private McpClient _client = null!;

    public async Task InitializeAsync() => _client = await McpClient.CreateAsync(new StdioClientTransport(new StdioClientTransportOptions
    {
        Command = "dotnet",
        Arguments = [Workspace.Dreamer, "mcp"],
        WorkingDirectory = _workspace.Path,
        EnvironmentVariables = new Dictionary<string, string?> { ["DREAMING_SANDBOX"] = "bubblewrap", ["DREAMING_PROCESS_PRIORITY"] = "0" },
    }));

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        _workspace.Dispose();
    }

    [Fact]
    public async Task It_names_its_tools() => Assert.Equal(
        ["dream", "dream_document", "journal", "search_lessons", "status", "validate"], (await _client.ListToolsAsync()).Select(tool => tool.Name).Order(StringComparer.Ordinal));

    [SkippableFact]
    public async Task It_proves_a_solution_and_refuses_a_wrong_one()
    {
        Needs.Sandbox();
        Assert.Equal("pass", Verdict(await CallAsync("validate", new() { ["code"] = "def add(a, b):\n    return a + b\n", ["tests"] = Tests })));
        Assert.Equal("fail", Verdict(await CallAsync("validate", new() { ["code"] = "def add(a, b):\n    return a - b\n", ["tests"] = Tests })));
    }

    [Fact]
    public async Task Where_nothing_was_dreamt_yet_it_says_so()
    {
        Assert.Equal(0, JsonDocument.Parse(Text(await CallAsync("status", []))).RootElement.GetProperty("total_dreams").GetInt32());
        Assert.Equal("[]", Text(await CallAsync("journal", new() { ["outcome"] = "kept" })));
        Assert.Equal("[]", Text(await CallAsync("search_lessons", new() { ["text"] = "nothing" })));
    }

    [Theory]
    [InlineData("dream", """{}""", "dreamer run")]
    [InlineData("dream_document", """{ "id": "../../etc" }""", "no kept dream")]
    [InlineData("journal", """{ "outcome": "stolen" }""", "kept, rejected or lost")]
    [InlineData("journal", """{ "limit": 100000 }""", "1 to 200")]
    public async Task What_cannot_be_done_is_an_error_that_says_why(string tool, string arguments, string says)
    {
        var answer = await CallAsync(tool, JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments)!);
        Assert.True(answer.IsError);
        Assert.Contains(says, Text(answer), StringComparison.Ordinal);
    }

    private async Task<CallToolResult> CallAsync(string tool, Dictionary<string, object?> arguments) => await _client.CallToolAsync(tool, arguments);

    private static string Text(CallToolResult answer) => Assert.IsType<TextContentBlock>(Assert.Single(answer.Content)).Text;

    private static string? Verdict(CallToolResult answer) => JsonDocument.Parse(Text(answer)).RootElement.GetProperty("verdict").GetString();
}

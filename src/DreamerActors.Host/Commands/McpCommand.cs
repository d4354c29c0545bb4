using System.CommandLine;
using DreamerActors.Host.Mcp;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using Serilog;

namespace DreamerActors.Host.Commands;

/// <summary><c>mcp</c>: the dreamer as tools of a coding assistant, over standard input and output (https://modelcontextprotocol.io).</summary>
internal static class McpCommand
{
    public static Command Build()
    {
        var command = new Command("mcp", CommandTree.Describe(
            "Serves validate, search_lessons, journal, dream_document, status and dream to a coding assistant, which starts this command itself.", ["dreamer mcp"]));
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken wake)
    {
        var workplace = Workplace.Open();
        var services = new ServiceCollection();
        workplace.AddAdapters(services);
        services.AddSingleton(workplace.Settings);
        services.AddMcpServer(server => server.ServerInfo = new() { Name = "dreamer", Version = typeof(McpCommand).Assembly.GetName().Version!.ToString(3) })
            .WithStdioServerTransport().WithTools<DreamerTools>();
        await using var provider = services.BuildServiceProvider();
        try
        {
            await provider.GetRequiredService<McpServer>().RunAsync(wake);
        }
        catch (OperationCanceledException) when (wake.IsCancellationRequested)
        {
            Log.Logger.Debug("Asked to end");
        }

        return ExitCode.Done;
    }
}

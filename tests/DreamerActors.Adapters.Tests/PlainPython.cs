using System.Diagnostics;
using System.Text;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Tests;

/// <summary>Runs our own modules, and code that a test wrote itself, by the plain interpreter: no sandbox is needed for what is trusted.</summary>
internal sealed class PlainPython : ISandboxedReader
{
    private const string Interpreter = "/usr/bin/python3";

    private const string Delivery = """
        import json, sys, types
        size = int(sys.stdin.buffer.readline())
        sources = json.loads(sys.stdin.buffer.read(size))
        class Delivered:
            def find_spec(self, name, path=None, target=None):
                if name == "guard" or name[6:] in sources:
                    return type(sys.__spec__ or json.__spec__)(name, self, is_package=name == "guard")
            def create_module(self, spec): return None
            def exec_module(self, module):
                if module.__name__ != "guard": exec(compile(sources[module.__name__[6:]], module.__name__, "exec"), module.__dict__)
        sys.meta_path.insert(0, Delivered())

        """;

    private const string Call = """
        import importlib
        print(json.dumps(getattr(importlib.import_module("guard." + sys.argv[1]), sys.argv[2])(sys.stdin.buffer.read())))
        """;

    public int Calls { get; private set; }

    private static byte[] Delivered => [.. Encoding.ASCII.GetBytes($"{Harness.Modules.Length}\n"), .. Harness.Modules];

    public async Task<byte[]> CallAsync(string module, string function, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        Calls++;
        return Encoding.UTF8.GetBytes(await RunAsync(["-I", "-c", Delivery + Call, module, function], [.. Delivered, .. payload.Span]));
    }

    /// <summary>What a script prints that imports from <c>guard</c>, our modules.</summary>
    public static Task<string> RunScriptAsync(string script, params string[] arguments) => RunAsync(["-I", "-c", Delivery + script, .. arguments], Delivered);

    /// <summary>What the interpreter prints; a failure of it fails the test.</summary>
    public static async Task<string> RunAsync(string[] arguments, byte[]? input = null)
    {
        Skip.IfNot(File.Exists(Interpreter), "needs /usr/bin/python3");
        using var process = Process.Start(new ProcessStartInfo(Interpreter, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.BaseStream.WriteAsync(input ?? []);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return await output;
    }
}

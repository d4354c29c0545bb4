using System.CommandLine;
using System.Runtime.InteropServices;
using DreamerActors.Host.Commands;
using DreamerActors.Host.Terminal;
using Serilog;

Output.KeepStdoutForResults();

// The first Ctrl-C or SIGTERM is a wake-up: everything stops and the command reports. The second one ends the process at once.
using var wake = new CancellationTokenSource();
void Wake(PosixSignalContext signal)
{
    signal.Cancel = !wake.IsCancellationRequested;
    if (signal.Cancel)
        new Thread(wake.Cancel) { IsBackground = true }.Start(); // a thread pool that dreams have used up must not hold it up
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Wake);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Wake);
using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Wake);

var command = CommandTree.Build().Parse(args);
if (command.Errors.Count > 0)
{
    // That a command is missing says nothing new about a mistyped one, which stands last.
    Output.Errors([command.Errors[^1].Message]);
    Output.Note($"See: {CommandTree.NameOf(command.CommandResult)} --help");
    return ExitCode.Usage;
}

Log.Logger = Logs.Open(Environment.CurrentDirectory);
try
{
    var run = new InvocationConfiguration { Output = Output.Results, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
    return await command.InvokeAsync(run, wake.Token);
}
catch (Exception failure)
{
    return Failures.Explain(failure);
}
finally
{
    await Log.CloseAndFlushAsync();
}

using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DreamerActors.Benchmarks.Energy;

/// <summary>Processes at normal priority that want every processor, when told to.</summary>
internal sealed partial class Load(int processes) : IDisposable
{
    private const int Stop = 19;
    private const int Continue = 18;
    private readonly List<Process> _processes = [.. Enumerable.Range(0, processes).Select(_ => Process.Start("/usr/bin/python3", ["-c", "while True: pass"]))];

    public void On() => Send(Continue);

    public void Off() => Send(Stop);

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Kill();
            process.Dispose();
        }
    }

    private void Send(int signal)
    {
        foreach (var process in _processes) _ = Kill(process.Id, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}

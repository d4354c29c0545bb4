using System.Diagnostics;

namespace DreamerActors.LlamaWorker;

/// <summary>Ends this process when the one that started it is gone: its end of our standard input closes with it, however it dies.</summary>
internal static class ParentWatch
{
    public static void Begin() => new Thread(() =>
    {
        using var input = Console.OpenStandardInput();
        var buffer = new byte[16];
        while (input.Read(buffer) > 0)
        {
            // Nobody writes; only the end matters.
        }

        // Native code may be computing for minutes yet: an orderly exit would wait for it.
        Process.GetCurrentProcess().Kill();
    }) { IsBackground = true, Name = "parent watch" }.Start();
}

using System.Runtime.InteropServices;

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>Where the kernel puts the parts of a new program in its address space.</summary>
internal static partial class AddressSpace
{
    private const nuint NotRandom = 0x0040000; // ADDR_NO_RANDOMIZE of <linux/personality.h>
    private const nuint Ask = 0xFFFFFFFF;

    /// <summary>
    /// Until it is disposed of, programs that this thread starts have their parts close together, not at random places: with fewer tables of pages a process is begun, forked
    /// and ended sooner, by up to a third where the machine is a virtual one. Inside a jail random places protect nothing: whoever is there may run any code, and is a
    /// fork of those he would attack. Where the kernel refuses, places are random as ever.
    /// </summary>
    public static IDisposable Compact() => new Restored(Personality(Ask));

    [LibraryImport("libc", EntryPoint = "personality")]
    private static partial int Personality(nuint persona);

    private sealed class Restored : IDisposable
    {
        private readonly nuint _before;

        public Restored(int before)
        {
            _before = (nuint)(uint)before;
            _ = Personality(_before | NotRandom);
        }

        public void Dispose() => _ = Personality(_before);
    }
}

using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using DreamerActors.Domain.Energy;

namespace DreamerActors.Adapters.Energy.Activity;

/// <summary>The last key or mouse movement of the Windows session. The tests run on Linux and do not exercise it.</summary>
[SupportedOSPlatform("windows")]
public sealed partial class WindowsActivity(TimeProvider time) : IActivitySource
{
    /// <inheritdoc/>
    public string Name => "keyboard or mouse";

    /// <inheritdoc/>
    public DateTimeOffset? LastActivity()
    {
        var info = new LastInput { Size = (uint)Marshal.SizeOf<LastInput>() };
        // Both counters wrap after 49 days, together.
        return GetLastInputInfo(ref info) ? time.GetUtcNow() - TimeSpan.FromMilliseconds(unchecked((uint)Environment.TickCount - info.Tick)) : null;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct LastInput
    {
        public uint Size;
        public uint Tick;
    }

    [LibraryImport("user32", EntryPoint = "GetLastInputInfo")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetLastInputInfo(ref LastInput info);
}

/// <summary>The last key or mouse movement that macOS knows of. The tests run on Linux and do not exercise it.</summary>
[SupportedOSPlatform("macos")]
public sealed partial class MacActivity(TimeProvider time) : IActivitySource
{
    private const int HardwareState = 1;
    private const uint AnyInput = uint.MaxValue;

    /// <inheritdoc/>
    public string Name => "keyboard or mouse";

    /// <inheritdoc/>
    public DateTimeOffset? LastActivity() =>
        SecondsSinceLastEvent(HardwareState, AnyInput) is >= 0 and var seconds ? time.GetUtcNow() - TimeSpan.FromSeconds(seconds) : null;

    [LibraryImport("/System/Library/Frameworks/ApplicationServices.framework/ApplicationServices", EntryPoint = "CGEventSourceSecondsSinceLastEventType")]
    private static partial double SecondsSinceLastEvent(int state, uint type);
}

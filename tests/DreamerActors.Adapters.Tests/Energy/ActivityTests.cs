using System.Buffers.Binary;
using DreamerActors.Adapters.Energy.Activity;
using Microsoft.Extensions.Time.Testing;

namespace DreamerActors.Adapters.Tests.Energy;

public sealed class ActivityTests : IDisposable
{
    private static readonly DateTime Morning = new(2026, 1, 2, 8, 0, 0, DateTimeKind.Utc);
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("dreamer-activity-");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(Morning));

    public void Dispose() => _root.Delete(recursive: true);

    private string Write(string path, byte[] bytes)
    {
        var full = Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
        return full;
    }

    [Fact]
    public void The_terminal_that_was_typed_on_last_counts_and_what_is_printed_does_not()
    {
        foreach (var (name, minutes) in new[] { ("tty1", 1), ("pts/0", 5), ("pts/1", 3), ("pts/ptmx", 50), ("ttyprintk", 60) })
        {
            var path = Write(name, []);
            File.SetLastWriteTimeUtc(path, Morning.AddHours(9));
            File.SetLastAccessTimeUtc(path, Morning.AddMinutes(minutes));
        }

        // The kernel tells whole seconds: the last moment that it may mean counts.
        Assert.Equal(new DateTimeOffset(Morning.AddMinutes(5).AddSeconds(1).AddTicks(-1)), new TerminalActivity(_root.FullName).LastActivity());
    }

    [Fact]
    public void A_machine_without_terminals_cannot_tell() => Assert.Null(new TerminalActivity(_root.FullName).LastActivity());

    [Fact]
    public void The_last_login_counts_and_boots_and_logouts_do_not()
    {
        static byte[] Record(short type, DateTime at)
        {
            var record = new byte[384];
            BinaryPrimitives.WriteInt16LittleEndian(record, type);
            BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(340), (uint)new DateTimeOffset(at).ToUnixTimeSeconds());
            return record;
        }

        var file = Write("wtmp", [.. Record(7, Morning), .. Record(2, Morning.AddHours(2)), .. Record(8, Morning.AddHours(3)), 1, 2, 3]);
        var logins = new LoginActivity(Path.Combine(_root.FullName, "utmp"), file);
        Assert.Equal(new DateTimeOffset(Morning), logins.LastActivity());

        Write("wtmp", [.. Record(7, Morning), .. Record(7, Morning.AddHours(4))]);
        File.SetLastWriteTimeUtc(file, Morning.AddDays(1));
        Assert.Equal(new DateTimeOffset(Morning.AddHours(4)), logins.LastActivity());
    }

    [Fact]
    public void Without_input_devices_the_keyboard_controllers_interrupts_tell()
    {
        static byte[] Interrupts(int count) => System.Text.Encoding.ASCII.GetBytes($"      CPU0  CPU1\n  1:  {count}  7  IO-APIC  1-edge  i8042\n 30:  99999 1 PCI-MSI xhci\n");
        Write("proc/interrupts", Interrupts(5));
        using var input = new InputActivity(_time, Path.Combine(_root.FullName, "proc"), Path.Combine(_root.FullName, "dev"));
        Assert.Null(input.LastActivity());

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(input.LastActivity());
        Write("proc/interrupts", Interrupts(6));
        Assert.Equal(_time.GetUtcNow(), input.LastActivity());
    }

    [Fact]
    public void Without_anything_to_watch_the_input_source_cannot_tell()
    {
        Write("proc/interrupts", "  0: 1 timer\n"u8.ToArray());
        using var input = new InputActivity(_time, Path.Combine(_root.FullName, "proc"), Path.Combine(_root.FullName, "dev"));
        Assert.Null(input.LastActivity());
    }

    [Theory]
    [InlineData("""{"type":"TASK_CREATED","agent":"x","data":{}}""", true)]
    [InlineData("""{"type":"TASK_STARTED"}""", true)]
    [InlineData("""{"type":"AGENT_THOUGHT"}""", true)]
    [InlineData("""{"type":"DREAM_SESSION"}""", false)]
    [InlineData("""{"type":7}""", false)]
    [InlineData("""[]""", false)]
    [InlineData("""{"type":"TASK_CRE""", false)]
    public void What_the_assistant_tells_of_tasks_and_agents_is_its_user(string message, bool isUse) =>
        Assert.Equal(isUse, AssistantActivity.IsUse(System.Text.Encoding.UTF8.GetBytes(message)));

    [Fact]
    public void The_login_manager_counts_only_when_it_has_once_said_idle()
    {
        var now = _time.GetUtcNow();
        Assert.Null(LoginManagerActivity.Seen(isIdle: false, 0, wasIdle: false, now));
        Assert.Equal(now, LoginManagerActivity.Seen(isIdle: false, 0, wasIdle: true, now));
        Assert.Null(LoginManagerActivity.Seen(isIdle: true, 0, wasIdle: false, now));
        Assert.Equal(now.AddHours(-1), LoginManagerActivity.Seen(isIdle: true, (ulong)now.AddHours(-1).ToUnixTimeMilliseconds() * 1000, wasIdle: false, now));
    }

    [Fact]
    public void What_the_host_marks_is_seen_and_its_start_counts()
    {
        var host = new HostActivity(_time);
        Assert.Equal(new DateTimeOffset(Morning), host.LastActivity());
        _time.Advance(TimeSpan.FromMinutes(1));
        host.Mark();
        Assert.Equal(_time.GetUtcNow(), host.LastActivity());
    }
}

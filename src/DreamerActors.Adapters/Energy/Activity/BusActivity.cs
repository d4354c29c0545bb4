using Tmds.DBus.Protocol;

namespace DreamerActors.Adapters.Energy.Activity;

/// <summary>What the login manager (logind) says: consoles, ssh and, where the desktop tells it, the graphical session.</summary>
public sealed class LoginManagerActivity(TimeProvider time) : WatchedActivity("login manager", TimeSpan.FromSeconds(2), time)
{
    private const string Service = "org.freedesktop.login1";
    private readonly Bus _bus = new(DBusAddress.System);
    private readonly TimeProvider _time = time;
    private bool _wasIdle;

    /// <inheritdoc/>
    protected override async Task<DateTimeOffset?> AskAsync(CancellationToken cancellation)
    {
        var isIdle = (await _bus.PropertyAsync(Service, "/org/freedesktop/login1", Service + ".Manager", "IdleHint", cancellation)).GetBool();
        var since = (await _bus.PropertyAsync(Service, "/org/freedesktop/login1", Service + ".Manager", "IdleSinceHint", cancellation)).GetUInt64();
        var seen = Seen(isIdle, since, _wasIdle, _time.GetUtcNow());
        _wasIdle |= isIdle;
        return seen;
    }

    /// <summary>
    /// Many desktops never tell the login manager that they are idle: that it says "not idle" means something only after it once said "idle".
    /// </summary>
    internal static DateTimeOffset? Seen(bool isIdle, ulong sinceMicroseconds, bool wasIdle, DateTimeOffset now) =>
        isIdle ? sinceMicroseconds == 0 ? null : DateTimeOffset.UnixEpoch.AddMicroseconds(sinceMicroseconds)
        : wasIdle ? now
        : null;
}

/// <summary>What the desktop says (GNOME's idle monitor, else the common screen saver interface), under X11 and Wayland alike.</summary>
public sealed class DesktopActivity(TimeProvider time) : WatchedActivity("desktop", TimeSpan.FromSeconds(2), time)
{
    private readonly Bus _bus = new(DBusAddress.Session);
    private readonly TimeProvider _time = time;

    /// <inheritdoc/>
    protected override async Task<DateTimeOffset?> AskAsync(CancellationToken cancellation) => _time.GetUtcNow() - TimeSpan.FromMilliseconds(await IdleAsync(cancellation));

    private async Task<double> IdleAsync(CancellationToken cancellation)
    {
        try
        {
            return await _bus.CallAsync("org.gnome.Mutter.IdleMonitor", "/org/gnome/Mutter/IdleMonitor/Core", "org.gnome.Mutter.IdleMonitor", "GetIdletime",
                static (message, _) => message.GetBodyReader().ReadUInt64(), cancellation);
        }
        catch (DBusErrorReplyException)
        {
            // Not GNOME.
            return await _bus.CallAsync("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "GetSessionIdleTime",
                static (message, _) => message.GetBodyReader().ReadUInt32(), cancellation);
        }
    }
}

/// <summary>A message bus that is connected to when it is asked, and again after it was lost.</summary>
internal sealed class Bus(string? address)
{
    private DBusConnection? _connection;

    public Task<VariantValue> PropertyAsync(string service, string path, string ofInterface, string property, CancellationToken cancellation) =>
        SendAsync(
            connection =>
            {
                using var writer = connection.GetMessageWriter();
                writer.WriteMethodCallHeader(service, path, "org.freedesktop.DBus.Properties", "Get", "ss");
                writer.WriteString(ofInterface);
                writer.WriteString(property);
                return writer.CreateMessage();
            },
            static (message, _) => message.GetBodyReader().ReadVariantValue(), cancellation);

    public Task<T> CallAsync<T>(string service, string path, string onInterface, string method, MessageValueReader<T> read, CancellationToken cancellation) =>
        SendAsync(
            connection =>
            {
                using var writer = connection.GetMessageWriter();
                writer.WriteMethodCallHeader(service, path, onInterface, method);
                return writer.CreateMessage();
            },
            read, cancellation);

    private async Task<T> SendAsync<T>(Func<DBusConnection, MessageBuffer> build, MessageValueReader<T> read, CancellationToken cancellation)
    {
        try
        {
            if (_connection is null)
            {
                var connection = new DBusConnection(address ?? throw new InvalidOperationException("there is no such bus"));
                await connection.ConnectAsync();
                _connection = connection;
            }

            return await _connection.CallMethodAsync(build(_connection), read, null).WaitAsync(cancellation);
        }
        catch (DBusConnectionException)
        {
            _connection?.Dispose();
            _connection = null;
            throw;
        }
    }
}

namespace DreamerActors.Actors.Energy;

/// <summary>Calls once, after a while, unless it is disposed of before.</summary>
/// <param name="after">How long.</param>
/// <param name="ring">What to do then; must not throw.</param>
internal delegate IDisposable SetAlarm(TimeSpan after, Action ring);

/// <summary>
/// An alarm that rings on a thread of its own, whatever scheduler a host has given its actor system. Akka's takes its ticks from the thread pool, so a watchdog on it would come late just when it is
/// needed: when dreams have used that pool up.
/// </summary>
internal sealed class Alarm : IDisposable
{
    private readonly ManualResetEventSlim _off = new();

    private Alarm(TimeSpan after, Action ring) =>
        new Thread(() =>
        {
            if (!_off.Wait(after)) ring();
        })
        {
            IsBackground = true,
            Name = "alarm",
        }.Start();

    /// <inheritdoc cref="SetAlarm"/>
    public static IDisposable Set(TimeSpan after, Action ring) => new Alarm(after, ring);

    // The event itself is not disposed of: its thread may be looking at it.
    /// <inheritdoc/>
    public void Dispose() => _off.Set();
}

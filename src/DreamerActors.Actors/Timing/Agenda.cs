using Akka.Actor;

namespace DreamerActors.Actors.Timing;

/// <summary>What is to be done, and when. Times are counted from any one moment on; it has no clock, and is of one thread at a time.</summary>
/// <param name="tick">
/// What is wanted in a tick or later is done at the next whole tick, so that what is due at about the same time takes one awakening. What is wanted sooner is done at its time.
/// </param>
internal sealed class Agenda(TimeSpan tick)
{
    private const int Few = 1024;
    private readonly PriorityQueue<Entry, (TimeSpan Due, long Number)> _entries = new();
    private long _added;
    private int _many = Few;

    /// <summary>When the next is due; null if nothing is to be done.</summary>
    public TimeSpan? Next
    {
        get
        {
            while (_entries.TryPeek(out var entry, out var place))
            {
                if (!entry.IsOver) return place.Due;
                _entries.Dequeue();
            }
            return null;
        }
    }

    /// <param name="entry">What is to be done.</param>
    /// <param name="now">Now.</param>
    /// <param name="delay">How long it waits, from now on; at least 0.</param>
    public void Add(Entry entry, TimeSpan now, TimeSpan delay)
    {
        if (_entries.Count >= _many) Tidy();
        entry.Wanted = now + delay;
        _entries.Enqueue(entry, (delay < tick ? entry.Wanted : Ceiling(entry.Wanted), _added++));
    }

    /// <summary>Takes the first that is due, or null; one that repeats is added again. One that should have been done several times meanwhile is done once.</summary>
    public Entry? Take(TimeSpan now)
    {
        if (!(Next <= now)) return null;
        var entry = _entries.Dequeue();
        if (entry.Interval is { } interval)
        {
            var next = entry.Wanted + interval;
            Add(entry, now, next > now ? next - now : interval);
        }
        return entry;
    }

    /// <summary>Takes all that waits, in its order.</summary>
    public IReadOnlyList<Entry> TakeAll()
    {
        var all = new List<Entry>(_entries.Count);
        while (Next is not null) all.Add(_entries.Dequeue());
        return all;
    }

    // What is called off stays until it is due; most timers are called off, and some would stay for hours.
    private void Tidy()
    {
        var rest = _entries.UnorderedItems.Where(each => !each.Element.IsOver).ToArray();
        _entries.Clear();
        _entries.EnqueueRange(rest);
        _many = Math.Max(Few, 2 * rest.Length);
    }

    private TimeSpan Ceiling(TimeSpan time) => new((time.Ticks + tick.Ticks - 1) / tick.Ticks * tick.Ticks);

    /// <param name="action">What is to be done.</param>
    /// <param name="cancellation">Calls it off; null for never.</param>
    /// <param name="interval">How long until it is to be done again, more than 0; null for once.</param>
    internal sealed class Entry(Action action, ICancelable? cancellation, TimeSpan? interval)
    {
        private bool _isDropped;

        /// <inheritdoc cref="Entry(Action, ICancelable?, TimeSpan?)" path="/param[@name='action']"/>
        public Action Action => action;

        /// <inheritdoc cref="Entry(Action, ICancelable?, TimeSpan?)" path="/param[@name='interval']"/>
        public TimeSpan? Interval => interval;

        /// <summary>When it was to be done, before that was moved to a whole tick.</summary>
        public TimeSpan Wanted { get; set; }

        /// <summary>Whether it is not to be done any more.</summary>
        public bool IsOver => _isDropped || cancellation is { IsCancellationRequested: true };

        /// <summary>Does not repeat it any more.</summary>
        public void Drop() => _isDropped = true;
    }
}

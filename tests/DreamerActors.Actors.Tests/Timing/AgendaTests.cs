using Akka.Actor;
using DreamerActors.Actors.Timing;

namespace DreamerActors.Actors.Tests.Timing;

public sealed class AgendaTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private readonly Agenda _agenda = new(Tick);
    private readonly List<string> _done = [];

    [Fact]
    public void What_is_due_about_the_same_time_is_done_together_at_the_next_whole_tick_in_the_order_in_which_it_was_wanted()
    {
        Add("first", now: 10, delay: 200);
        Add("second", now: 30, delay: 250);
        Add("third", now: 30, delay: 290);

        Assert.Equal(Time(300), _agenda.Next);
        Assert.Equal([], At(299));
        Assert.Equal(["first", "second"], At(300));
        Assert.Equal(["third"], At(400));
        Assert.Null(_agenda.Next);
    }

    [Fact]
    public void What_is_wanted_sooner_than_in_a_tick_is_done_at_its_time()
    {
        Add("soon", now: 10, delay: 20);
        Add("now", now: 10, delay: 0);

        Assert.Equal(["now"], At(10));
        Assert.Equal(Time(30), _agenda.Next);
        Assert.Equal(["soon"], At(30));
    }

    [Fact]
    public void What_repeats_keeps_its_pace_although_it_is_done_at_whole_ticks_and_later()
    {
        Add("look", now: 0, delay: 250, interval: 250);

        Assert.Equal(["look"], At(360));
        Assert.Equal(Time(500), _agenda.Next);
        Assert.Equal(["look"], At(500));
        Assert.Equal(Time(800), _agenda.Next);
    }

    [Fact]
    public void What_was_missed_several_times_is_done_once_and_then_at_its_interval()
    {
        Add("look", now: 0, delay: 250, interval: 250);

        Assert.Equal(["look"], At(5000));
        Assert.Equal(Time(5300), _agenda.Next);
    }

    [Fact]
    public void What_is_called_off_is_neither_done_nor_waited_for()
    {
        var calledOff = new Cancelable((IActionScheduler?)null);
        Add("off", now: 0, delay: 100, interval: 100, calledOff);
        Add("later", now: 0, delay: 1000);

        Assert.Equal(["off"], At(100));
        calledOff.Cancel();

        Assert.Equal(Time(1000), _agenda.Next);
        Assert.Equal(["later"], At(2000));
    }

    [Fact]
    public void What_is_dropped_is_not_repeated()
    {
        Add("failing", now: 0, delay: 100, interval: 100);

        _agenda.Take(Time(100))!.Drop();

        Assert.Null(_agenda.Next);
    }

    [Fact]
    public void What_is_called_off_does_not_pile_up_until_it_would_be_due()
    {
        var calledOff = Enumerable.Range(0, 10_000).Select(_ => CalledOff()).ToList();
        Add("last", now: 0, delay: 1000);

        GC.Collect();
        Assert.InRange(calledOff.Count(each => each.TryGetTarget(out _)), 0, 2000);
        Assert.Equal(["last"], At(1000));
    }

    [Fact]
    public void All_that_waits_can_be_had_in_its_order()
    {
        Add("second", now: 0, delay: 5000);
        Add("first", now: 0, delay: 50);
        foreach (var entry in _agenda.TakeAll()) entry.Action();

        Assert.Equal(["first", "second"], _done);
        Assert.Null(_agenda.Next);
    }

    private static TimeSpan Time(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private void Add(string what, int now, int delay, int? interval = null, ICancelable? cancellation = null) =>
        _agenda.Add(new Agenda.Entry(() => _done.Add(what), cancellation, interval is { } each ? Time(each) : null), Time(now), Time(delay));

    private WeakReference<Agenda.Entry> CalledOff()
    {
        var cancellation = new Cancelable((IActionScheduler?)null);
        var entry = new Agenda.Entry(() => { }, cancellation, null);
        _agenda.Add(entry, TimeSpan.Zero, TimeSpan.FromHours(1));
        cancellation.Cancel();
        return new WeakReference<Agenda.Entry>(entry);
    }

    private IReadOnlyList<string> At(int now)
    {
        _done.Clear();
        while (_agenda.Take(Time(now)) is { } entry) entry.Action();
        return [.. _done];
    }
}

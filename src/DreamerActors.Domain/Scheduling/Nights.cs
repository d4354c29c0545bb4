using System.Globalization;

namespace DreamerActors.Domain.Scheduling;

/// <summary>The hours of the night on the wall clock; they may wrap midnight.</summary>
public sealed record NightHours
{
    /// <param name="start">The hour it begins, 0 … 23.</param>
    /// <param name="end">The hour it ends, 0 … 23, another one.</param>
    /// <exception cref="ArgumentOutOfRangeException">An hour is out of range, or both are the same.</exception>
    public NightHours(int start, int end)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, 23);
        ArgumentOutOfRangeException.ThrowIfNegative(end);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, 23);
        ArgumentOutOfRangeException.ThrowIfEqual(end, start);
        (Start, End) = (start, end);
    }

    /// <summary>The hour it begins.</summary>
    public int Start { get; }

    /// <summary>The hour it ends.</summary>
    public int End { get; }

    /// <summary>Reads <c>start-end</c>, e.g. <c>22-4</c>; null when it is something else.</summary>
    public static NightHours? Parse(string text) =>
        text.Split('-') is [var start, var end] && Hour(start) is { } first && Hour(end) is { } last && first != last ? new NightHours(first, last) : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Start}-{End}");

    private static int? Hour(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var hour) && hour <= 23 ? hour : null;
}

/// <summary>One night, with the offset of its place and day.</summary>
/// <param name="Start">Its first moment.</param>
/// <param name="End">The first moment after it.</param>
public sealed record Night(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>Whether a moment belongs to it.</summary>
    public bool Contains(DateTimeOffset at) => Start <= at && at < End;
}

/// <summary>Knows when nights are, on days with a change of the clocks too.</summary>
public interface INightCalendar
{
    /// <summary>The night that a moment belongs to, or else the next one.</summary>
    Night NightAt(NightHours hours, DateTimeOffset at);
}

namespace DreamerActors.Domain.Journal;

/// <summary>How one kind of dream fared.</summary>
/// <param name="Name">What they have in common.</param>
/// <param name="Kept">Kept.</param>
/// <param name="Rejected">Judged and refused.</param>
/// <param name="Lost">Never judged.</param>
public sealed record Tally(string Name, int Kept, int Rejected, int Lost)
{
    /// <summary>Kept ÷ judged, 0 … 1; 0 when nothing was judged.</summary>
    public double SuccessRate => Kept + Rejected == 0 ? 0 : (double)Kept / (Kept + Rejected);
}

/// <summary>What was dreamt, counted in several ways.</summary>
/// <param name="All">Everything.</param>
/// <param name="Practised">Libraries of kept dreams, the most practised first.</param>
/// <param name="Libraries">By library, the most dreamt about first.</param>
/// <param name="Difficulties">By difficulty.</param>
/// <param name="Nights">By night, the newest first.</param>
/// <param name="Refusals">By kind of refusal, the most frequent first.</param>
public sealed record DreamAnalysis(
    Tally All, IReadOnlyList<(string Library, int Kept)> Practised, IReadOnlyList<Tally> Libraries, IReadOnlyList<Tally> Difficulties, IReadOnlyList<Tally> Nights,
    IReadOnlyList<(string Kind, int Times)> Refusals)
{
    /// <summary>Counts.</summary>
    /// <param name="dreams">All dreams.</param>
    /// <param name="nightOf">The date of the evening that a moment's night began on.</param>
    public static DreamAnalysis Of(IReadOnlyCollection<DreamSummary> dreams, Func<DateTimeOffset, string> nightOf) => new(
        Count("all", dreams),
        [.. dreams.Where(dream => dream.Outcome == "kept").SelectMany(dream => dream.Libraries).GroupBy(library => library, StringComparer.Ordinal)
            .Select(group => (group.Key, group.Count())).OrderByDescending(each => each.Item2).ThenBy(each => each.Key, StringComparer.Ordinal)],
        [.. By(dreams.SelectMany(dream => dream.Libraries.Select(library => (library, dream)))).OrderByDescending(tally => tally.Kept + tally.Rejected).ThenBy(tally => tally.Name, StringComparer.Ordinal)],
        [.. By(dreams.Where(dream => dream.Difficulty is not null).Select(dream => (dream.Difficulty!, dream))).OrderBy(tally => tally.Name, StringComparer.Ordinal)],
        [.. By(dreams.Select(dream => (nightOf(dream.At), dream))).OrderByDescending(tally => tally.Name, StringComparer.Ordinal)],
        [.. dreams.Where(dream => dream.Outcome is "rejected" or "quarantined").GroupBy(dream => dream.Kind ?? (dream.Outcome == "quarantined" ? "QUARANTINED" : "UNKNOWN"), StringComparer.Ordinal)
            .Select(group => (group.Key, group.Count())).OrderByDescending(each => each.Item2).ThenBy(each => each.Key, StringComparer.Ordinal)]);

    private static IEnumerable<Tally> By(IEnumerable<(string Name, DreamSummary Dream)> dreams) =>
        dreams.GroupBy(each => each.Name, each => each.Dream, StringComparer.Ordinal).Select(group => Count(group.Key, [.. group]));

    private static Tally Count(string name, IReadOnlyCollection<DreamSummary> dreams) => new(
        name, dreams.Count(dream => dream.Outcome == "kept"), dreams.Count(dream => dream.Outcome is "rejected" or "quarantined"), dreams.Count(dream => dream.Outcome == "lost"));
}

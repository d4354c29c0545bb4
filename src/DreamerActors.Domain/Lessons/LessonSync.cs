using System.Text.Json.Nodes;

namespace DreamerActors.Domain.Lessons;

/// <summary>How the host's file was found.</summary>
public enum HostFileState
{
    /// <summary>There is none.</summary>
    Missing,

    /// <summary>It can be read whole.</summary>
    Whole,

    /// <summary>It cannot: cut off, or garbled.</summary>
    Broken,
}

/// <summary>The host's file as it was found.</summary>
/// <param name="State">How.</param>
/// <param name="Lessons">Its lessons in their order; of a broken one those that can still be read.</param>
/// <param name="IsOurs">Whether it is exactly what we wrote last: then the host has said nothing.</param>
public sealed record HostLessons(HostFileState State, IReadOnlyList<JsonObject> Lessons, bool IsOurs);

/// <summary>Where a lesson of ours is in its life.</summary>
public enum OwnLessonState
{
    /// <summary>To be in the file; the host has not been seen to know it.</summary>
    Waiting,

    /// <summary>The host itself has written it: it knows it.</summary>
    Carried,

    /// <summary>The host knew it and has deleted it on purpose: it is not added again.</summary>
    Deleted,

    /// <summary>We do not want it any more: it is removed wherever it comes up.</summary>
    Withdrawn,
}

/// <summary>A lesson of ours.</summary>
public sealed record OwnLesson(string Id, JsonObject Document, OwnLessonState State);

/// <summary>What is to be done.</summary>
/// <param name="Lessons">What the file shall hold; null when it already does.</param>
/// <param name="Changes">New states of our lessons.</param>
/// <param name="Adopted">Lessons of the host that it lost: from now on they are looked after like ours, until it carries them again.</param>
public sealed record SyncPlan(IReadOnlyList<JsonObject>? Lessons, IReadOnlyDictionary<string, OwnLessonState> Changes, IReadOnlyList<JsonObject> Adopted);

/// <summary>
/// Decides what the host's file shall hold. The host keeps its lessons in memory and rewrites the whole file, which loses ours; a file that is cut off makes it forget
/// everything, and then it writes that. What it drops alone was deleted on purpose; what it drops together with everything else was lost.
/// </summary>
public static class LessonSync
{
    /// <summary>The id of a lesson.</summary>
    public static string IdOf(JsonObject lesson) => lesson["lesson_id"]?.ToString() ?? "";

    /// <summary>Plans.</summary>
    /// <param name="seen">The file as it is now.</param>
    /// <param name="last">The lessons of the file as it was when we last had read or written it.</param>
    /// <param name="own">Our lessons, oldest first.</param>
    public static SyncPlan Plan(HostLessons seen, IReadOnlyList<JsonObject> last, IReadOnlyList<OwnLesson> own)
    {
        var changes = new Dictionary<string, OwnLessonState>(StringComparer.Ordinal);
        var present = seen.Lessons.Select(IdOf).ToHashSet(StringComparer.Ordinal);
        var isLoss = IsLoss(seen, last, present);
        foreach (var lesson in own)
        {
            var isThere = present.Contains(lesson.Id);
            if (isThere && !seen.IsOurs && !isLoss && lesson.State is (OwnLessonState.Waiting or OwnLessonState.Deleted))
                changes[lesson.Id] = OwnLessonState.Carried;
            else if (lesson.State == OwnLessonState.Carried && (isLoss || !isThere))
                changes[lesson.Id] = isLoss ? OwnLessonState.Waiting : OwnLessonState.Deleted;
        }

        var states = own.ToDictionary(lesson => lesson.Id, lesson => changes.GetValueOrDefault(lesson.Id, lesson.State), StringComparer.Ordinal);
        var wanted = new List<JsonObject>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        void Take(IEnumerable<JsonObject> lessons)
        {
            foreach (var lesson in lessons)
            {
                // Of the host's own, whatever it wrote twice stays twice; of ours each stands once.
                var isOwn = states.TryGetValue(IdOf(lesson), out var state);
                if (isOwn ? state is not (OwnLessonState.Withdrawn or OwnLessonState.Deleted) && known.Add(IdOf(lesson)) : !known.Contains(IdOf(lesson)))
                    wanted.Add(lesson);
            }
            known.UnionWith(lessons.Select(IdOf));
        }

        // What can still be read of a broken file may be newer than what we remember, so it counts; the order is that of the older.
        if (isLoss)
        {
            var newer = seen.Lessons.GroupBy(IdOf, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
            Take([.. last.Select(lesson => newer.GetValueOrDefault(IdOf(lesson), lesson))]);
        }
        Take(seen.Lessons);
        Take([.. own.Select(lesson => lesson.Document)]);
        // A host whose file is broken may forget what can still be read of it.
        var adopted = isLoss
            ? (seen.State == HostFileState.Broken ? last.Concat(seen.Lessons) : last.Where(lesson => !present.Contains(IdOf(lesson)))).Where(lesson => !states.ContainsKey(IdOf(lesson))).ToList()
            : [];
        return new SyncPlan(seen.State != HostFileState.Broken && wanted.SequenceEqual(seen.Lessons) && (wanted.Count > 0 || seen.State == HostFileState.Whole || own.Count == 0) ? null : wanted, changes, adopted);
    }

    /// <summary>
    /// Whether everything that was there is gone, or cannot be read, without having been deleted: a host that forgot everything writes what it learnt since, one that was
    /// told to forget everything writes an empty list, and one that removes old files removes this one too.
    /// </summary>
    private static bool IsLoss(HostLessons seen, IReadOnlyList<JsonObject> last, HashSet<string> present) => seen.State switch
    {
        HostFileState.Broken => true,
        HostFileState.Missing => last.Count > 0,
        _ => present.Count > 0 && last.Count > 0 && !last.Any(lesson => present.Contains(IdOf(lesson))),
    };
}

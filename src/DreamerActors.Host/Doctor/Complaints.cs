using System.Globalization;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Scenarios;
using DreamerActors.Hosting.Settings;

namespace DreamerActors.Host.Doctor;

/// <summary>The three troubles that people have with dreaming, told from what is known. Pure: what was seen goes in, findings come out.</summary>
internal static class Complaints
{
    /// <summary>So few attempts say nothing about success.</summary>
    private const int Enough = 5;

    /// <summary>"No dreams are kept."</summary>
    /// <param name="statistics">All sessions.</param>
    /// <param name="rejected">The newest refused dreams.</param>
    public static Finding Kept(DreamStatistics statistics, IReadOnlyList<DreamSummary> rejected)
    {
        const string Part = "dreams kept";
        if (statistics.TotalDreams == 0)
            return new Finding(Part, Health.Doubtful, "nothing was dreamt yet", "dreamer dream --knowledge stdlib --max-scenarios 5");
        var says = string.Create(CultureInfo.InvariantCulture, $"{statistics.SuccessfulDreams} of {statistics.TotalDreams} attempts were kept ({statistics.SuccessRate:P0})");
        if (statistics.LostDreams > statistics.TotalDreams / 2)
            return new Finding(Part, Health.Ill, $"{says}, {statistics.LostDreams} were lost because sandbox or brain failed", "see the parts \"sandbox\" and \"brain\", and the log under logs/");
        if (statistics.SuccessfulDreams > 0 || statistics.TotalDreams < Enough)
            return new Finding(Part, Health.Well, says);
        var kind = rejected.GroupBy(each => each.Kind).MaxBy(each => each.Count());
        return new Finding(Part, Health.Ill, kind is null ? says : $"{says}; most were refused as {kind.Key}, for example: {kind.First().Reason}", RemedyOf(kind?.Key));
    }

    /// <summary>"It does not wake up", and its sibling, "it never dreams".</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="sightings">What each source says of the user.</param>
    public static IEnumerable<Finding> Waking(DreamerSettings settings, IReadOnlyList<Sighting> sightings)
    {
        var blind = sightings.Where(each => each.LastActivity is null).Select(each => each.Source).ToList();
        if (settings.Unattended)
        {
            yield return new Finding("waking up", Health.Well, "nobody sits here (DREAMING_UNATTENDED): load wakes the dreamer, and what is told over the API");
        }
        else if (sightings.Count == blind.Count)
        {
            yield return new Finding("waking up", Health.Ill, "no source can tell when the user is there, so nothing wakes the dreamer but load",
                "tell it from where the user works: POST /api/v1/dreams/activity, or `dreamer wake`");
        }
        else
        {
            yield return new Finding("waking up", Health.Well, $"the user is seen by {string.Join(", ", sightings.Select(each => each.Source).Except(blind))}"
                + (blind.Count > 0 ? $"; not here: {string.Join(", ", blind)}" : ""));
        }

        if (settings.CpuThreshold >= 1)
            yield return new Finding("waking up", Health.Doubtful, "other programs never wake the dreamer: DREAMING_CPU_THRESHOLD is 1", "DREAMING_CPU_THRESHOLD=0.7");
        if (!settings.EnableDreaming)
            yield return new Finding("schedule", Health.Doubtful, "it never dreams by itself: ENABLE_DREAMING is not set", "ENABLE_DREAMING=true");
        else
            yield return new Finding("schedule", Health.Well, $"dreams at night ({settings.NightHours}) and after {settings.IdleThresholdMinutes} minutes without the user, while `dreamer run` runs");
    }

    /// <summary>"Scenarios are trivial."</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="entities">How much is known.</param>
    /// <param name="kept">The newest kept dreams.</param>
    public static Finding Scenarios(DreamerSettings settings, int entities, IReadOnlyList<DreamSummary> kept)
    {
        const string Part = "scenarios";
        var simple = kept.Count(each => string.Equals(each.Difficulty, nameof(Difficulty.Simple), StringComparison.OrdinalIgnoreCase));
        if (kept.Count < Enough || simple * 2 < kept.Count)
            return new Finding(Part, Health.Well, kept.Count == 0 ? "none was kept yet" : $"{kept.Count - simple} of the newest {kept.Count} kept ones are more than simple");
        return settings.ScenarioComplexity == Difficulty.Simple
            ? new Finding(Part, Health.Doubtful, $"{simple} of the newest {kept.Count} kept ones are simple, as DREAMING_SCENARIO_COMPLEXITY asks", "DREAMING_SCENARIO_COMPLEXITY=adaptive")
            : new Finding(Part, Health.Doubtful, $"{simple} of the newest {kept.Count} kept ones are simple: the {entities} entities that are known hold little more", "dreamer ingest FOLDER");
    }

    private static string RemedyOf(string? kind) => kind switch
    {
        "STATIC" => "read the rules in docs/guardian.md; DREAMING_VALIDATION_STRICT=false asks only the most important ones",
        "WEAK_TESTS" => "the tests prove too little: ingest code with more examples, or lower DREAMING_GUARDIAN_MUTANT_THRESHOLD",
        "TIMEOUT" => "raise DREAMING_SANDBOX_WALL_SECONDS, or give the machine less to do",
        "OOM" or "LIMIT" => "raise DREAMING_SANDBOX_MEMORY_MB or DREAMING_SANDBOX_OUTPUT_KB",
        "DUPLICATE" => "everything that is known was dreamt already: dreamer ingest FOLDER",
        _ => "see what was refused and why: dreamer journal list",
    };
}

namespace DreamerActors.Host.Doctor;

/// <summary>How a part of the machine is.</summary>
internal enum Health
{
    /// <summary>Nothing to do.</summary>
    Well,

    /// <summary>Works, but not as well as it could, or not as its owner may think.</summary>
    Doubtful,

    /// <summary>Dreaming cannot work, or keeps nothing.</summary>
    Ill,
}

/// <summary>What was found about one part, and what to do about it.</summary>
/// <param name="Part">The part, in a word or two.</param>
/// <param name="Health">How it is.</param>
/// <param name="Says">What was seen, in one sentence.</param>
/// <param name="Remedy">What to do; null when nothing is to be done.</param>
internal sealed record Finding(string Part, Health Health, string Says, string? Remedy = null);

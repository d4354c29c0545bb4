namespace DreamerActors.Domain.Guarding;

/// <summary>How a second proof went.</summary>
public enum VerificationResult
{
    /// <summary>Proven again; what it was proven with may differ.</summary>
    Proven,

    /// <summary>Proven, but it is not what was certified.</summary>
    Changed,

    /// <summary>Not proven any more.</summary>
    Refused,

    /// <summary>Not judged: the infrastructure failed (invariant I2).</summary>
    Unjudged,
}

/// <summary>A certificate against a second proof.</summary>
/// <param name="Result">How it went.</param>
/// <param name="Differences">What is not as it was certified.</param>
/// <param name="Problem">One sentence; null when there is none.</param>
public sealed record Verification(VerificationResult Result, IReadOnlyList<CertificateDifference> Differences, string? Problem)
{
    /// <summary>Compares.</summary>
    /// <param name="code">The solution as it is now.</param>
    /// <param name="tests">Its tests as they are now.</param>
    /// <param name="certificate">What was certified; null when nothing was.</param>
    /// <param name="now">The second verdict.</param>
    public static Verification Of(string code, string tests, Certificate? certificate, Verdict now)
    {
        // What changed is known even when the second proof fails: the hashes need no sandbox.
        var differences = certificate is null ? [] : certificate.DifferencesTo(now.Certificate ?? Certificate.Of(code, tests, certificate.With));
        var changed = Changed(certificate, differences);
        return now.Outcome switch
        {
            VerdictOutcome.Error => new Verification(VerificationResult.Unjudged, differences, now.Reasons.FirstOrDefault()),
            VerdictOutcome.Fail => new Verification(VerificationResult.Refused, differences, string.Join("; ", new[] { changed, now.Reasons.FirstOrDefault() }.OfType<string>())),
            _ when changed is not null => new Verification(VerificationResult.Changed, differences, changed),
            _ => new Verification(VerificationResult.Proven, differences, certificate is null ? "it carries no certificate to compare with" : null),
        };
    }

    private static string? Changed(Certificate? certificate, IReadOnlyList<CertificateDifference> differences)
    {
        var changed = differences.Where(each => each.OfContent).Select(each => each.Name).ToList();
        return changed.Count > 0 ? $"{string.Join(" and ", changed)} changed since it was certified"
            : certificate is { IsConsistent: false } ? "the certificate was edited: its transcript hash does not follow from it"
            : null;
    }
}

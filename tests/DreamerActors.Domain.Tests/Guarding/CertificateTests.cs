using System.Text.Json;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Domain.Tests.Guarding;

public sealed class CertificateTests
{
    private const string Code = "def f():\n    return 1\n", Tests = "from solution import f\n";
    private static readonly Circumstances With = new("0.1.0+abc", "bubblewrap", "sha256:1", "3.11.2", 7, true, 3, 0.5, SandboxLimits.Default);
    private static readonly Certificate Certified = Certificate.Of(Code, Tests, With);

    private static Verdict Verdict(VerdictOutcome outcome, Certificate? certificate = null) => new(
        outcome, null, null, outcome == VerdictOutcome.Pass ? [] : ["test_f: 2 != 1"], new TestCounts(1, 0), JsonDocument.Parse("{}").RootElement, true, TimeSpan.Zero) { Certificate = certificate };

    [Fact]
    public void A_certificate_follows_from_what_was_proven_and_how_and_not_from_the_line_breaks_at_the_end()
    {
        Assert.Equal(Certified, Certificate.Of(Code + "\n\n", Tests.TrimEnd(), With));
        Assert.True(Certified.IsConsistent);
        Assert.NotEqual(Certified.Transcript, Certificate.Of(Code, Tests, With with { Limits = With.Limits with { OpenFiles = 65 } }).Transcript);
    }

    [Theory]
    [InlineData("guardian")]
    [InlineData("image")]
    [InlineData("python")]
    public void What_it_was_proven_with_may_differ_and_is_named(string name)
    {
        var with = name switch
        {
            "guardian" => With with { Guardian = "other" },
            "image" => With with { Image = "other" },
            _ => With with { Python = "other" },
        };
        var again = Verification.Of(Code, Tests, Certified, Verdict(VerdictOutcome.Pass, Certificate.Of(Code, Tests, with)));
        Assert.Equal((VerificationResult.Proven, null), (again.Result, again.Problem));
        Assert.Equal((name, "other", false), again.Differences.Select(each => (each.Name, each.Is, each.OfContent)).Single());
    }

    [Fact]
    public void A_dream_that_was_edited_is_not_the_one_that_was_certified_though_it_passes()
    {
        var again = Verification.Of(Code + "# x\n", Tests, Certified, Verdict(VerdictOutcome.Pass, Certificate.Of(Code + "# x\n", Tests, With)));
        Assert.Equal((VerificationResult.Changed, "code changed since it was certified"), (again.Result, again.Problem));
    }

    [Fact]
    public void A_certificate_that_was_edited_does_not_follow_from_itself()
    {
        var edited = Certified with { With = With with { Python = "3.13.0" } };
        Assert.Equal(VerificationResult.Changed, Verification.Of(Code, Tests, edited, Verdict(VerdictOutcome.Pass, Certified)).Result);
    }

    [Fact]
    public void A_refusal_and_a_failed_sandbox_are_told_apart_and_an_edit_is_named_even_then()
    {
        Assert.Equal(VerificationResult.Unjudged, Verification.Of(Code, Tests, Certified, Verdict(VerdictOutcome.Error)).Result);
        var refused = Verification.Of(Code + "# x\n", Tests, Certified, Verdict(VerdictOutcome.Fail));
        Assert.Equal((VerificationResult.Refused, "code changed since it was certified; test_f: 2 != 1"), (refused.Result, refused.Problem));
    }
}

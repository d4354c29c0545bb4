using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Domain.Guarding;

/// <summary>What a verdict was reached with, beside the code and its tests.</summary>
/// <param name="Guardian">The guardian's version: the program's, and a digest of what it runs inside the sandbox.</param>
/// <param name="Sandbox">The kind of sandbox.</param>
/// <param name="Image">Digest of the image, or of the interpreter where there is no image.</param>
/// <param name="Python">The interpreter's version.</param>
/// <param name="Seed">What every random choice followed from.</param>
/// <param name="Strict">All stages, or only the first three.</param>
/// <param name="Runs">Repeated runs.</param>
/// <param name="MutantThreshold">Share of mutants that the tests had to notice.</param>
/// <param name="Limits">The bounds of one run.</param>
public sealed record Circumstances(
    string Guardian, string Sandbox, string Image, string Python, int Seed, bool Strict, int Runs, double MutantThreshold, SandboxLimits Limits);

/// <summary>One line of a certificate that is not as it was.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Was">What the certificate says.</param>
/// <param name="Is">What was found.</param>
/// <param name="OfContent">Whether the dream itself changed, and not only what it was proven with.</param>
public sealed record CertificateDifference(string Name, string Was, string Is, bool OfContent);

/// <summary>Binds a proof to what was proven and how: whoever has the same can repeat it, and sees what is not the same.</summary>
/// <param name="Transcript">SHA-256 over all of it.</param>
/// <param name="Code">SHA-256 of the solution.</param>
/// <param name="Tests">SHA-256 of its tests.</param>
/// <param name="With">What it was proven with.</param>
public sealed record Certificate(string Transcript, string Code, string Tests, Circumstances With)
{
    /// <summary>The certificate of a proof.</summary>
    public static Certificate Of(string code, string tests, Circumstances with)
    {
        var (codeHash, testsHash) = (Digest(Normal(code)), Digest(Normal(tests)));
        var lines = Lines(codeHash, testsHash, with).Select(line => $"{line.Name}={line.Value}\n");
        return new Certificate(Digest(string.Concat(lines)), codeHash, testsHash, with);
    }

    /// <summary>A text as certificates see it: files end with one line break, whatever was written.</summary>
    public static string Normal(string text) => text.TrimEnd('\n') + "\n";

    /// <summary>Whether the transcript follows from the rest: if not, somebody edited it.</summary>
    public bool IsConsistent => Transcript == Digest(string.Concat(Lines(Code, Tests, With).Select(line => $"{line.Name}={line.Value}\n")));

    /// <summary>What is not as it was.</summary>
    public IReadOnlyList<CertificateDifference> DifferencesTo(Certificate now) =>
    [
        .. Lines(Code, Tests, With).Zip(Lines(now.Code, now.Tests, now.With))
            .Where(pair => pair.First.Value != pair.Second.Value)
            .Select(pair => new CertificateDifference(pair.First.Name, pair.First.Value, pair.Second.Value, pair.First.Name is "code" or "tests")),
    ];

    private static (string Name, string Value)[] Lines(string code, string tests, Circumstances with)
    {
        var limits = with.Limits;
        return
        [
            ("code", code),
            ("tests", tests),
            ("guardian", with.Guardian),
            ("sandbox", with.Sandbox),
            ("image", with.Image),
            ("python", with.Python),
            ("seed", Text(with.Seed)),
            ("strict", with.Strict ? "true" : "false"),
            ("runs", Text(with.Runs)),
            ("mutant_threshold", Text(with.MutantThreshold)),
            ("wall_seconds", Text(limits.Wall.TotalSeconds)),
            ("cpu_seconds", Text(limits.Cpu.TotalSeconds)),
            ("memory_bytes", Text(limits.MemoryBytes)),
            ("output_bytes", Text(limits.OutputBytes)),
            ("file_bytes", Text(limits.FileBytes)),
            ("processes", Text(limits.Processes)),
            ("open_files", Text(limits.OpenFiles)),
        ];
    }

    private static string Text(IFormattable number) => number.ToString(null, CultureInfo.InvariantCulture);

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

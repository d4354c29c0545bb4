using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using DreamerActors.Domain.Datasets;

namespace DreamerActors.Adapters.Datasets;

/// <summary>Examples from a repository's history: a change is given, its message is wanted.</summary>
internal static class GitHistory
{
    private const string Instruction = "Na podstawie zmian w kodzie (diff), wygeneruj opisową wiadomość commit.";
    private const int LongestDiff = 5_000;
    private const char Field = '\x1f', Record = '\x1e';

    /// <summary>The newest commits with one parent, or none, whose change is not too large.</summary>
    /// <exception cref="IOException">There is no such repository, or no git; the message says which.</exception>
    public static async Task<IReadOnlyList<TrainingExample>> ReadAsync(string repository, int most, string? licence, CancellationToken cancellation)
    {
        var log = await RunAsync(repository, ["log", "--no-merges", $"--max-count={most.ToString(CultureInfo.InvariantCulture)}", $"--format={Record}%H{Field}%cI{Field}%B"], cancellation);
        var examples = new List<TrainingExample>();
        foreach (var commit in log.Split(Record, StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split(Field)).Where(fields => fields.Length == 3))
        {
            var diff = await RunAsync(repository, ["show", "--format=", "--unified=3", "--no-color", "--no-ext-diff", commit[0]], cancellation);
            if (diff.Trim().Length == 0 || diff.Length > LongestDiff * 2)
                continue;
            examples.Add(new TrainingExample(Instruction, $"Diff:\n```\n{Cut(diff)}\n```", commit[2].Trim(), new ExampleOrigin("git", commit[0], commit[1], false, [], licence)));
        }
        return examples;
    }

    // Half of a surrogate pair is no character.
    private static string Cut(string diff) => diff.Length <= LongestDiff ? diff : diff[..(char.IsHighSurrogate(diff[LongestDiff - 1]) ? LongestDiff - 1 : LongestDiff)];

    private static async Task<string> RunAsync(string repository, string[] arguments, CancellationToken cancellation)
    {
        try
        {
            using var git = Process.Start(new ProcessStartInfo("git", ["-C", repository, "--no-pager", .. arguments])
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8,
            }) ?? throw new IOException("git does not start");
            git.StandardInput.Close();
            var (output, errors) = (git.StandardOutput.ReadToEndAsync(cancellation), git.StandardError.ReadToEndAsync(cancellation));
            await git.WaitForExitAsync(cancellation);
            return git.ExitCode == 0 ? await output : throw new IOException($"git cannot read {repository}: {(await errors).Trim().Split('\n')[0]}");
        }
        catch (Win32Exception missing)
        {
            throw new IOException("git is missing: apt-get install git", missing);
        }
    }
}

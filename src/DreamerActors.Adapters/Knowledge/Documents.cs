using Markdig;
using Markdig.Syntax;

namespace DreamerActors.Adapters.Knowledge;

/// <summary>Finds the code blocks of Markdown and reStructuredText documents.</summary>
internal static class Documents
{
    private static readonly string[] Endings = [".md", ".markdown", ".rst"];
    private static readonly string[] PythonFences = ["", "python", "py", "python3", "pycon", "doctest", "pytb"];

    public static bool IsDocument(string path) => Endings.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>The blocks that may hold Python, in order; which of them parse is for Python to say.</summary>
    public static IReadOnlyList<string> CodeBlocks(string path, string text) =>
        Path.GetExtension(path).Equals(".rst", StringComparison.OrdinalIgnoreCase) ? [.. Indented(text)] : [.. Fenced(text)];

    private static IEnumerable<string> Fenced(string text) =>
        Markdown.Parse(text).Descendants<CodeBlock>()
            .Where(block => block is not FencedCodeBlock fenced || PythonFences.Contains((fenced.Info ?? "").ToLowerInvariant()))
            .Select(block => block.Lines.ToString().ReplaceLineEndings("\n"))
            .Where(block => !string.IsNullOrWhiteSpace(block));

    /// <summary>Doctest blocks wherever they stand, and what is indented under <c>code-block:: python</c> or <c>::</c>.</summary>
    private static IEnumerable<string> Indented(string text)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart().StartsWith(">>>", StringComparison.Ordinal))
            {
                var start = i;
                while (i < lines.Length && !string.IsNullOrWhiteSpace(lines[i]))
                    i++;
                yield return Dedented(lines[start..i]);
            }
            else if (Announces(lines[i]))
            {
                var start = ++i;
                while (i < lines.Length && (string.IsNullOrWhiteSpace(lines[i]) || lines[i][0] is ' ' or '\t'))
                    i++;
                var block = Dedented(lines[start..i]);
                if (block.Length > 0)
                    yield return block;
                i--;
            }
        }
    }

    private static bool Announces(string line)
    {
        var trimmed = line.Trim();
        return trimmed.StartsWith(".. code", StringComparison.Ordinal)
            ? trimmed.EndsWith("python", StringComparison.Ordinal) || trimmed.EndsWith("pycon", StringComparison.Ordinal)
            : trimmed.EndsWith("::", StringComparison.Ordinal) && !trimmed.StartsWith("..", StringComparison.Ordinal);
    }

    private static string Dedented(IReadOnlyCollection<string> lines)
    {
        var told = lines.Where(line => !string.IsNullOrWhiteSpace(line)).ToList();
        var margin = told.Count == 0 ? 0 : told.Min(line => line.Length - line.TrimStart().Length);
        return string.Join('\n', lines.Select(line => line.Length < margin ? "" : line[margin..])).Trim('\n');
    }
}

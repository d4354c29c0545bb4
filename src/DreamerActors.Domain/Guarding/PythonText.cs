namespace DreamerActors.Domain.Guarding;

/// <summary>What a run of characters is to a reader.</summary>
public enum RunKind
{
    /// <summary>Anything else.</summary>
    Plain,

    /// <summary>A word of the language.</summary>
    Keyword,

    /// <summary>A name that every module has.</summary>
    Builtin,

    /// <summary>A string.</summary>
    Text,

    /// <summary>A comment.</summary>
    Comment,

    /// <summary>A number.</summary>
    Number,

    /// <summary>The name of what is defined here.</summary>
    Definition,
}

/// <summary>Characters of one line that look alike.</summary>
public sealed record CodeRun(RunKind Kind, string Text);

/// <summary>Python source for readers: lines of runs that, put together, are the source again.</summary>
public static class PythonText
{
    /// <summary>The lines. Never fails: what is not Python is plain.</summary>
    public static IReadOnlyList<IReadOnlyList<CodeRun>> Lines(string code)
    {
        var lines = new List<List<CodeRun>> { new() };
        var (place, before) = (0, "");
        code = code.ReplaceLineEndings("\n").TrimEnd('\n');
        foreach (var match in PythonTokens.Token().EnumerateMatches(code))
        {
            Add(lines, RunKind.Plain, code[place..match.Index]);
            var word = code.Substring(match.Index, match.Length);
            Add(lines, KindOf(word, before), word);
            (place, before) = (match.Index + match.Length, word);
        }
        Add(lines, RunKind.Plain, code[place..]);
        return lines;
    }

    private static RunKind KindOf(string word, string before) =>
        word[0] == '#' ? RunKind.Comment
        : word[^1] is '"' or '\'' ? RunKind.Text
        : PythonTokens.Keywords.Contains(word) ? RunKind.Keyword
        : before is "def" or "class" ? RunKind.Definition
        : before != "." && PythonTokens.Builtins.Contains(word) ? RunKind.Builtin
        : char.IsAsciiDigit(word[0]) ? RunKind.Number
        : RunKind.Plain;

    private static void Add(List<List<CodeRun>> lines, RunKind kind, string text)
    {
        var parts = text.Split('\n');
        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0)
                lines.Add([]);
            if (parts[i].Length == 0)
                continue;
            if (lines[^1] is [.., var last] && last.Kind == kind)
                lines[^1][^1] = new CodeRun(kind, last.Text + parts[i]);
            else
                lines[^1].Add(new CodeRun(kind, parts[i]));
        }
    }
}

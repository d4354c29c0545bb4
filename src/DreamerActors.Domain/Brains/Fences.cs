namespace DreamerActors.Domain.Brains;

/// <summary>A fenced block of a reply.</summary>
/// <param name="Label">The first word after the opening fence, in lower case; empty when there is none.</param>
/// <param name="Body">What is inside, without the fence's own indentation.</param>
/// <param name="IsClosed">Whether a closing fence was found.</param>
public sealed record Fence(string Label, string Body, bool IsClosed);

/// <summary>Reads fenced blocks as CommonMark does, and as models write them: backticks or tildes, any length, indented, labelled in many ways, unclosed.</summary>
public static class Fences
{
    private const int ShortestFence = 3;

    /// <summary>The blocks in order; each ends at the first line that can close it.</summary>
    public static IReadOnlyList<Fence> Read(string reply) => Read(reply, lastClosing: false);

    /// <summary>The first block as it is when its own text holds fences: up to the last line that can close it; null when there is no fence.</summary>
    public static Fence? Widest(string reply) => Read(reply, lastClosing: true).FirstOrDefault();

    private static List<Fence> Read(string reply, bool lastClosing)
    {
        var lines = reply.ReplaceLineEndings("\n").Split('\n');
        var found = new List<Fence>();
        for (var i = 0; i < lines.Length; i++)
        {
            if (Mark.Read(lines[i]) is not { } opening || (opening.Sign == '`' && opening.Rest.Contains('`', StringComparison.Ordinal)))
                continue;
            var end = lastClosing
                ? Array.FindLastIndex(lines, lines.Length - 1, lines.Length - 1 - i, line => opening.IsClosedBy(line))
                : Array.FindIndex(lines, i + 1, line => opening.IsClosedBy(line));
            var body = lines[(i + 1)..(end < 0 ? lines.Length : end)].Select(line => Outdent(line, opening.Indent));
            found.Add(new Fence(Label(opening.Rest), string.Join('\n', body), end >= 0));
            i = end < 0 ? lines.Length : end;
        }

        return found;
    }

    private static string Outdent(string line, int indent)
    {
        var spaces = 0;
        while (spaces < indent && spaces < line.Length && line[spaces] is ' ' or '\t')
            spaces++;
        return line[spaces..];
    }

    /// <summary><c>Python</c>, <c>{.python .numberLines}</c>, <c>python title="x"</c>, <c>python:solution.py</c> are all <c>python</c>.</summary>
    private static string Label(string rest)
    {
        var word = rest.Trim().TrimStart('{', '.', ' ');
        var end = word.IndexOfAny([' ', '\t', ',', ':', '}', ';', '(', '=']);
        return (end < 0 ? word : word[..end]).ToLowerInvariant();
    }

    private readonly record struct Mark(int Indent, char Sign, int Length, string Rest)
    {
        public static Mark? Read(string line)
        {
            var text = line.TrimStart(' ', '\t');
            if (text.Length < ShortestFence || text[0] is not ('`' or '~'))
                return null;
            var length = text.Length - text.TrimStart(text[0]).Length;
            return length < ShortestFence ? null : new Mark(line.Length - text.Length, text[0], length, text[length..]);
        }

        public bool IsClosedBy(string line) =>
            Read(line) is { } mark && mark.Sign == Sign && mark.Length >= Length && mark.Indent <= Indent + 3 && string.IsNullOrWhiteSpace(mark.Rest);
    }
}

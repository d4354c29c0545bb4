using System.Text;

namespace DreamerActors.Domain.Brains;

/// <summary>Separates what a model answered from what it thought.</summary>
public static class ReplyText
{
    private static readonly string[] Tags = ["think", "thinking", "thought", "reasoning"];

    /// <summary>The reply without its thinking. An unclosed thought is all thought; a thought whose opening the chat template had already written ends at its closing tag.</summary>
    public static string WithoutThinking(string reply)
    {
        reply = WholeCharacters(reply);
        foreach (var tag in Tags)
            reply = Without(reply, $"<{tag}>", $"</{tag}>");
        // The first line keeps its indentation: an indented verdict is a quoted one, and indented code is no module.
        var first = reply.Length - reply.TrimStart().Length;
        return reply[(first == 0 ? 0 : reply.LastIndexOf('\n', first - 1) + 1)..].TrimEnd();
    }

    /// <summary>The text with a replacement sign for every half character, which neither JSON nor a file can carry.</summary>
    private static string WholeCharacters(string text)
    {
        if (text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') < 0)
            return text;
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            whole.Append(rune.ToString());
        return whole.ToString();
    }

    private static string Without(string reply, string open, string close)
    {
        for (var start = Opening(reply, open); start >= 0; start = Opening(reply, open))
        {
            var end = reply.IndexOf(close, start, StringComparison.OrdinalIgnoreCase);
            reply = end < 0 ? reply[..start] : reply[..start] + reply[(end + close.Length)..];
        }

        // Code may speak of these tags; only a closing tag without any opening before it ends a thought.
        var closing = reply.IndexOf(close, StringComparison.OrdinalIgnoreCase);
        return closing >= 0 && reply.IndexOf(open, 0, closing, StringComparison.OrdinalIgnoreCase) < 0 && !InsideFence(reply, closing)
            ? reply[(closing + close.Length)..]
            : reply;
    }

    /// <summary>The tag where a thought can begin: at the start of the reply, or of a line outside every fence.</summary>
    private static int Opening(string reply, string open)
    {
        for (var at = reply.IndexOf(open, StringComparison.OrdinalIgnoreCase); at >= 0; at = reply.IndexOf(open, at + 1, StringComparison.OrdinalIgnoreCase))
        {
            var line = at == 0 ? 0 : reply.LastIndexOf('\n', at - 1) + 1;
            if (reply.AsSpan(line, at - line).IsWhiteSpace() && !InsideFence(reply, at))
                return at;
        }

        return -1;
    }

    // A thought may hold fences of its own, each closed before the thought ends.
    private static bool InsideFence(string reply, int at) =>
        reply.AsSpan(0, at).Count("\n```") % 2 + (reply.StartsWith("```", StringComparison.Ordinal) ? 1 : 0) == 1;
}

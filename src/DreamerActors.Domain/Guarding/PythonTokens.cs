using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace DreamerActors.Domain.Guarding;

/// <summary>Python source as the tokens that matter for likeness: no comments, docstrings or layout, and every name of the author's own is the same name.</summary>
internal static partial class PythonTokens
{
    private const string OwnName = "·";

    internal static readonly FrozenSet<string> Keywords = Words("""
        False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass
        raise return try while with yield match case
        """);

    internal static readonly FrozenSet<string> Builtins = Words("""
        abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir divmod enumerate eval exec filter
        float format frozenset getattr globals hasattr hash hex id input int isinstance issubclass iter len list locals map max memoryview min next object oct open
        ord pow print property range repr reversed round set setattr slice sorted staticmethod str sum super tuple type vars zip __name__ __file__
        BaseException Exception ArithmeticError AssertionError AttributeError EOFError IndexError KeyError LookupError NameError NotImplementedError OSError
        OverflowError RuntimeError StopIteration StopAsyncIteration TypeError UnicodeError ValueError ZeroDivisionError NotImplemented Ellipsis
        """);

    /// <summary>The tokens in order. Never fails: what is not Python becomes single characters.</summary>
    public static IReadOnlyList<string> Of(string code)
    {
        var words = Lex(code);
        var own = words.Zip(words.Skip(1)).Where(pair => pair.First is "def" or "class").Select(pair => pair.Second).ToHashSet(StringComparer.Ordinal);
        var foreign = Imported(words);
        var tokens = new List<string>(words.Count);
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (word != "\n")
                tokens.Add(IsOwn(words, i, own, foreign) ? OwnName : word);
        }
        return tokens;
    }

    /// <summary>Whether the author chose this name. Attributes belong to their library, unless this module defines them or they hang on <c>self</c>.</summary>
    private static bool IsOwn(List<string> words, int at, HashSet<string> own, HashSet<string> foreign)
    {
        var word = words[at];
        if (!(char.IsLetter(word[0]) || word[0] == '_') || word[^1] is '"' or '\'' || Keywords.Contains(word))
            return false;
        if (at > 0 && words[at - 1] == ".")
            return own.Contains(word) || (at > 1 && words[at - 2] is "self" or "cls");
        return own.Contains(word) || !(foreign.Contains(word) || Builtins.Contains(word));
    }

    /// <summary>Words, symbols and line ends; comments and docstrings are left out.</summary>
    private static List<string> Lex(string code)
    {
        var words = new List<string>();
        var depth = 0;
        foreach (var match in Token().EnumerateMatches(code))
        {
            var word = code.AsSpan(match.Index, match.Length);
            if (word[0] == '#' || word[0] == '\\')
                continue;
            depth += word switch { "(" or "[" or "{" => 1, ")" or "]" or "}" => -1, _ => 0 };
            if (word[0] == '\n')
            {
                if (depth <= 0 && words.Count > 0 && words[^1] != "\n")
                    words.Add("\n");
                continue;
            }
            words.Add(word.ToString());
        }
        return [.. words.Where((word, i) => !(word[^1] is '"' or '\'' && IsStatement(words, i)))];
    }

    private static bool IsStatement(List<string> words, int at) =>
        (at == 0 || words[at - 1] == "\n") && (at == words.Count - 1 || words[at + 1] == "\n");

    /// <summary>Every name that an import brings.</summary>
    private static HashSet<string> Imported(List<string> words)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var importing = false;
        foreach (var word in words)
        {
            if (word == "\n")
                importing = false;
            else if (word is "import" or "from")
                importing = true;
            else if (importing && char.IsLetter(word[0]))
                names.Add(word);
        }
        return names;
    }

    private static FrozenSet<string> Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Without backtracking: the time grows with the text alone, whatever the text is.</summary>
    [GeneratedRegex("""
        \#[^\n]*
        | \\\r?\n
        | [A-Za-z]{0,2}"{3}(?:[^"\\]|\\[\s\S]|"{1,2}[^"\\])*"{3}
        | [A-Za-z]{0,2}'{3}(?:[^'\\]|\\[\s\S]|'{1,2}[^'\\])*'{3}
        | [A-Za-z]{0,2}"(?:[^"\\\n]|\\.)*"
        | [A-Za-z]{0,2}'(?:[^'\\\n]|\\.)*'
        | [\w]+(?:\.[0-9]\w*)?
        | \n
        | \*\*=?|//=?|>>=?|<<=?|:=|->|[-+*/%@&|^=!<>]=
        | [^\s]
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    internal static partial Regex Token();
}

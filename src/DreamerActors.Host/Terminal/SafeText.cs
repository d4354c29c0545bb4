using System.Globalization;
using System.Text;

namespace DreamerActors.Host.Terminal;

/// <summary>Makes hostile text harmless for a terminal and a log: nothing in it can move the cursor, colour, reorder or end a line.</summary>
internal static class SafeText
{
    public static string Clean(string text)
    {
        if (!text.EnumerateRunes().Any(IsUnsafe) && !text.Any(char.IsSurrogate))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsUnsafe(rune))
            {
                clean.Append(rune);
                continue;
            }

            // As JSON does it: in a document the escape stands for the same text.
            foreach (var unit in rune.ToString())
                clean.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:x4}");
        }

        return clean.ToString();
    }

    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse;
}

using System.Text.RegularExpressions;
using DreamerActors.Host.Tests.Running;
using DreamerActors.Pages.Frame;

namespace DreamerActors.Pages.Tests;

public sealed partial class WordsTests
{
    [Fact]
    public void Every_language_has_every_word_and_the_same_places_in_it()
    {
        var english = Words.In("en");
        Assert.All(Words.All, words => Assert.Equal(english.Keys.Order(), words.Keys.Order()));
        Assert.All(english.Keys, key => Assert.True(Places(english[key]).SetEquals(Places(Words.In("pl")[key])), key));
    }

    [Fact]
    public void Every_word_that_a_page_names_is_there() =>
        Assert.All(
            Directory.EnumerateFiles(Path.Combine(Repository.Root, "src/DreamerActors.Pages"), "*.razor", SearchOption.AllDirectories).SelectMany(file => Named().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value),
            key => Assert.True(Words.In("en").Keys.Any(each => each == key || each == key + ".one"), key));

    [Theory]
    [InlineData(1, "1 rozwiązanie")]
    [InlineData(2, "2 rozwiązania")]
    [InlineData(5, "5 rozwiązań")]
    [InlineData(12, "12 rozwiązań")]
    [InlineData(42, "42 rozwiązania")]
    [InlineData(112, "112 rozwiązań")]
    [InlineData(1234, "1\u00a0234 rozwiązania")]
    public void Polish_counts_as_polish_does(int number, string told) => Assert.Equal(told, Words.In("pl").Count("solutions", number));

    [Fact]
    public void Numbers_and_days_are_written_as_each_language_writes_them()
    {
        var day = new DateOnly(2026, 11, 28);
        Assert.Equal(("28 November 2026", "1,234.5", "50%"), (Words.In("en").Day(day), Words.In("en").Decimal(1234.5), Words.In("en").Percent(0.5)));
        Assert.Equal(("28 listopada 2026", "1\u00a0234,5", "50\u00a0%"), (Words.In("pl").Day(day), Words.In("pl").Decimal(1234.5), Words.In("pl").Percent(0.5)));
    }

    private static HashSet<string> Places(string text) => [.. Place().Matches(text).Select(match => match.Value)];

    [GeneratedRegex(@"Words(?:\[|\.(?:Fill|Count)\()""([^""]+[^"".])""[\],]")]
    private static partial Regex Named();

    [GeneratedRegex(@"\{[0-9]\}")]
    private static partial Regex Place();
}

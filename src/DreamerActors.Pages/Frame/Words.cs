using System.Globalization;
using System.Text.Json;

namespace DreamerActors.Pages.Frame;

/// <summary>The texts of one language, with its numbers, plurals and dates. The program runs without the cultures of the system, so both come from here.</summary>
public sealed class Words
{
    private static readonly Dictionary<string, Words> Languages = new[] { "en", "pl" }.ToDictionary(name => name, name => new Words(name));
    private readonly Dictionary<string, string> _texts;
    private readonly NumberFormatInfo _numbers;

    private Words(string language)
    {
        using var stream = typeof(Words).Assembly.GetManifestResourceStream("words/" + language) ?? throw new InvalidOperationException($"there are no words of {language}");
        _texts = JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!;
        Language = language;
        _numbers = new NumberFormatInfo { NumberDecimalSeparator = this["decimal"], NumberGroupSeparator = this["thousands"], NumberGroupSizes = [3] };
    }

    /// <summary>Its short name.</summary>
    public string Language { get; }

    /// <summary>The text of a key.</summary>
    /// <exception cref="KeyNotFoundException">There is none: a mistake of ours.</exception>
    public string this[string key] => _texts.TryGetValue(key, out var text) ? text : throw new KeyNotFoundException($"there is no word {key} in {Language}");

    /// <summary>All keys.</summary>
    public IEnumerable<string> Keys => _texts.Keys;

    /// <summary>The words of a language; English when it is not known.</summary>
    public static Words In(string? language) => Languages.GetValueOrDefault(language ?? "", Languages["en"]);

    /// <summary>The languages there are.</summary>
    public static IEnumerable<Words> All => Languages.Values;

    /// <summary>The text of a word that may be unknown, such as a name from a file; then the word itself.</summary>
    public string Named(string prefix, string? name) => name is null ? "" : _texts.GetValueOrDefault($"{prefix}.{name}", name);

    /// <summary>A text with values in its places.</summary>
    public string Fill(string key, params object[] values) => string.Format(CultureInfo.InvariantCulture, this[key], values);

    /// <summary>The form of a text that a number asks for, with the number in its first place.</summary>
    public string Count(string key, int number) => Fill($"{key}.{Form(number)}", Number(number));

    /// <summary>A whole number.</summary>
    public string Number(int number) => number.ToString("N0", _numbers);

    /// <summary>A share as percents.</summary>
    public string Percent(double share) => Math.Round(share * 100, MidpointRounding.AwayFromZero).ToString("N0", _numbers) + this["percent"];

    /// <summary>A number with one decimal.</summary>
    public string Decimal(double number) => number.ToString("N1", _numbers);

    /// <summary>A length of time: seconds, from a minute and a half on minutes.</summary>
    public string Span(TimeSpan time) => time.TotalSeconds < 90 ? Fill("seconds", Decimal(time.TotalSeconds)) : Fill("minutes", Number((int)Math.Round(time.TotalMinutes)));

    /// <summary>A day, e.g. 28 November 2026.</summary>
    public string Day(DateOnly day) => Fill("day", day.Day, Nth("months.of", day.Month - 1), day.Year);

    /// <summary>A day without its year.</summary>
    public string ShortDay(DateOnly day) => Fill("day.short", day.Day, Nth("months.of", day.Month - 1));

    /// <summary>A month with its year, as it stands behind a day.</summary>
    public string OfMonth(DateOnly day) => $"{Nth("months.of", day.Month - 1)} {day.Year.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>A month with its year.</summary>
    public string Month(DateOnly day) => $"{Nth("months", day.Month - 1)} {day.Year.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Names of the days of a week, from Monday: short and whole.</summary>
    public IEnumerable<(string Short, string Whole)> Week => this["week.short"].Split(' ').Zip(this["week"].Split(' '));

    /// <summary>A moment of a day.</summary>
    public static string Clock(DateTimeOffset at) => at.ToString("HH:mm", CultureInfo.InvariantCulture);

    private string Nth(string key, int index) => this[key].Split(' ')[index];

    /// <summary>Polish tells one, few (2 to 4, but not 12 to 14) and many; English only one and many.</summary>
    private string Form(int number) => Language == "pl"
        ? number == 1 ? "one" : number % 10 is >= 2 and <= 4 && number % 100 is < 12 or > 14 ? "few" : "many"
        : number == 1 ? "one" : "many";
}

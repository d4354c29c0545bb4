using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace DreamerActors.Pages.Frame;

/// <summary>Whoever looks at a page: language, colours and keys, as chosen with <c>/preferences</c> or asked for by the browser.</summary>
public sealed class Visitor
{
    internal const string LanguageCookie = "dreamer_language";
    internal const string ThemeCookie = "dreamer_theme";
    internal const string KeysCookie = "dreamer_keys";

    private readonly TimeZoneInfo _zone;

    /// <param name="accessor">The request.</param>
    /// <param name="time">Where the clock is.</param>
    public Visitor(IHttpContextAccessor accessor, TimeProvider time)
    {
        var request = (accessor.HttpContext ?? throw new InvalidOperationException("a page is asked for by a request")).Request;
        _zone = time.LocalTimeZone;
        Words = Words.In(request.Cookies[LanguageCookie] ?? Preferred(request));
        Theme = request.Cookies[ThemeCookie] is ("light" or "dark") and var chosen ? chosen : "auto";
        UsesKeys = request.Cookies[KeysCookie] != "off";
        Today = DateOnly.FromDateTime(time.GetLocalNow().DateTime);
        Path = request.Path + request.QueryString.ToString();
    }

    /// <summary>Its words.</summary>
    public Words Words { get; }

    /// <summary><c>auto</c>, <c>light</c> or <c>dark</c>.</summary>
    public string Theme { get; }

    /// <summary>Whether single keys do something.</summary>
    public bool UsesKeys { get; }

    /// <summary>The date here.</summary>
    public DateOnly Today { get; }

    /// <summary>What is looked at.</summary>
    public string Path { get; }

    /// <summary>A moment on the clock of this place.</summary>
    public DateTimeOffset Here(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone);

    /// <summary>Day and time of a moment.</summary>
    public string When(DateTimeOffset at) => $"{Words.ShortDay(DateOnly.FromDateTime(Here(at).DateTime))}, {Words.Clock(Here(at))}";

    /// <summary>The first moment of a night, named by the date of its evening, and the first moment after it. Nights change at noon.</summary>
    public (DateTimeOffset From, DateTimeOffset Until) Span(DateOnly night) => (Noon(night), Noon(night.AddDays(1)));

    /// <summary>The night that a moment belongs to.</summary>
    public DateOnly NightOf(DateTimeOffset at) => DateOnly.FromDateTime(Here(at).DateTime.AddHours(-12));

    private DateTimeOffset Noon(DateOnly day)
    {
        var noon = day.ToDateTime(new TimeOnly(12, 0));
        return new DateTimeOffset(noon, _zone.GetUtcOffset(noon));
    }

    private static string? Preferred(HttpRequest request) =>
        StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptLanguage, out var wished)
            ? wished.OrderByDescending(each => each.Quality ?? 1).Select(each => each.Value.Value?.Split('-')[0].ToLowerInvariant()).FirstOrDefault(name => name is "en" or "pl")
            : null;
}

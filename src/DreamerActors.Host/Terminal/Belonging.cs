using System.Diagnostics;
using Serilog.Core;
using Serilog.Events;

namespace DreamerActors.Host.Terminal;

/// <summary>Says of every line to which node it belongs, and to which session and scenario, if to any: known from the actor that logged it, or from the span of the work in which it was logged.</summary>
internal sealed class Belonging : ILogEventEnricher
{
    private const string Region = "/dream-session/";

    // Who asked for the work that a line is about, else who logged it. What else a line says may be anybody's text.
    private static readonly string[] Actors = ["Asker", "LogSource"];
    private static readonly LogEventProperty Node = new("Node", new ScalarValue(Environment.MachineName));

    /// <inheritdoc/>
    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        logEvent.AddPropertyIfAbsent(Node);
        var (session, scenario) = OfActor(logEvent) ?? (Tag("dreamer.session.id"), Tag("dreamer.scenario.id"));
        if (session is not null) logEvent.AddPropertyIfAbsent(new LogEventProperty("Session", new ScalarValue(session)));
        if (scenario is not null) logEvent.AddPropertyIfAbsent(new LogEventProperty("Scenario", new ScalarValue(scenario)));
    }

    private static (string? Session, string? Scenario)? OfActor(LogEvent logEvent)
    {
        foreach (var property in Actors)
        {
            if (!logEvent.Properties.TryGetValue(property, out var value) || value is not ScalarValue { Value: string path }) continue;
            if (path.IndexOf(Region, StringComparison.Ordinal) is not (var start and >= 0)) continue;
            // …/SHARD/SESSION[/SCENARIO][#UID]
            var names = path[(start + Region.Length)..].TrimEnd(']').Split('#')[0].Split('/');
            if (names.Length > 1) return (names[1], names.Length > 2 ? names[2] : null);
        }

        return null;
    }

    private static string? Tag(string name)
    {
        for (var work = Activity.Current; work is not null; work = work.Parent)
        {
            if (work.GetTagItem(name) is string value) return value;
        }

        return null;
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Adapters.Journal;

/// <summary>An event in the host's shape.</summary>
/// <param name="Offset">Its place; grows.</param>
/// <param name="Body"><c>type, agent, message, timestamp, data</c>.</param>
public sealed record DreamEvent(long Offset, JsonObject Body);

/// <summary>The newest events as the host's pages know events. A table of the read model's database, with an offset of its own.</summary>
public sealed class DreamEvents : IProjection
{
    private const int Most = 1000;
    private readonly ReadModel _model;

    /// <param name="model">Where they lie.</param>
    public DreamEvents(ReadModel model)
    {
        _model = model;
        using var connection = model.Open();
        ReadModel.Execute(connection, null, "CREATE TABLE IF NOT EXISTS happened (at INTEGER PRIMARY KEY, body TEXT NOT NULL)");
    }

    /// <inheritdoc/>
    public string Name => "dream-events";

    /// <inheritdoc/>
    public Task<long> LastOffsetAsync(CancellationToken cancellation) => Task.FromResult(_model.LastOffset(Name));

    /// <inheritdoc/>
    public Task ApplyAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
    {
        using (var connection = _model.Open())
        {
            foreach (var entry in entries)
            {
                if (Describe(entry.Event) is { } body)
                    ReadModel.Execute(connection, null, "INSERT OR REPLACE INTO happened VALUES ($0, $1)", entry.Offset, body.ToJsonString());
            }
            ReadModel.Execute(connection, null, "DELETE FROM happened WHERE at NOT IN (SELECT at FROM happened ORDER BY at DESC LIMIT $0)", Most);
        }
        _model.SetOffset(Name, entries[^1].Offset);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ResetAsync(CancellationToken cancellation)
    {
        _model.Forget(Name, "happened");
        return Task.CompletedTask;
    }

    /// <summary>What happened after a place, oldest first; the newest thousand at most.</summary>
    public IReadOnlyList<DreamEvent> After(long offset)
    {
        using var connection = _model.Open();
        using var command = ReadModel.Command(connection, null, "SELECT at, body FROM happened WHERE at > $0 ORDER BY at", offset);
        using var rows = command.ExecuteReader();
        var found = new List<DreamEvent>();
        while (rows.Read())
            found.Add(new DreamEvent(rows.GetInt64(0), JsonNode.Parse(rows.GetString(1))!.AsObject()));
        return found;
    }

    /// <summary>An event as a message; null for what no page needs to know.</summary>
    public static JsonObject? Describe(ISessionEvent happened)
    {
        if (Tell(happened) is not { } told)
            return null;
        told.Data["session_id"] = happened.Session.Value;
        return Message(told.Type, told.Message, happened.At, told.Data);
    }

    private static (string Type, string Message, JsonObject Data)? Tell(ISessionEvent happened) => happened switch
    {
        SessionStarted e => ("DREAM_STARTED", $"{e.Plan.Count} scenarios are dreamt about", new JsonObject { ["trigger"] = e.Order.Trigger }),
        DreamCompleted e => ("DREAM_COMPLETED", e.Scenario.Title, new JsonObject { ["dream_id"] = e.Dream.Value }),
        DreamRejected e => ("DREAM_REJECTED", e.Scenario?.Title ?? e.EntityId, new JsonObject { ["dream_id"] = e.Dream.Value, ["kind"] = e.Verdict.Kind?.Name() }),
        DreamLost e => ("DREAM_LOST", e.Detail, new JsonObject { ["reason"] = e.Reason.ToString() }),
        SessionInterrupted e => ("DREAM_INTERRUPTED", e.Detail ?? e.Reason.ToString(), new JsonObject { ["stopped_in_ms"] = e.StopLatency.TotalMilliseconds }),
        SessionResumed => ("DREAM_RESUMED", "the rest is dreamt", []),
        SessionCompleted e => ("DREAM_SESSION", "Raport ze śnienia", new JsonObject
        {
            ["report"] = new JsonObject
            {
                ["session_id"] = e.Session.Value, ["status"] = "completed", ["duration_seconds"] = Math.Round(e.Report.Duration.TotalSeconds, 3),
                ["dreams_attempted"] = e.Report.Attempted, ["dreams_successful"] = e.Report.Successful, ["success_rate"] = Math.Round(e.Report.SuccessRate, 4),
            },
        }),
        _ => null,
    };

    /// <summary>A message as the host's pages know them: <c>type, agent, message, timestamp, data</c>.</summary>
    public static JsonObject Message(string type, string message, DateTimeOffset at, JsonObject data) => new()
    {
        ["type"] = type,
        ["agent"] = "DreamEngine",
        ["message"] = message,
        ["timestamp"] = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        ["data"] = data,
    };
}

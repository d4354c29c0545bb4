using System.Globalization;
using System.Text.Json.Nodes;
using DreamerActors.Host.Terminal;
using DreamerActors.Hosting.Settings;

namespace DreamerActors.Host.Commands;

/// <summary><c>status --watch</c>: what the host does now, until Ctrl-C. A live table on a terminal; elsewhere a line whenever something has changed.</summary>
internal static class StatusWatch
{
    private const int MostEvents = 8;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(DreamerSettings settings, bool asJson, CancellationToken stop)
    {
        if (asJson || Console.IsOutputRedirected)
            await LinesAsync(settings, asJson, stop);
        else
            await Output.LiveAsync(show => EverySecondAsync(async () => show(Rows(await LookAsync(settings, stop))), stop));
        return ExitCode.Done;
    }

    private static async Task LinesAsync(DreamerSettings settings, bool asJson, CancellationToken stop)
    {
        var before = "";
        await EverySecondAsync(async () =>
        {
            var seen = await LookAsync(settings, stop);
            var line = asJson ? seen.ToJson().ToJsonString() : seen.ToString();
            if (line == before)
                return;
            before = line;
            if (asJson)
                Output.Json(seen.ToJson(), isLine: true);
            else
                Output.Line($"{DateTimeOffset.Now.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} {line}");
        }, stop);
    }

    private static async Task EverySecondAsync(Func<Task> look, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            do
                await look();
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whoever watches has seen enough.
        }
    }

    private static async Task<Seen> LookAsync(DreamerSettings settings, CancellationToken stop)
    {
        using var host = RunningHost.Find(settings);
        if (host is null)
            return Seen.Nothing;
        try
        {
            var now = (await host.GetAsync("/api/v1/dreams/status", stop))["dreams"]!.AsObject();
            var session = now["current_session_id"] is { } id ? (await host.GetAsync("/api/v1/dreams/sessions", stop))["sessions"]!.AsArray().FirstOrDefault(each => (string?)each!["session_id"] == (string?)id) : null;
            var events = (await host.GetAsync("/api/v1/dreams/events", stop))["events"]!.AsArray();
            return new Seen(
                (string)now["state"]!, (string?)now["current_session_id"], Number(session, "dreams_planned"), Number(session, "dreams_attempted"), Number(session, "dreams_successful"), Number(session, "dreams_lost"),
                (string)now["energy"]!, (string)now["energy_reason"]!, (string)now["decision"]!, [.. events.TakeLast(MostEvents).Select(each => $"{each!["timestamp"]} {each["type"]} {each["message"]}")]);
        }
        catch (IOException)
        {
            return Seen.Nothing; // It has just ended.
        }
    }

    private static int Number(JsonNode? session, string name) => (int?)session?[name] ?? 0;

    private static IEnumerable<string[]> Rows(Seen seen) =>
    [
        ["host", seen.State],
        ["session", seen.Progress],
        ["energy", $"{seen.Energy}: {seen.EnergyReason}"],
        ["schedule", seen.Decision],
        .. seen.Events.Reverse().Select((each, index) => new[] { index == 0 ? "events" : "", each }),
    ];

    /// <summary>What one look has seen.</summary>
    private sealed record Seen(
        string State, string? Session, int Planned, int Attempted, int Kept, int Lost, string Energy, string EnergyReason, string Decision, IReadOnlyList<string> Events)
    {
        public static Seen Nothing { get; } = new("does not run", null, 0, 0, 0, 0, "unknown", "nobody looks", "", []);

        public string Progress => Session is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Attempted} of {Planned} judged, {Kept} kept, {Lost} lost ({Session})");

        public JsonObject ToJson() => new()
        {
            ["state"] = State, ["current_session_id"] = Session, ["dreams_planned"] = Planned, ["dreams_attempted"] = Attempted, ["dreams_successful"] = Kept, ["dreams_lost"] = Lost,
            ["energy"] = Energy, ["decision"] = Decision,
        };

        // Without what changes at every look: how long the user has been away.
        public override string ToString() => $"{State}{(Session is null ? "" : ", " + Progress)}; the machine is {Energy}";
    }
}

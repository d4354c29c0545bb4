using System.Text.Json;
using System.Text.RegularExpressions;
using DreamerActors.Host.Tests.Running;

namespace DreamerActors.Host.Tests;

/// <summary>What a running dreamer tells Prometheus and OpenTelemetry's collectors.</summary>
[Collection(Processes.Name)]
public sealed partial class MetricsTests : IDisposable
{
    private readonly Workspace _workspace = new();

    public void Dispose() => _workspace.Dispose();

    [SkippableFact]
    public async Task What_is_counted_is_what_the_journal_has_and_no_label_comes_from_a_dream()
    {
        Needs.Sandbox();
        Assert.Equal(0, (await _workspace.RunAsync("ingest", Repository.SmallKnowledge)).Exit);
        using var host = await RunningHost.StartAsync(_workspace);
        using var http = new HttpClient { BaseAddress = host.Management };
        var before = (await Metrics.ScrapeAsync(http)).Metrics;
        Assert.Equal((0, 1), (before.Sum("dreamer_session_active"), before.Sum("dreamer_machine_state")));

        var id = await host.DreamAsync(6);
        var during = (await Metrics.ScrapeAsync(http, it => it.Sum("dreamer_dreams_total") > 0)).Metrics;
        var session = await host.SessionAsync(id, session => session.GetProperty("status").GetString() == "completed");
        Assert.InRange(during.Sum("dreamer_dreams_total"), 1, 6);
        var (after, text) = await Metrics.ScrapeAsync(http, it => it.Sum("dreamer_session_events_total", ("dreamer_event", "completed")) == 1 && it.Sum("dreamer_session_active") + it.Sum("dreamer_work_running") == 0);

        int Count(string name) => session.GetProperty(name).GetInt32();
        Assert.Equal(Count("dreams_successful"), after.Sum("dreamer_dreams_total", ("dreamer_outcome", "kept")));
        Assert.Equal(Count("dreams_attempted"), after.Sum("dreamer_dreams_total", ("dreamer_outcome", "kept")) + after.Sum("dreamer_dreams_total", ("dreamer_outcome", "rejected")));
        Assert.Equal(Count("dreams_lost"), after.Sum("dreamer_dreams_total", ("dreamer_outcome", "lost")));
        var dreams = (await _workspace.RunAsync("journal", "show", id, "--json")).Json.EnumerateArray().ToList();
        foreach (var kind in dreams.Where(dream => dream.GetProperty("outcome").GetString() == "rejected").CountBy(dream => dream.GetProperty("kind").GetString()!))
            Assert.Equal(kind.Value, after.Sum("dreamer_dreams_total", ("dreamer_outcome", "rejected"), ("dreamer_kind", kind.Key)));
        Assert.Equal((1, 1), (after.Sum("dreamer_session_events_total", ("dreamer_event", "started"), ("dreamer_trigger", "api")), after.Sum("dreamer_session_events_total", ("dreamer_event", "completed"))));

        // Two canaries are judged before the first dream and two after the last.
        Assert.Equal(dreams.Count(dream => dream.GetProperty("kind").GetString() != "NO_CODE"), after.Sum("dreamer_verdict_duration_seconds_count"));
        Assert.Equal(after.Sum("dreamer_verdict_duration_seconds_count") + 4, after.Sum("dreamer_phase_duration_seconds_count", ("dreamer_phase", "guarding"), ("dreamer_outcome", "done")));
        foreach (var stage in new[] { "static", "tests", "blind", "adequacy", "determinism" })
            Assert.True(after.Sum("dreamer_verdict_stage_duration_seconds_count", ("dreamer_stage", stage)) > 0, stage);
        Assert.Equal((0, 0, 0), (after.Sum("dreamer_session_active"), after.Sum("dreamer_work_running"), after.Sum("dreamer_work_waiting")));

        var hidden = dreams.SelectMany(dream => new[] { dream.GetProperty("title").GetString()!, dream.GetProperty("dream_id").GetString()! }).Append(id);
        Assert.All(hidden, words => Assert.DoesNotContain(words, text, StringComparison.Ordinal));

        Assert.Equal(System.Net.HttpStatusCode.OK, (await host.PostAsync("/api/v1/dreams/wake")).Status);
        var last = (await Metrics.ScrapeAsync(http, it => it.Sum("dreamer_wakeup_duration_seconds_count") > 0)).Metrics;
        Assert.Equal(1, last.Sum("dreamer_wakeup_duration_seconds_count", ("dreamer_reason", "asked"), ("dreamer_outcome", "clean")));
        var listed = Listed().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "README.md"))).Select(name => name.Groups[1].Value.Replace('.', '_'));
        Assert.Equal(listed.Order(), last.Types.Where(type => type.StartsWith("dreamer_", StringComparison.Ordinal)).Select(type => Suffix().Replace(type, "")).Order());
    }

    [SkippableFact]
    public async Task Tokens_are_counted_by_the_model_that_was_asked_whatever_it_calls_itself()
    {
        Needs.Sandbox();
        const string Name = "evil\"} 1\n# TYPE evil counter";
        await using var server = new FaultServer(async exchange =>
        {
            await exchange.BeginAsync();
            await exchange.SendAsync("data: " + JsonSerializer.Serialize(new
            {
                id = Name, @object = "chat.completion.chunk", created = 1, model = Name, choices = new[] { new { index = 0, delta = new { content = "no" }, finish_reason = "stop" } },
                usage = new { prompt_tokens = 11, completion_tokens = 7, total_tokens = 18 },
            }) + "\n\ndata: [DONE]\n\n");
        });
        Assert.Equal(0, (await _workspace.RunAsync("ingest", Repository.SmallKnowledge)).Exit);
        await using var collector = await Collector.StartAsync();
        using var host = await RunningHost.StartAsync(
            _workspace, ("DREAMING_BRAIN", "openai"), ("DREAMING_LLM_ENDPOINT", server.Endpoint.ToString()), ("DREAMING_LLM_MODEL", "asked"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"));
        using var http = new HttpClient { BaseAddress = host.Management };
        var id = await host.DreamAsync(2);
        await host.SessionAsync(id, session => session.GetProperty("status").GetString() == "completed");
        var (metrics, text) = await Metrics.ScrapeAsync(http);
        Assert.Equal(11 * server.Requests.Count, metrics.Sum("gen_ai_client_token_usage_sum", ("gen_ai_token_type", "input"), ("gen_ai_request_model", "asked")));
        Assert.Equal(server.Requests.Count, metrics.Sum("gen_ai_client_operation_duration_seconds_count"));
        Assert.DoesNotContain("evil", text, StringComparison.Ordinal);

        await host.Running.SignalAsync("TERM");
        await host.Running.EndAsync(TimeSpan.FromMinutes(1));
        var requests = collector.Spans.Where(span => span.Name == "chat asked").ToList();
        Assert.Equal(server.Requests.Count, requests.Count);
        Assert.All(requests, request => Assert.Single(collector.Spans, phase => phase.Name == "weaving" && phase.Id == request.Parent));
    }

    [SkippableFact]
    public async Task Spans_of_a_session_come_together_in_the_trace_that_has_its_id()
    {
        Needs.Sandbox();
        await using var collector = await Collector.StartAsync();
        var ran = await _workspace.RunAsync(
            ["dream", "--knowledge", Repository.SmallKnowledge, "--max-scenarios", "2", "--json"], [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address), ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")]);
        Assert.True(ran.Exit == 0, ran.ToString());
        var id = ran.Json.GetProperty("session_id").GetString()!;
        var spans = collector.Spans.ToList();
        Assert.All(spans, span => Assert.Equal((id.Replace("-", "", StringComparison.Ordinal), id), (span.Trace, span.Tags["dreamer.session.id"])));
        var session = Assert.Single(spans, span => span.Name == "session");
        Assert.Equal(("", "completed"), (session.Parent, session.Tags["dreamer.outcome"]));
        var scenarios = spans.Where(span => span.Name == "scenario").ToList();
        Assert.All(scenarios, scenario => Assert.Equal(session.Id, scenario.Parent));
        Assert.Equal(ran.Json.GetProperty("dreams_successful").GetInt32(), scenarios.Count(scenario => scenario.Tags["dreamer.outcome"] == "kept"));
        Assert.Equal(4, spans.Count(span => span.Name == "guarding" && span.Parent == session.Id)); // the canaries
        foreach (var phase in spans.Where(span => span.Parent.Length > 0 && span.Parent != session.Id))
            Assert.Equal(phase.Tags["dreamer.scenario.id"], Assert.Single(scenarios, scenario => scenario.Id == phase.Parent).Tags["dreamer.scenario.id"]);
        Assert.Equal((2, 2), (spans.Count(span => span.Name == "weaving"), spans.Count(span => span.Name == "coding")));
        Assert.Contains("/v1/metrics", collector.Paths);
    }

    [Fact]
    public async Task An_address_that_is_none_is_named()
    {
        var refused = await _workspace.RunAsync(["run"], [("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317")]);
        Assert.True(refused.Exit == 2 && refused.ErrorLines.Single().Contains("OTEL_EXPORTER_OTLP_ENDPOINT=collector:4317", StringComparison.Ordinal), refused.ToString());
    }

    [GeneratedRegex(@"(?<=^\| [^|]*)`(dreamer\.[a-z.]+)`(?=[^|]*\| (s )?\|)", RegexOptions.Multiline)]
    private static partial Regex Listed();

    [GeneratedRegex("(_seconds)?(_total)?$")]
    private static partial Regex Suffix();
}

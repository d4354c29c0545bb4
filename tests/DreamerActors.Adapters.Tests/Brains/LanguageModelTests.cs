using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using System.Diagnostics;
using DreamerActors.Adapters.Brains;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using Microsoft.Extensions.Time.Testing;
using static DreamerActors.Tests.FaultServer;

namespace DreamerActors.Adapters.Tests.Brains;

/// <summary>Endpoints fail in every way; a request then ends soon, with a reason, and is never taken for an answer.</summary>
public sealed class LanguageModelTests
{
    private static readonly Prompt Question = Prompt.Ask("rules", "question");

    private static LanguageModelOptions Options(FaultServer server) => new()
    {
        Endpoint = server.Endpoint, Model = "m", ApiKey = new Secret("sk-very-secret"), RetryPause = TimeSpan.FromMilliseconds(1),
        Silence = TimeSpan.FromSeconds(30), Whole = TimeSpan.FromSeconds(60),
    };

    private static async Task<Reply> AskAsync(LanguageModelOptions options, CancellationToken cancellation = default, TimeProvider? time = null)
    {
        using var endpoint = new ModelEndpoint(options, time ?? TimeProvider.System);
        return await endpoint.Model("coder", "m").AskAsync(Question, null, 0.5f, cancellation);
    }

    private static async Task<string> FailsAsync(LanguageModelOptions options, TimeProvider? time = null) =>
        (await Assert.ThrowsAsync<BrainUnavailableException>(() => AskAsync(options, time: time))).Message;

    [Fact]
    public async Task An_answer_is_streamed_and_its_tokens_are_counted()
    {
        await using var server = new FaultServer(Answers("hello"));
        var reply = await AskAsync(Options(server));
        Assert.Equal(("hello", false), (reply.Text, reply.IsTruncated));
        Assert.Equal(new BrainUse("coder", "m", 1, 11, 7), reply.Use);
        var request = Assert.Single(server.Requests);
        Assert.Equal(("m", true), (request.GetProperty("model").GetString(), request.GetProperty("stream").GetBoolean()));
        Assert.Equal("system", request.GetProperty("messages")[0].GetProperty("role").GetString());
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task What_may_pass_is_asked_again(int status)
    {
        await using var server = new FaultServer(Refuses(status, "later"), Refuses(status, "later"), Answers("hello"));
        Assert.Equal("hello", (await AskAsync(Options(server))).Text);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_connection_cut_in_mid_stream_is_asked_again_and_half_an_answer_is_never_one()
    {
        await using var server = new FaultServer(
            async exchange => { await exchange.BeginAsync(); await exchange.ChunkAsync("def f"); },
            Answers("whole"));
        Assert.Equal("whole", (await AskAsync(Options(server))).Text);
    }

    [Fact]
    public async Task What_does_not_pass_is_asked_once_and_the_key_is_in_no_message()
    {
        await using var server = new FaultServer(Refuses(401, "Incorrect API key provided: sk-very-secret"));
        var message = await FailsAsync(Options(server));
        Assert.Single(server.Requests);
        Assert.Contains("401", message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", message, StringComparison.Ordinal);
        Assert.DoesNotContain("very-secret", Options(server).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retries_end()
    {
        await using var server = new FaultServer(Refuses(500, "broken"));
        Assert.Contains("500", await FailsAsync(Options(server)), StringComparison.Ordinal);
        Assert.Equal(4, server.Requests.Count);
    }

    [Fact]
    public async Task The_pause_that_an_endpoint_asks_for_is_kept()
    {
        var time = new FakeTimeProvider();
        await using var server = new FaultServer(Refuses(429, "slow down", "Retry-After: 20\r\n"), Answers("hello"));
        using var endpoint = new ModelEndpoint(Options(server), time);
        var asking = endpoint.Model("coder", "m").AskAsync(Question, null, 0.5f, default);
        var waited = TimeSpan.Zero;
        while (await Task.WhenAny(asking, Task.Delay(20)) != asking)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            waited += TimeSpan.FromSeconds(1);
        }

        Assert.Equal("hello", (await asking).Text);
        // Not sooner, and not much later: the clock goes on while request and answer are on their way.
        Assert.InRange(waited.TotalSeconds, 20, 119);
    }

    [Fact]
    public async Task What_an_endpoint_does_not_understand_is_left_out_from_then_on()
    {
        await using var server = new FaultServer(Refuses(400, "System role not supported"), Answers("one"), Answers("two"));
        using var endpoint = new ModelEndpoint(Options(server), TimeProvider.System);
        var model = endpoint.Model("coder", "m");
        Assert.Equal("one", (await model.AskAsync(Question, null, 0.5f, default)).Text);
        Assert.Equal("two", (await model.AskAsync(Question, null, 0.5f, default)).Text);
        Assert.Equal([2, 1, 1], server.Requests.Select(request => request.GetProperty("messages").GetArrayLength()));
        Assert.StartsWith("rules", server.Requests.Last().GetProperty("messages")[0].GetProperty("content").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: {not json\n\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: {\"choices\": 7}\n\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>login</html>")]
    [InlineData("HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\nConnection: close\r\n\r\n")]
    [InlineData("garbage\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")]
    public async Task An_answer_outside_the_protocol_is_a_failure_of_the_endpoint(string response)
    {
        await using var server = new FaultServer(exchange => exchange.SendAsync(response));
        Assert.Contains("coder model \"m\"", await FailsAsync(Options(server) with { Retries = 1 }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_is_cut_off_and_the_connection_closed()
    {
        await using var server = new FaultServer(async exchange =>
        {
            await exchange.BeginAsync();
            while (true)
                await exchange.ChunkAsync(new string('x', 10_000));
        });
        var reply = await AskAsync(Options(server));
        Assert.Equal((256 * 1024, true), (reply.Text.Length, reply.IsTruncated));
        await server.ClientLeft.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("200 OK")]
    [InlineData("500 Broken")]
    public async Task A_response_of_100_megabytes_without_a_line_end_is_not_read_to_its_end(string status)
    {
        await using var server = new FaultServer(async exchange =>
        {
            await exchange.SendAsync($"HTTP/1.1 {status}\r\nContent-Type: text/event-stream\r\nContent-Length: 104857600\r\n\r\ndata: ");
            for (var i = 0; i < 1600; i++)
                await exchange.SendAsync(new string('x', 65_536));
        });
        Assert.Contains("larger than", await FailsAsync(Options(server) with { LargestResponse = 4 << 20, Retries = 0 }), StringComparison.Ordinal);
        await server.ClientLeft.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_endpoint_that_falls_silent_is_given_up_and_not_asked_again()
    {
        var time = new FakeTimeProvider();
        await using var server = new FaultServer(exchange => Task.Delay(Timeout.Infinite, exchange.Stop));
        using var endpoint = new ModelEndpoint(Options(server), time);
        var asking = endpoint.Model("coder", "m").AskAsync(Question, null, 0.5f, default);
        await server.Asked;
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Contains("silent for 30 s", (await Assert.ThrowsAsync<BrainUnavailableException>(() => asking)).Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
        await server.ClientLeft.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_drip_that_is_never_silent_ends_with_the_time_of_the_whole_answer()
    {
        var time = new FakeTimeProvider();
        var dripped = new SemaphoreSlim(0);
        await using var server = new FaultServer(async exchange =>
        {
            await exchange.BeginAsync();
            while (true)
            {
                await exchange.ChunkAsync("a");
                dripped.Release();
                await Task.Delay(5, exchange.Stop);
            }
        });
        using var endpoint = new ModelEndpoint(Options(server), time);
        var asking = endpoint.Model("coder", "m").AskAsync(Question, null, 0.5f, default);
        while (!asking.IsCompleted)
        {
            await Task.WhenAny(dripped.WaitAsync(), asking);
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Contains("within 60 s", (await Assert.ThrowsAsync<BrainUnavailableException>(() => asking)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancelling_closes_the_connection_at_once_before_and_inside_an_answer(bool inside)
    {
        await using var server = new FaultServer(async exchange =>
        {
            if (inside)
            {
                await exchange.BeginAsync();
                await exchange.ChunkAsync("thinking");
            }

            await Task.Delay(Timeout.Infinite, exchange.Stop);
        });
        using var cancellation = new CancellationTokenSource();
        var asking = AskAsync(Options(server), cancellation.Token);
        await server.Asked;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await server.ClientLeft.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_answer_that_nobody_has_begun_to_read_is_closed_as_well()
    {
        await using var server = new FaultServer(async exchange =>
        {
            await exchange.BeginAsync();
            await Task.Delay(Timeout.Infinite, exchange.Stop);
        });
        using var http = new HttpClient();
        var pipeline = ClientPipeline.Create(new ClientPipelineOptions { Transport = new HttpClientPipelineTransport(http) }, [], [], [new ClosingWhenCancelled()]);
        using var cancellation = new CancellationTokenSource();
        var message = pipeline.CreateMessage();
        (message.Request.Method, message.Request.Uri, message.Request.Content) = ("POST", server.Endpoint, BinaryContent.Create(BinaryData.FromString("{}")));
        message.Apply(new RequestOptions { CancellationToken = cancellation.Token, BufferResponse = false });
        await pipeline.SendAsync(message);
        Assert.False(server.ClientLeft.IsCompleted);

        await cancellation.CancelAsync();

        await server.ClientLeft.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_request_is_traced_with_its_cost_and_without_a_word_of_what_was_said()
    {
        var traced = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ModelEndpoint.TelemetrySource,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = traced.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var server = new FaultServer(Answers("answer"));
        var options = Options(server) with { Model = "traced" };
        using var endpoint = new ModelEndpoint(options, TimeProvider.System);
        await endpoint.Model("coder", "traced").AskAsync(Question, null, 0.5f, default);
        var tags = Assert.Single(traced, each => each.DisplayName.EndsWith("traced", StringComparison.Ordinal)).TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value);
        Assert.Equal(("11", "7"), ($"{tags["gen_ai.usage.input_tokens"]}", $"{tags["gen_ai.usage.output_tokens"]}"));
        Assert.DoesNotContain(tags.Values, value => $"{value}" is var text && (text.Contains("question", StringComparison.Ordinal) || text.Contains("very-secret", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("REASON: fine\nPASS: yes", "stop", true)]
    [InlineData("REASON: fine\nPASS: yes", "length", false)]
    public async Task What_a_judge_said_counts_only_when_it_was_heard_to_the_end(string answer, string finish, bool agrees)
    {
        await using var server = new FaultServer(Answers(answer, finish));
        using var endpoint = new ModelEndpoint(Options(server), TimeProvider.System);
        var review = await new LanguageJudge(endpoint).ReviewAsync(new Submission("code", "tests", true, "task"), default);
        Assert.Equal(agrees, JudgeRule.Decide(review.Answer) is null);
    }

    [Fact]
    public async Task An_endpoint_that_is_not_there_is_named()
    {
        var server = new FaultServer(Answers(""));
        var options = Options(server) with { Retries = 1 };
        await server.DisposeAsync();
        Assert.Contains(options.Endpoint.ToString(), await FailsAsync(options), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_more_requests_run_at_once_than_allowed()
    {
        await using var server = new FaultServer(async exchange =>
        {
            await exchange.BeginAsync();
            await Task.Delay(20, exchange.Stop);
            await exchange.ChunkAsync("x");
            await exchange.EndAsync();
        });
        using var endpoint = new ModelEndpoint(Options(server) with { Concurrency = 2 }, TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => endpoint.Model(i % 2 == 0 ? "coder" : "weaver", "m").AskAsync(Question, null, 0.5f, default)));
        Assert.Equal(8, server.Requests.Count);
        Assert.InRange(server.MostAtOnce, 1, 2);
    }

}

using System.ClientModel;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DreamerActors.Domain.Brains;
using Microsoft.Extensions.AI;
using Polly;
using Polly.Retry;

namespace DreamerActors.Adapters.Brains;

/// <summary>A model's whole answer.</summary>
/// <param name="Text">What it said.</param>
/// <param name="IsTruncated">Whether it was cut off, by the endpoint's limit or by ours.</param>
/// <param name="Use">What it cost.</param>
internal sealed record Reply(string Text, bool IsTruncated, BrainUse Use);

/// <summary>One model in one role: streams its answers within bounds, repeats what may pass, and remembers what the endpoint does not understand.</summary>
/// <remarks>Cancelling closes the connection: the endpoint sees that nobody listens any more.</remarks>
internal sealed class LanguageModel(
    IChatClient client, string role, string model, LanguageModelOptions options, SemaphoreSlim turns, TimeProvider time, Func<CancellationToken, Task> ready)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly ResiliencePipeline _retries = Retrying(options, time);
    private int _quirks;

    /// <summary>Asks and waits for the whole answer.</summary>
    /// <param name="prompt">The conversation.</param>
    /// <param name="schema">What the answer's JSON has to look like, where the endpoint can see to that; null for free text.</param>
    /// <param name="temperature">How freely it may choose its words.</param>
    /// <param name="cancellation">Closes the connection.</param>
    /// <exception cref="BrainUnavailableException">The endpoint failed; nothing is said about the question.</exception>
    public async Task<Reply> AskAsync(Prompt prompt, JsonElement? schema, float temperature, CancellationToken cancellation)
    {
        await turns.WaitAsync(cancellation);
        try
        {
            return await _retries.ExecuteAsync(
                async stop =>
                {
                    await ready(stop); // loading a model may take longer than any answer: it has a limit of its own
                    return await AdaptAsync(prompt, schema, temperature, stop);
                },
                cancellation);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested && error is not BrainUnavailableException)
        {
            throw new BrainUnavailableException(Describe(error), error is ClientResultException ? null : error);
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        finally
        {
            turns.Release();
        }
    }

    /// <summary>One answer; what the endpoint complains of is left out at once, and from then on.</summary>
    private async Task<Reply> AdaptAsync(Prompt prompt, JsonElement? schema, float temperature, CancellationToken cancellation)
    {
        while (true)
        {
            var known = (Quirks)Volatile.Read(ref _quirks);
            try
            {
                return await StreamAsync(Messages(known.HasFlag(Quirks.NoSystemRole) ? prompt.WithoutSystem() : prompt), Options(schema, temperature, known), cancellation);
            }
            catch (ClientResultException refusal) when (EndpointComplaint.Read(refusal.Status, refusal.Message) is var quirk and not Quirks.None && !known.HasFlag(quirk))
            {
                Interlocked.Or(ref _quirks, (int)quirk);
            }
        }
    }

    private async Task<Reply> StreamAsync(List<ChatMessage> messages, ChatOptions asked, CancellationToken cancellation)
    {
        using var silence = new CancellationTokenSource(options.Silence, time);
        using var whole = new CancellationTokenSource(options.Whole, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token, whole.Token);
        var text = new StringBuilder();
        ChatFinishReason? finish = null;
        var usage = new UsageDetails();
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(messages, asked, stop.Token))
            {
                silence.CancelAfter(options.Silence);
                text.Append(update.Text);
                finish = update.FinishReason ?? finish;
                foreach (var count in update.Contents.OfType<UsageContent>())
                    usage.Add(count.Details);
                if (text.Length <= options.LongestReply)
                    continue;
                text.Length = options.LongestReply;
                finish = ChatFinishReason.Length;
                break;
            }

            stop.Token.ThrowIfCancellationRequested(); // a cancelled stream may also just end
        }
        catch (Exception) when (!cancellation.IsCancellationRequested && stop.IsCancellationRequested)
        {
            throw new TimeoutException(whole.IsCancellationRequested
                ? $"no whole answer within {options.Whole.TotalSeconds:0} s"
                : $"silent for {options.Silence.TotalSeconds:0} s");
        }

        if (finish is null)
            throw new IOException("the stream was cut off");
        return new Reply(text.ToString(), finish == ChatFinishReason.Length, new BrainUse(role, model, 1, usage.InputTokenCount ?? 0, usage.OutputTokenCount ?? 0));
    }

    private ChatOptions Options(JsonElement? schema, float temperature, Quirks known) => new()
    {
        ModelId = model,
        MaxOutputTokens = options.MostTokens,
        Temperature = known.HasFlag(Quirks.NoTemperature) ? null : temperature,
        ResponseFormat = schema is { } json && !known.HasFlag(Quirks.NoSchema) ? ChatResponseFormat.ForJsonSchema(json, "scenario") : null,
    };

    private static List<ChatMessage> Messages(Prompt prompt)
    {
        var messages = prompt.Turns.Select(turn => new ChatMessage(turn.Speaker == Speaker.User ? ChatRole.User : ChatRole.Assistant, turn.Text)).ToList();
        if (prompt.System.Length > 0)
            messages.Insert(0, new ChatMessage(ChatRole.System, prompt.System));
        return messages;
    }

    private string Describe(Exception error)
    {
        var reason = error switch
        {
            ClientResultException { Status: 0 } refused => refused.InnerException?.Message ?? refused.Message,
            ClientResultException refused => $"HTTP {refused.Status}: {refused.Message}",
            JsonException or FormatException or InvalidOperationException or KeyNotFoundException => $"it answers outside the protocol ({error.Message})",
            _ => error.Message,
        };
        var line = string.Join(' ', options.ApiKey.Hide(reason).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return $"the {role} model \"{model}\" at {options.Endpoint.GetLeftPart(UriPartial.Path)} failed: {(line.Length > 300 ? line[..300] + "…" : line)}";
    }

    private static ResiliencePipeline Retrying(LanguageModelOptions options, TimeProvider time) =>
        options.Retries == 0 ? ResiliencePipeline.Empty : new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = options.RetryPause,
                MaxDelay = LongestPause,
                ShouldHandle = attempt => ValueTask.FromResult(MayPass(attempt.Outcome.Exception)),
                DelayGenerator = attempt => ValueTask.FromResult(Asked(attempt.Outcome.Exception, time)),
            })
            .Build();

    // A time-out is not repeated here: it has cost enough, and whoever asked decides.
    private static bool MayPass(Exception? error) => error switch
    {
        ClientResultException refused => EndpointComplaint.IsPassing(refused.Status),
        HttpRequestException or IOException => true,
        _ => false,
    };

    /// <summary>The pause that the endpoint asks for, within reason.</summary>
    private static TimeSpan? Asked(Exception? error, TimeProvider time)
    {
        if ((error as ClientResultException)?.GetRawResponse()?.Headers.TryGetValue("Retry-After", out var asked) != true || asked is null)
            return null;
        TimeSpan? pause = int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds)
            : DateTimeOffset.TryParse(asked, CultureInfo.InvariantCulture, out var date) ? date - time.GetUtcNow()
            : null;
        return pause is null ? null : TimeSpan.FromTicks(Math.Clamp(pause.Value.Ticks, 0, LongestPause.Ticks));
    }
}

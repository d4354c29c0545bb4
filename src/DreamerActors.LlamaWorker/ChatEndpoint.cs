using System.Text;
using System.Text.Json;

namespace DreamerActors.LlamaWorker;

/// <summary><c>POST /v1/chat/completions</c>: JSON, or server-sent events. A client that leaves ends its computation.</summary>
internal static class ChatEndpoint
{
    public static async Task AnswerAsync(HttpContext http, LlamaEngine engine)
    {
        ChatRequest request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(http.Request.Body, WorkerJson.Default.ChatRequest, http.RequestAborted) ?? throw new JsonException("null");
            if (request.Messages is not { Count: > 0 })
                throw new JsonException("there are no messages");
        }
        catch (JsonException error)
        {
            await RefuseAsync(http, $"the request is not understood: {error.Message}", null);
            return;
        }

        var answer = new Answer(http, request);
        try
        {
            await foreach (var piece in engine.AnswerAsync(request, answer.Counted, http.RequestAborted))
                await answer.AddAsync(piece);
            await answer.EndAsync();
        }
        catch (PromptTooLongException error)
        {
            await RefuseAsync(http, error.Message, "context_length_exceeded");
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
    }

    private static async Task RefuseAsync(HttpContext http, string message, string? code)
    {
        http.Response.StatusCode = StatusCodes.Status400BadRequest;
        await http.Response.WriteAsJsonAsync(new ErrorBody(new ErrorDetail(message, "invalid_request_error", code)), WorkerJson.Default.ErrorBody, cancellationToken: http.RequestAborted);
    }

    /// <summary>One answer on its way out.</summary>
    private sealed class Answer(HttpContext http, ChatRequest request)
    {
        private readonly string _id = "chatcmpl-" + Guid.NewGuid().ToString("N");
        private readonly long _created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        private readonly StringBuilder _text = new();
        private Usage? _usage;
        private string _finish = "stop";

        public void Counted(int prompt, int completion, bool isTruncated) => (_usage, _finish) = (new Usage(prompt, completion, prompt + completion), isTruncated ? "length" : "stop");

        public Task AddAsync(string piece)
        {
            if (request.Stream)
                return SendAsync(new Choice(0, new Delta(_text.Length == 0 && !http.Response.HasStarted ? "assistant" : null, piece), null, null), null);
            _text.Append(piece);
            return Task.CompletedTask;
        }

        public async Task EndAsync()
        {
            if (!request.Stream)
            {
                var whole = Body("chat.completion", new Choice(0, null, new Delta("assistant", _text.ToString()), _finish), _usage);
                await http.Response.WriteAsJsonAsync(whole, WorkerJson.Default.Completion, cancellationToken: http.RequestAborted);
                return;
            }

            await SendAsync(new Choice(0, new Delta(), null, _finish), _usage);
            await http.Response.WriteAsync("data: [DONE]\n\n", http.RequestAborted);
        }

        private async Task SendAsync(Choice choice, Usage? usage)
        {
            if (!http.Response.HasStarted)
                http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync("data: " + JsonSerializer.Serialize(Body("chat.completion.chunk", choice, usage), WorkerJson.Default.Completion) + "\n\n", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }

        private Completion Body(string kind, Choice choice, Usage? usage) => new(_id, kind, _created, request.Model ?? "llama", [choice], usage);
    }
}

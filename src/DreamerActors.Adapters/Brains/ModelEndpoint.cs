using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;

namespace DreamerActors.Adapters.Brains;

/// <summary>One OpenAI-compatible endpoint with its models; all of them share its connections and its bound of requests at once.</summary>
public sealed class ModelEndpoint : IDisposable
{
    /// <summary>The OpenTelemetry source and meter of all requests: who was asked, how long it took, what it cost; never what was said.</summary>
    public const string TelemetrySource = "DreamerActors.Brains";

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _turns;
    private readonly TimeProvider _time;
    private readonly LlamaWorker? _worker;

    /// <param name="options">Where it is.</param>
    /// <param name="time">The clock of its time-outs.</param>
    /// <param name="worker">The process that answers there; null when it is reached by its address.</param>
    public ModelEndpoint(LanguageModelOptions options, TimeProvider time, LlamaWorker? worker = null)
    {
        (Options, _time, _worker, _turns) = (options, time, worker, new SemaphoreSlim(options.Concurrency));
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // the key belongs to this endpoint and to no other
            ConnectTimeout = ConnectLimit,
            ConnectCallback = worker is null ? null : worker.ConnectAsync,
            UseProxy = worker is null,
            // What nobody wants any more is not read to its end: the connection closes at once.
            MaxResponseDrainSize = 0,
            ResponseDrainTimeout = TimeSpan.Zero,
        };
        _http = new HttpClient(new CappedResponses(sockets, options.LargestResponse)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Where it is.</summary>
    public LanguageModelOptions Options { get; }

    /// <summary>A model of this endpoint in a role.</summary>
    internal LanguageModel Model(string role, string name)
    {
        var key = Options.ApiKey.Reveal();
        var pipeline = new OpenAIClientOptions
        {
            Endpoint = Options.Endpoint,
            Transport = new HttpClientPipelineTransport(_http),
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        };
        pipeline.AddPolicy(new ClosingWhenCancelled(), PipelinePosition.BeforeTransport);
        var client = new OpenAIClient(new ApiKeyCredential(key.Length == 0 ? "none" : key), pipeline);
        var chat = new ChatClientBuilder(client.GetChatClient(name).AsIChatClient()).UseOpenTelemetry(sourceName: TelemetrySource).Build();
        return new LanguageModel(chat, role, name, Options, _turns, _time, _worker is null ? _ => Task.CompletedTask : _worker.ReadyAsync);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _turns.Dispose();
    }
}

using System.ClientModel;
using System.ClientModel.Primitives;
using Microsoft.Extensions.AI;
using OpenAI;

namespace DreamerActors.Adapters.Brains;

/// <summary>One OpenAI-compatible endpoint with its models; all of them share its connections and its bound of requests at once.</summary>
public sealed class ModelEndpoint : IDisposable
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _turns;
    private readonly TimeProvider _time;

    /// <param name="options">Where it is.</param>
    /// <param name="time">The clock of its time-outs.</param>
    /// <param name="connect">Connects to it in another way than by its address; null for that.</param>
    public ModelEndpoint(LanguageModelOptions options, TimeProvider time, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? connect = null)
    {
        (Options, _time, _turns) = (options, time, new SemaphoreSlim(options.Concurrency));
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // the key belongs to this endpoint and to no other
            ConnectTimeout = connect is null ? ConnectLimit : Timeout.InfiniteTimeSpan,
            ConnectCallback = connect,
            UseProxy = connect is null,
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
        var client = new OpenAIClient(new ApiKeyCredential(key.Length == 0 ? "none" : key), new OpenAIClientOptions
        {
            Endpoint = Options.Endpoint,
            Transport = new HttpClientPipelineTransport(_http),
            RetryPolicy = new ClientRetryPolicy(0),
            NetworkTimeout = Timeout.InfiniteTimeSpan,
        });
        var chat = new ChatClientBuilder(client.GetChatClient(name).AsIChatClient()).UseOpenTelemetry().Build();
        return new LanguageModel(chat, role, name, Options, _turns, _time);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _turns.Dispose();
    }
}

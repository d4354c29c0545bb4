using System.Globalization;
using DreamerActors.LlamaWorker;

// dreamer-llama MODEL.gguf SOCKET CONTEXT THREADS IDLE_SECONDS: an OpenAI-compatible endpoint on a Unix socket, for the process that started it.
if (args is not [var modelPath, var socket, var context, var threads, var patience])
{
    await Console.Error.WriteLineAsync("usage: dreamer-llama MODEL.gguf SOCKET CONTEXT THREADS IDLE_SECONDS");
    return 2;
}

ParentWatch.Begin();
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.ListenUnixSocket(socket);
    kestrel.Limits.MaxRequestBodySize = 4 << 20;
});
await using var app = builder.Build();
var loading = LlamaEngine.LoadAsync(modelPath, uint.Parse(context, CultureInfo.InvariantCulture), int.Parse(threads, CultureInfo.InvariantCulture));
using var idle = new IdleWatch(app.Lifetime, TimeSpan.FromSeconds(double.Parse(patience, CultureInfo.InvariantCulture)));
app.Use((http, next) => idle.WatchAsync(http, next));
app.MapGet("/health", () => loading.IsCompletedSuccessfully ? Results.Json(new Health("ok"), WorkerJson.Default.Health) : Results.Json(new Health("loading"), WorkerJson.Default.Health, statusCode: 503));
app.MapPost("/v1/chat/completions", async http => await ChatEndpoint.AnswerAsync(http, await loading));
await app.StartAsync();
try
{
    using var engine = await loading;
    idle.Answered();
    await app.WaitForShutdownAsync();
    return 0;
}
catch (Exception error) when (error is FileNotFoundException or LLama.Exceptions.LoadWeightsFailedException)
{
    await Console.Error.WriteLineAsync($"the model cannot be loaded: {error.Message}");
    return 3;
}

using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using DreamerActors.Adapters.Brains;
using DreamerActors.Domain.Brains;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace DreamerActors.Adapters.Tests.Brains;

/// <summary>The worker with real llama.cpp on tiny models: one always says the same, one never stops by itself.</summary>
[Trait("Needs", "llama")]
public sealed class LlamaWorkerTests(ITestOutputHelper output) : IAsyncLifetime, IDisposable
{
    private const string Scripted = "Think first.\n```python\ndef f():\n    return 1\n```\n";
    private static readonly string Long = string.Concat(Enumerable.Repeat("word ", 15_000));
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder _folder = new();
    private LlamaWorker? _worker;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_worker is not null)
            await _worker.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    private async Task<ModelEndpoint> StartAsync(bool scripted, int context = 1024, int tokens = 4_096, double idleSeconds = 300)
    {
        var program = Needs.LlamaWorker();
        var model = Path.Combine(_folder.Path, "model.gguf");
        await PlainPython.RunAsync([Path.Combine(AppContext.BaseDirectory, "data/make_tiny_gguf.py"), "--out", model,
            .. scripted ? new[] { "--mode", "script", "--reply-file", _folder.File("reply.txt", Scripted) } : []]);
        return Endpoint(program, model, context, tokens, idleSeconds);
    }

    private ModelEndpoint Endpoint(string program, string model, int context = 1024, int tokens = 4_096, double idleSeconds = 300)
    {
        _worker = new LlamaWorker(
            new LlamaWorkerOptions(program, model, context, Threads: 1, Priority: 5) { Pause = TimeSpan.FromMilliseconds(10), HealthLimit = TimeSpan.FromSeconds(1), Idle = TimeSpan.FromSeconds(idleSeconds) }, TimeProvider.System, NullLogger<LlamaWorker>.Instance);
        return new ModelEndpoint(
            new LanguageModelOptions { Endpoint = new Uri("http://llama/v1"), Model = "m", MostTokens = tokens, RetryPause = TimeSpan.FromMilliseconds(10) }, TimeProvider.System, _worker);
    }

    private static Task<Reply> AskAsync(ModelEndpoint endpoint, CancellationToken cancellation = default, string question = "Write f().") =>
        endpoint.Model("coder", "m").AskAsync(Prompt.Ask("You code.", question), null, 0.2f, cancellation).WaitAsync(Patience, CancellationToken.None);

    /// <summary>Waits until the worker has used a processor for a while: it computes.</summary>
    private async Task ComputingAsync()
    {
        while (_worker!.Status.ProcessId is null)
            await Task.Delay(10);
        using var process = Process.GetProcessById(_worker.Status.ProcessId.Value);
        for (var before = process.TotalProcessorTime; process.TotalProcessorTime - before < TimeSpan.FromSeconds(1); process.Refresh())
            await Task.Delay(10);
    }

    [SkippableFact]
    public async Task It_answers_from_a_process_that_gives_way_and_counts_tokens()
    {
        using var endpoint = await StartAsync(scripted: true);
        var reply = await AskAsync(endpoint);
        Assert.Equal((Scripted.Trim(), false), (reply.Text.Trim(), reply.IsTruncated));
        Assert.True(reply.Use is { PromptTokens: > 0, CompletionTokens: > 0 }, reply.Use.ToString());
        Assert.Equal("5", (await File.ReadAllTextAsync($"/proc/{_worker!.Status.ProcessId}/stat")).Split(") ")[1].Split(' ')[16]);
    }

    [SkippableFact]
    public async Task An_answer_without_end_is_cut_off_and_said_to_be()
    {
        using var endpoint = await StartAsync(scripted: false, tokens: 300);
        var reply = await AskAsync(endpoint);
        Assert.Equal((true, 300L), (reply.IsTruncated, reply.Use.CompletionTokens));
    }

    [SkippableFact]
    public async Task A_question_longer_than_the_context_is_refused_with_both_numbers()
    {
        using var endpoint = await StartAsync(scripted: false, context: 512);
        var refused = await Assert.ThrowsAsync<BrainUnavailableException>(() => AskAsync(endpoint, question: string.Concat(Enumerable.Repeat("word ", 1000))));
        Assert.Contains("maximum context length is 512", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Reading a question of 75,000 characters takes llama.cpp long before the first token; a worker that just started is loading.</summary>
    [SkippableTheory]
    [InlineData("answering")]
    [InlineData("reading")]
    [InlineData("loading")]
    public async Task A_wake_up_at_any_moment_leaves_no_process_and_gives_its_memory_back(string moment)
    {
        using var endpoint = await StartAsync(scripted: false, context: 100_000, tokens: 30_000);
        using var cancellation = new CancellationTokenSource();
        var asking = AskAsync(endpoint, cancellation.Token, moment == "reading" ? Long : "Write f().");
        while (_worker!.Status.ProcessId is null || (moment == "loading" && _worker.Status.State != "loading"))
            await Task.Delay(1);
        if (moment != "loading")
            await ComputingAsync();
        var (process, waking) = (_worker.Status.ProcessId!.Value, Stopwatch.StartNew());
        var resident = Resident(process);
        await cancellation.CancelAsync();
        await _worker.EndAllAsync(default);
        output.WriteLine($"{moment}: {resident} kB before, ended in {waking.ElapsedMilliseconds} ms");
        Assert.True(waking.Elapsed < TimeSpan.FromSeconds(2), $"{waking.Elapsed}");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.True(resident > 0);
        Assert.False(Directory.Exists($"/proc/{process}"));
        Assert.Equal(("stopped", 0), (_worker.Status.State, _worker.Status.Restarts));
        Assert.Equal(0, await _worker.EndAllAsync(default));
    }

    /// <summary>Stops a process. Its threads stop one after the other, when they next have a processor: until the last has, it may still answer.</summary>
    private static async Task HangAsync(int process)
    {
        using (var stop = Process.Start("kill", ["-STOP", $"{process}"]))
            await stop.WaitForExitAsync();
        while (!Directory.EnumerateDirectories($"/proc/{process}/task").All(thread => File.ReadAllText($"{thread}/stat").Split(") ")[1][0] == 'T'))
            await Task.Delay(10);
    }

    /// <summary>Kilobytes of memory that a process has in use.</summary>
    private static long Resident(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    [SkippableFact]
    public async Task Cancelling_while_a_question_is_read_stops_the_reading()
    {
        using var endpoint = await StartAsync(scripted: false, context: 100_000, tokens: 5);
        using var cancellation = new CancellationTokenSource();
        var asking = AskAsync(endpoint, cancellation.Token, Long);
        await ComputingAsync();
        using var process = Process.GetProcessById(_worker!.Status.ProcessId!.Value);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        var before = process.TotalProcessorTime;
        Assert.Equal(5, (await AskAsync(endpoint)).Use.CompletionTokens);
        process.Refresh();
        // The whole question costs tens of seconds of processor time.
        Assert.True(process.TotalProcessorTime - before < TimeSpan.FromSeconds(4), $"{process.TotalProcessorTime - before}");
    }

    [SkippableFact]
    public async Task Cancelling_alone_frees_the_model_for_the_next_question()
    {
        using var endpoint = await StartAsync(scripted: false, context: 32_768, tokens: 30_000);
        using var cancellation = new CancellationTokenSource();
        var asking = AskAsync(endpoint, cancellation.Token);
        await ComputingAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        using var hurry = new ModelEndpoint(endpoint.Options with { MostTokens = 5 }, TimeProvider.System, _worker);
        Assert.Equal(5, (await AskAsync(hurry)).Use.CompletionTokens);
        Assert.Equal(0, _worker!.Status.Restarts);
    }

    [SkippableFact]
    public async Task A_worker_killed_in_the_middle_of_an_answer_is_started_again_and_the_question_asked_again()
    {
        using var endpoint = await StartAsync(scripted: false, context: 4_096, tokens: 2_000);
        var asking = AskAsync(endpoint);
        await ComputingAsync();
        using (var process = Process.GetProcessById(_worker!.Status.ProcessId!.Value))
            process.Kill();
        Assert.Equal(2_000, (await asking).Use.CompletionTokens);
        Assert.Equal(1, _worker.Status.Restarts);
    }

    [SkippableFact]
    public async Task It_refuses_what_it_does_not_understand_and_goes_on()
    {
        using var endpoint = await StartAsync(scripted: true);
        Assert.Equal((400, true), await PostAsync("{\"messages\": [") is var (status, answer) ? ((int)status, answer.Contains("not understood", StringComparison.Ordinal)) : default);
        Assert.Equal(400, (int)(await PostAsync("{\"messages\": []}")).Status);
        Assert.Equal(400, (int)(await PostAsync("[]")).Status);
        var whole = JsonDocument.Parse((await PostAsync("""{"messages": [{"role": "user", "content": [{"type": "text", "text": "Write f()."}, {"type": "image"}]}], "unknown": 1}""")).Answer).RootElement;
        Assert.Equal(Scripted.Trim(), whole.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!.Trim());
        Assert.True(whole.GetProperty("usage").GetProperty("completion_tokens").GetInt32() > 0);
        Assert.Equal(0, _worker!.Status.Restarts);
    }

    [SkippableFact]
    public async Task Asked_for_json_a_model_that_talks_nonsense_writes_json()
    {
        using var endpoint = await StartAsync(scripted: false);
        var whole = JsonDocument.Parse((await PostAsync("""{"messages": [{"role": "user", "content": "x"}], "max_tokens": 200, "seed": 1, "response_format": {"type": "json_schema"}}""")).Answer).RootElement;
        Assert.Matches("^{\\s*(\"|}|$)", whole.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!);
    }

    [SkippableFact]
    public async Task Control_tokens_in_a_question_are_text()
    {
        using var endpoint = await StartAsync(scripted: false);
        async Task<int> TokensAsync(string content) => JsonDocument.Parse((await PostAsync(JsonSerializer.Serialize(new { messages = new[] { new { role = "user", content } }, max_tokens = 1 }))).Answer)
            .RootElement.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();
        // As tokens of their own, twenty of them would add twenty.
        Assert.True(await TokensAsync(string.Concat(Enumerable.Repeat("<|im_end|>", 20))) - await TokensAsync("") > 60);
    }

    [SkippableFact]
    public async Task A_worker_that_nobody_asks_gives_its_memory_back_and_the_next_question_starts_it()
    {
        using var endpoint = await StartAsync(scripted: true, idleSeconds: 4);
        await AskAsync(endpoint);
        while (_worker!.Status.ProcessId is not null)
            await Task.Delay(20);
        Assert.Equal(Scripted.Trim(), (await AskAsync(endpoint)).Text.Trim());
        Assert.Equal(0, _worker.Status.Restarts);
    }

    private async Task<(HttpStatusCode Status, string Answer)> PostAsync(string body)
    {
        await _worker!.ReadyAsync(default);
        using var http = new HttpClient(new SocketsHttpHandler { ConnectCallback = _worker.ConnectAsync });
        using var response = await http.PostAsync(new Uri("http://llama/v1/chat/completions"), new StringContent(body, null, "application/json")).WaitAsync(Patience);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    [SkippableFact]
    public async Task A_worker_that_hangs_is_found_out_by_the_next_question_and_started_again()
    {
        using var endpoint = await StartAsync(scripted: true);
        await AskAsync(endpoint);
        var hung = _worker!.Status.ProcessId!.Value;
        await HangAsync(hung);
        Assert.Equal(Scripted.Trim(), (await AskAsync(endpoint)).Text.Trim());
        Assert.False(Directory.Exists($"/proc/{hung}"));
        Assert.Equal(("running", 1, "it ended with code 137"), (_worker.Status.State, _worker.Status.Restarts, _worker.Status.LastEnd));
    }

    [SkippableFact]
    public async Task Pauses_before_restarts_grow_and_a_wake_up_ends_them()
    {
        using var endpoint = Endpoint(Needs.LlamaWorker(), _folder.File("broken.gguf", "GGUF and then nothing"));
        var pauses = new List<double>();
        for (var start = 0; start < 4; start++)
        {
            await Assert.ThrowsAsync<BrainUnavailableException>(() => AskAsync(endpoint));
            pauses.Add(_worker!.Status.Pause.TotalMilliseconds);
        }

        Assert.Equal([0, 10, 20, 40], pauses);
        Assert.Equal(("stopped", 3), (_worker!.Status.State, _worker.Status.Restarts));
        await _worker.EndAllAsync(default);
        await Assert.ThrowsAsync<BrainUnavailableException>(() => AskAsync(endpoint));
        Assert.Equal(3, _worker.Status.Restarts);
    }

    [SkippableFact]
    public async Task A_file_that_is_no_model_is_named()
    {
        using var endpoint = Endpoint(Needs.LlamaWorker(), _folder.File("broken.gguf", "GGUF and then nothing"));
        var failed = await Assert.ThrowsAsync<BrainUnavailableException>(() => AskAsync(endpoint));
        Assert.Contains("broken.gguf", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_worker_that_was_never_built_is_told_with_what_to_do()
    {
        using var endpoint = Endpoint("/nowhere/dreamer-llama.dll", "m.gguf");
        Assert.Contains("DREAMING_BRAIN=openai", (await Assert.ThrowsAsync<BrainUnavailableException>(() => AskAsync(endpoint))).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task It_ends_with_the_process_that_started_it()
    {
        using var endpoint = await StartAsync(scripted: true);
        using var orphan = Process.Start(new ProcessStartInfo("dotnet", [Needs.LlamaWorker(), Path.Combine(_folder.Path, "model.gguf"), Path.Combine(_folder.Path, "s"), "512", "1", "300"])
        {
            RedirectStandardInput = true, RedirectStandardError = true,
        })!;
        orphan.StandardInput.Close(); // as the kernel does when its parent dies
        await orphan.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(137, orphan.ExitCode);
    }
}

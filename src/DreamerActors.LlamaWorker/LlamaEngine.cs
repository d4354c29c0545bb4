using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using LLama;
using LLama.Common;
using LLama.Exceptions;
using LLama.Native;
using LLama.Sampling;

namespace DreamerActors.LlamaWorker;

/// <summary>The prompt leaves no room in the model's context.</summary>
internal sealed class PromptTooLongException(int tokens, uint context)
    : Exception($"This model's maximum context length is {context} tokens; the prompt has {tokens}");

/// <summary>A loaded model. One computation at a time: llama.cpp decodes under one lock, more at once would only be slower.</summary>
internal sealed class LlamaEngine : IDisposable
{
    /// <summary>Any JSON object. A constant: invalid grammar text would end the process.</summary>
    private const string JsonObject = """
        root ::= object
        object ::= "{" ws ( pair ( "," ws pair )* )? "}" ws
        pair ::= string ":" ws value
        array ::= "[" ws ( value ( "," ws value )* )? "]" ws
        value ::= object | array | string | number | ("true" | "false" | "null") ws
        string ::= "\"" ( [^"\\\x7F\x00-\x1F] | "\\" (["\\bfnrt/] | "u" [0-9a-fA-F]{4}) )* "\"" ws
        number ::= ("-"? ([0-9] | [1-9] [0-9]{0,15})) ("." [0-9]+)? ([eE] [-+]? [0-9]{1,3})? ws
        ws ::= [ \t\n]{0,20}
        """;

    private readonly ModelParams _parameters;
    private readonly LLamaWeights _weights;
    private readonly SemaphoreSlim _turn = new(1);

    private LlamaEngine(ModelParams parameters, LLamaWeights weights) => (_parameters, _weights) = (parameters, weights);

    /// <exception cref="LoadWeightsFailedException">The file is no model.</exception>
    /// <exception cref="FileNotFoundException">There is no file.</exception>
    public static async Task<LlamaEngine> LoadAsync(string path, uint context, int threads)
    {
        NativeLogConfig.llama_log_set((level, message) =>
        {
            if (level is LLamaLogLevel.Warning or LLamaLogLevel.Error)
                Console.Error.Write(message);
        });
        var parameters = new ModelParams(path) { ContextSize = context, GpuLayerCount = 0, Threads = threads, BatchThreads = threads };
        return new LlamaEngine(parameters, await LLamaWeights.LoadFromFileAsync(parameters));
    }

    /// <summary>The answer, piece by piece.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="counted">Told at the end: tokens of the prompt, tokens of the answer, and whether the answer was cut off.</param>
    /// <param name="cancellation">Stops within a token, and inside the reading of a long prompt.</param>
    public async IAsyncEnumerable<string> AnswerAsync(ChatRequest request, Action<int, int, bool> counted, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            using var context = _weights.CreateContext(_parameters);
            using var abort = new Abort(context, cancellation);
            var prompt = context.Tokenize(PromptOf(request), addBos: _weights.Vocab.ShouldAddBOS, special: true);
            if (prompt.Length + 1 >= context.ContextSize)
                throw new PromptTooLongException(prompt.Length, context.ContextSize);
            await ReadAsync(context, prompt, cancellation);
            using var sampling = Sampling(request);
            var decoder = new StreamingTokenDecoder(context);
            var batch = new LLamaBatch();
            var limit = Math.Min(request.Tokens, (int)context.ContextSize - prompt.Length);
            for (var written = 0; ; written++)
            {
                var token = sampling.Sample(context.NativeHandle, -1);
                if (token.IsEndOfGeneration(_weights.Vocab) || written == limit)
                {
                    counted(prompt.Length, written, written == limit);
                    yield break;
                }

                decoder.Add(token);
                if (decoder.Read() is { Length: > 0 } piece)
                    yield return piece;
                batch.Clear();
                batch.Add(token, prompt.Length + written, LLamaSeqId.Zero, true);
                await DecodeAsync(context, batch, cancellation);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _weights.Dispose();
        _turn.Dispose();
    }

    private static async Task ReadAsync(LLamaContext context, LLamaToken[] prompt, CancellationToken cancellation)
    {
        var batch = new LLamaBatch();
        for (var start = 0; start < prompt.Length; start += (int)context.BatchSize)
        {
            batch.Clear();
            var end = Math.Min(prompt.Length, start + (int)context.BatchSize);
            for (var i = start; i < end; i++)
                batch.Add(prompt[i], i, LLamaSeqId.Zero, logits: i == prompt.Length - 1);
            await DecodeAsync(context, batch, cancellation);
        }
    }

    private static async Task DecodeAsync(LLamaContext context, LLamaBatch batch, CancellationToken cancellation)
    {
        var result = await context.DecodeAsync(batch, cancellation);
        cancellation.ThrowIfCancellationRequested();
        if (result != DecodeResult.Ok)
            throw new LLamaDecodeError(result);
    }

    /// <summary>The conversation in the model's own template; in ChatML when llama.cpp does not know that template.</summary>
    private string PromptOf(ChatRequest request)
    {
        try
        {
            var template = new LLamaTemplate(_weights) { AddAssistant = true };
            foreach (var message in request.Messages)
                template.Add(message.Role, message.Text());
            return Encoding.UTF8.GetString(template.Apply());
        }
        catch (Exception error) when (error is MissingTemplateException or RuntimeError)
        {
            Console.Error.WriteLine($"warning: the model's chat template is not known ({error.Message}); ChatML is used");
            return string.Concat(request.Messages.Select(message => $"<|im_start|>{message.Role}\n{message.Text()}<|im_end|>\n")) + "<|im_start|>assistant\n";
        }
    }

    private static BaseSamplingPipeline Sampling(ChatRequest request)
    {
        var grammar = request.WantsJson ? new Grammar(JsonObject, "root") : null;
        return request.Temperature is 0
            ? new GreedySamplingPipeline { Grammar = grammar }
            : new DefaultSamplingPipeline { Temperature = request.Temperature ?? 0.7f, TopP = request.TopP ?? 0.9f, Seed = request.Seed ?? (uint)Random.Shared.Next(), Grammar = grammar };
    }

    /// <summary>Lets llama.cpp ask, inside a computation, whether anybody still wants it.</summary>
    private sealed class Abort : IDisposable
    {
        private readonly Asked _asked;
        private readonly LLamaContext _context;

        public Abort(LLamaContext context, CancellationToken cancellation)
        {
            (_context, _asked) = (context, _ => cancellation.IsCancellationRequested);
            NativeApi.llama_set_abort_callback(context.NativeHandle, Marshal.GetFunctionPointerForDelegate(_asked), IntPtr.Zero);
        }

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        [return: MarshalAs(UnmanagedType.I1)]
        private delegate bool Asked(IntPtr data);

        public void Dispose()
        {
            NativeApi.llama_set_abort_callback(_context.NativeHandle, IntPtr.Zero, IntPtr.Zero);
            GC.KeepAlive(_asked);
        }
    }
}

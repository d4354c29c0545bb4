using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Benchmarks.Energy;

/// <summary>Something to dream about, as often as wanted.</summary>
internal sealed class EndlessKnowledge(int entities) : IKnowledgeStore
{
    public Task<KnowledgeGraph> LoadAsync(CancellationToken cancellation) => Task.FromResult(new KnowledgeGraph(
        [.. Enumerable.Range(0, entities).Select(i => new KnowledgeEntity($"e{i}", $"e{i}", "Function", "nothing", [], new Provenance($"e{i}", "nowhere")))], []));

    public Task<IngestReport> IngestAsync(IReadOnlyList<string> paths, IProgress<IngestProgress>? progress, CancellationToken cancellation) => throw new NotSupportedException();
}

/// <summary>A brain whose solutions do everything not to end, and which hangs in every fourth request to its model.</summary>
internal sealed class HostileBrain(Uri model) : IBrain, IDisposable
{
    /// <summary>One of so many dreams hangs in the request.</summary>
    public const int HangsEvery = 4;

    private const string Deaf = "import os, signal, time\nfor s in range(1, 32):\n    try: signal.signal(s, signal.SIG_IGN)\n    except (OSError, ValueError): pass\n";
    private static readonly string[] Ways =
    [
        "while True: pass",
        "if os.fork() == 0:\n    try: os.setsid()\n    except OSError: pass\n    if os.fork() == 0:\n        while True: pass\n    while True: time.sleep(1)\nwhile True: time.sleep(1)",
        "for _ in range(8):\n    if os.fork() == 0:\n        while True: time.sleep(0.01)\nwhile True: pass",
    ];

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue }) { BaseAddress = model, Timeout = Timeout.InfiniteTimeSpan };
    private int _asked;

    public string Name => "hostile";

    public Task<Weaving> WeaveAsync(PlannedScenario planned, CancellationToken cancellation) => Task.FromResult<Weaving>(new Weaving.Woven(new Scenario(
        planned.Id, planned.Fragment.Name, "", "", [], "from solution import f\n\ndef test_f():\n    assert f(1) == 2\n", planned.Difficulty, [], planned.Fragment.Provenance)));

    public async Task<Coding> CodeAsync(CodingTask task, CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _asked);
        if (number % HangsEvery == 0) return new Coding.Written(await _http.GetStringAsync("/", cancellation));
        return new Coding.Written(Deaf + Ways[number % HangsEvery % Ways.Length] + "\ndef f(x):\n    return x + 1\n");
    }

    public void Dispose() => _http.Dispose();
}

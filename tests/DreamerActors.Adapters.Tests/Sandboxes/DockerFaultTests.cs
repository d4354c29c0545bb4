using System.Text.Json.Nodes;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Adapters.Tests.Guarding;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Tests.Sandboxes;

/// <summary>Whatever the engine does, a task ends as a right verdict or as an error, and the batch goes on once the fault is gone (invariant I2).</summary>
public sealed class DockerFaultTests(OwnEngine engine) : IClassFixture<OwnEngine>
{
    private const string Name = "dreamer-fault";
    private const string Good = "def f(x):\n    return 2 * x\n";
    private const string Bad = "def f(x):\n    return 3 * x\n";
    private const string Tests = "from solution import f\n\ndef test_f():\n    assert f(2) == 4\n";

    private DockerJailer NewJailer() => new(new DockerOptions(Needs.Image, Name, 0, engine.Address), GuardianFixture.Tight);

    private static Guardian Judge(Sandbox sandbox) => GuardianFixture.Over(sandbox);

    private static Task<Verdict> AskAsync(Guardian guardian, string code) => guardian.JudgeAsync(new Submission(code, Tests, false), CancellationToken.None);

    [SkippableFact]
    public async Task A_batch_outlives_a_kill_of_the_engine()
    {
        Needs.Docker();
        await using var sandbox = GuardianFixture.Make(NewJailer(), 2);
        var tasks = Enumerable.Range(0, 60).Select(number =>
            new JsonObject { ["id"] = $"{number}", ["code"] = number % 2 == 0 ? Good : Bad, ["test_code"] = Tests }.ToJsonString());
        var output = new StringWriter();
        var restarted = Task.CompletedTask;
        var progress = new Told(done =>
        {
            if (done == 10)
                restarted = RestartAsync();
        });

        var counts = await new BulkValidation(Judge(sandbox)).RunAsync(new StringReader(string.Join('\n', tasks)), (line, _) => output.WriteLineAsync(line), 2, false, false, progress, CancellationToken.None);
        await restarted;

        Assert.Equal(60, counts.Total);
        Assert.All(output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!), verdict =>
            Assert.Contains(verdict["verdict"]!.ToString(), new[] { "error", int.Parse(verdict["id"]!.ToString()) % 2 == 0 ? "pass" : "fail" }));
        Assert.True(counts.Passed > 5, $"{counts}: the batch did not go on");
        Assert.Equal(VerdictOutcome.Pass, (await AskAsync(Judge(sandbox), Good)).Outcome);
        await sandbox.EndAllAsync(CancellationToken.None);
        await NothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task Without_an_engine_nothing_is_judged_and_once_it_is_back_everything_is()
    {
        Needs.Docker();
        await using var sandbox = new Sandbox(NewJailer(), GuardianFixture.Tight, 1, new HurriedTime());
        var guardian = Judge(sandbox);
        Assert.Equal(VerdictOutcome.Pass, (await AskAsync(guardian, Good)).Outcome);

        await engine.KillAsync();
        await sandbox.EndAllAsync(CancellationToken.None);
        Assert.Equal(VerdictOutcome.Error, (await AskAsync(guardian, Good)).Outcome);
        Assert.Equal(VerdictOutcome.Error, (await AskAsync(guardian, Bad)).Outcome);

        await engine.StartAsync();
        Assert.Equal(VerdictOutcome.Pass, (await AskAsync(guardian, Good)).Outcome);
        Assert.Equal(VerdictOutcome.Fail, (await AskAsync(guardian, Bad)).Outcome);
    }

    [SkippableFact]
    public async Task A_full_disk_is_an_error_until_there_is_space()
    {
        Needs.Docker();
        await using var sandbox = new Sandbox(NewJailer(), GuardianFixture.Tight, 1, new HurriedTime());
        using (engine.Fill())
            Assert.Equal(VerdictOutcome.Error, (await AskAsync(Judge(sandbox), Good)).Outcome);

        Assert.Equal(VerdictOutcome.Pass, (await AskAsync(Judge(sandbox), Good)).Outcome);
    }

    [SkippableFact]
    public async Task An_engine_that_hangs_does_not_keep_containers_alive()
    {
        Needs.Docker();
        var jailer = NewJailer();
        await using var sandbox = GuardianFixture.Make(jailer, 2);
        var judging = AskAsync(Judge(sandbox), "def f(x):\n    while True: pass\n");
        var ids = await StartedAsync(2);

        await engine.PauseAsync();
        try
        {
            await sandbox.EndAllAsync(CancellationToken.None);
            Assert.DoesNotContain(ids, DockerFixture.HasProcesses);
        }
        finally
        {
            await engine.GoOnAsync();
        }
        Assert.Equal(VerdictOutcome.Error, (await judging).Outcome);
        await NothingIsLeftAsync();
    }

    [SkippableFact]
    public async Task An_engine_that_hangs_in_the_middle_of_an_answer_does_not_either()
    {
        Needs.Docker();
        using var way = new StallingEngine(engine.Address);
        await using var sandbox = GuardianFixture.Make(new DockerJailer(new DockerOptions(Needs.Image, Name, 0, way.Address), GuardianFixture.Tight), 1);
        var judging = AskAsync(Judge(sandbox), Good);
        await way.Stalled.WaitAsync(TimeSpan.FromSeconds(30));
        var ids = await StartedAsync(1);

        await sandbox.EndAllAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.DoesNotContain(ids, DockerFixture.HasProcesses);
        Assert.Equal(VerdictOutcome.Error, (await judging).Outcome);
        await NothingIsLeftAsync();
    }

    private async Task RestartAsync()
    {
        await engine.KillAsync();
        await engine.StartAsync();
    }

    private async Task<List<string>> StartedAsync(int number)
    {
        using var client = DockerFixture.Client(engine.Address);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var ids = (await DockerFixture.ListAsync(client, Name)).Where(container => container.State == "running").Select(container => container.ID).ToList();
            if (ids.Count >= number)
                return ids;
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
        }
    }

    private async Task NothingIsLeftAsync()
    {
        using var client = DockerFixture.Client(engine.Address);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await DockerFixture.ListAsync(client, Name)).Count > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), limit.Token);
    }

    private sealed class Told(Action<int> action) : IProgress<int>
    {
        public void Report(int value) => action(value);
    }
}

using System.Diagnostics;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Tests.Guarding;
using DreamerActors.Domain.Guarding;
namespace DreamerActors.Adapters.Tests.Sandboxes;
[Collection(nameof(DockerFixture))]
public sealed class MeasureTests(DockerFixture fixture)
{
    [Fact]
    public async Task M()
    {
        var text = "";
        for (var i = 0; i < 3; i++)
        {
            var jailer = fixture.NewJailer();
            await using var sandbox = GuardianFixture.Make(jailer, 14);
            var w = Stopwatch.StartNew();
            sandbox.BeginSession("m");
            while (await fixture.AliveAsync(jailer) < 16) await Task.Delay(50);
            await Task.Delay(1000);
            text += $"warm {w.ElapsedMilliseconds} ms; ";
            var judging = i == 2 ? Enumerable.Range(0, 8).Select(_ => new Guardian(sandbox, new GuardingDemands(true), TimeProvider.System).JudgeAsync(new Submission("import os\nfor _ in range(5): os.fork()\nwhile True: pass\n", "from solution import f\n\ndef test_f():\n    assert f(2) == 4\n", false), default)).ToList() : [];
            await Task.Delay(1000);
            w.Restart();
            var n = await sandbox.EndAllAsync(default);
            text += $"ended {n} in {w.ElapsedMilliseconds} ms; alive {await fixture.AliveAsync(jailer)}\n";
            await Task.WhenAll(judging);
        }
        Assert.Fail(text);
    }
}

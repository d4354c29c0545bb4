using DreamerActors.Domain.Guarding;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Hosting.Tests.Settings;

/// <summary>The thresholds of the guardian and the limits of the sandbox reach those who apply them.</summary>
public sealed class GuardingSettingsTests : IDisposable
{
    private const string Doubles = "def f(x):\n    return 2 * x\n";
    private const string ItsTests = "from solution import f\n\ndef test_f():\n    assert f(2) == 4\n\ndef test_g():\n    assert f(3) == 6\n";
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("dreamer-guarding-");

    public void Dispose() => _home.Delete(recursive: true);

    private async Task<Verdict> JudgeAsync(string code, string tests, params (string Key, string Value)[] values)
    {
        Needs.Sandbox();
        // What gives way to everything may not get to start on a busy machine.
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values.Append(("DREAMING_PROCESS_PRIORITY", "0")).Select(v => KeyValuePair.Create(v.Item1, (string?)v.Item2))).Build();
        await using var services = new ServiceCollection().AddLogging().AddDreamerAdapters(SettingsReader.Read(configuration, _home.FullName)).BuildServiceProvider();
        var verdict = await services.GetRequiredService<IGuardian>().JudgeAsync(new Submission(code, tests, true), CancellationToken.None);
        Assert.True(verdict.Outcome != VerdictOutcome.Error, string.Join("; ", verdict.Reasons));
        return verdict;
    }

    [SkippableFact]
    public async Task Tests_that_notice_some_mutants_pass_a_low_threshold_and_not_a_high_one()
    {
        // Nothing tells `>=` from `>`: at least one mutant survives.
        const string code = "def f(x):\n    if x >= 100:\n        return 1\n    return 2 * x\n";
        const string tests = "from solution import f\n\ndef test_f():\n    assert f(2) == 4\n    assert f(500) == 1\n";
        Assert.Equal(VerdictOutcome.Pass, (await JudgeAsync(code, tests, ("DREAMING_GUARDIAN_MUTANT_THRESHOLD", "0.1"))).Outcome);
        var refused = await JudgeAsync(code, tests, ("DREAMING_GUARDIAN_MUTANT_THRESHOLD", "1"));
        Assert.Equal(("adequacy", VerdictKind.WeakTests), (refused.Stage, refused.Kind!.Value));
    }

    [SkippableFact]
    public async Task The_solution_is_run_again_as_often_as_configured()
    {
        var verdict = await JudgeAsync(Doubles, ItsTests, ("DREAMING_GUARDIAN_RUNS", "2"));
        Assert.Equal(VerdictOutcome.Pass, verdict.Outcome);
        Assert.Equal(2, verdict.Evidence.GetProperty("determinism").GetProperty("runs").GetInt32());
    }

    [SkippableTheory]
    [InlineData("bytearray(200 << 20)", "DREAMING_SANDBOX_MEMORY_MB", "128", VerdictKind.Oom)]
    [InlineData("print('x' * 5000)", "DREAMING_SANDBOX_OUTPUT_KB", "2", VerdictKind.Limit)]
    [InlineData("__import__('time').sleep(5)", "DREAMING_SANDBOX_WALL_SECONDS", "1", VerdictKind.Timeout)]
    [InlineData("sum(range(10**9))", "DREAMING_SANDBOX_CPU_SECONDS", "1", VerdictKind.Timeout)]
    public async Task A_limit_of_the_sandbox_counts_as_configured(string body, string key, string value, VerdictKind expected)
    {
        var verdict = await JudgeAsync($"def f(x):\n    {body}\n    return 2 * x\n", ItsTests, (key, value));
        Assert.Equal((VerdictOutcome.Fail, expected), (verdict.Outcome, verdict.Kind!.Value));
    }
}

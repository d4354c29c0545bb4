using System.Text.Json;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Hosting.Dreaming;
using DreamerActors.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DreamerActors.Hosting.Tests.Guarding;

/// <summary>A guardian that misjudges a known program proves nothing: the whole engine, with a guardian that lies.</summary>
public sealed class CanaryTests : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("dreamer-canary-");

    private string Output => Path.Combine(_home.FullName, "out");

    public void Dispose() => _home.Delete(recursive: true);

    [SkippableFact]
    public async Task One_that_believes_everything_dreams_nothing()
    {
        var (report, status, judged) = await DreamAsync(_ => VerdictOutcome.Pass);
        Assert.Equal((RemStatus.Error, 0, 0), (report.Status, report.Attempted, report.Successful));
        Assert.Contains("cheat", report.Error, StringComparison.Ordinal);
        Assert.Equal("quarantined", status);
        Assert.Equal(Canary.All.Count, judged);
        Assert.Empty(Files());
    }

    [SkippableFact]
    public async Task One_that_breaks_during_the_night_leaves_no_dream_of_it()
    {
        var dreams = 0;
        var (report, status, _) = await DreamAsync(submission =>
        {
            var canary = Canary.All.FirstOrDefault(each => each.Code == submission.Code);
            if (canary is null) dreams++;
            return canary is null || dreams > 0 ? VerdictOutcome.Pass : canary.Expected;
        });
        Assert.NotEqual(0, dreams);
        Assert.Equal((RemStatus.Error, 0), (report.Status, report.Successful));
        Assert.Equal(report.Attempted, report.Rejections["QUARANTINED"] + report.Rejections.GetValueOrDefault("DUPLICATE"));
        Assert.Equal("quarantined", status);
        Assert.Empty(Files());
    }

    [SkippableFact]
    public async Task One_that_is_right_keeps_its_dreams_and_is_tried_twice()
    {
        var (report, status, judged) = await DreamAsync(submission => Canary.All.FirstOrDefault(each => each.Code == submission.Code)?.Expected ?? VerdictOutcome.Pass);
        Assert.Equal((RemStatus.Completed, "completed"), (report.Status, status));
        Assert.NotEqual(0, report.Successful);
        Assert.Equal((2 * Canary.All.Count) + report.Attempted, judged);
        Assert.Equal(2 * report.Successful, Files().Length);
    }

    private string[] Files() => Directory.Exists(Output) ? Directory.GetFiles(Output) : [];

    private async Task<(RemReport Report, string Status, int Judged)> DreamAsync(Func<Submission, VerdictOutcome> says)
    {
        Needs.Sandbox();
        await File.WriteAllTextAsync(Path.Combine(_home.FullName, "m.py"), "def double(x):\n    '''Twice x.\n\n    >>> double(2)\n    4\n    '''\n    return 2 * x\n\n\ndef shout(text):\n    '''Loud text.\n\n    >>> shout('a')\n    'A!'\n    '''\n    return text.upper() + '!'\n");
        var guardian = new Liar(says);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddLogging().AddSingleton<IGuardian>(guardian).AddDreamer(new DreamerSettings
        {
            OutputDirectory = Output, MemoryRoot = Path.Combine(_home.FullName, "memory"), DataDirectory = Path.Combine(_home.FullName, "data"), Concurrency = 1, ProcessPriority = 0,
        });
        using var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<IKnowledgeStore>().IngestAsync([_home.FullName], null, CancellationToken.None);
        var report = await host.Services.GetRequiredService<IDreamEngine>().EnterRemPhaseAsync(new RemRequest(2), null, CancellationToken.None);
        var sessions = await host.Services.GetRequiredService<IJournalReader>().SessionsAsync(1, CancellationToken.None);
        await host.StopAsync();
        return (report, sessions[0].Status, guardian.Judged);
    }

    private sealed class Liar(Func<Submission, VerdictOutcome> says) : IGuardian
    {
        public int Judged { get; private set; }

        public Task<Verdict> JudgeAsync(Submission submission, CancellationToken cancellation)
        {
            Judged++;
            var outcome = says(submission);
            VerdictKind? kind = outcome == VerdictOutcome.Fail ? VerdictKind.Cheat : null;
            return Task.FromResult(new Verdict(outcome, null, kind, [], new TestCounts(1, 0), JsonDocument.Parse("{}").RootElement, true, TimeSpan.Zero));
        }
    }
}

using System.Text.Json.Nodes;
using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Lessons;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Adapters.Tests.Journal;

/// <summary>A quarantined session leaves nothing that could be learnt from, whenever its end is applied; everything else stays.</summary>
public sealed class QuarantineTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Files_lessons_signatures_and_counts_of_its_dreams_are_gone(bool inOneBatch)
    {
        var model = new ReadModel(_folder.Path);
        var kept = new KeptDreams(() => model);
        var index = new LessonIndex(model);
        var output = Path.Combine(_folder.Path, "out");
        IProjection[] projections = [model, kept, new DreamFiles(output, model), new LessonsProjection(new LessonsOutbox(_folder.Path, new HostLessonsFile(Path.Combine(_folder.Path, "lessons.json"), TimeProvider.System), TimeSpan.Zero), model), index];
        var theirs = _folder.File("lessons.json", """{"lessons":[{"lesson_id":"1","situation":"s","action":"a","result":"r","feedback":"f"}]}""");
        var dream = Some.Dream();
        var other = Some.Dream("00000002", code: "import re\n\ndef words(text):\n    return re.findall(r'\\w+', text)\n") with { Session = new SessionId("other") };
        var entries = Some.Entries(Some.Started(), dream, Some.Started() with { Session = other.Session }, other, new SessionQuarantined(Some.Session, Some.Night, "why", [dream.Dream]));

        foreach (var projection in projections)
        {
            foreach (var batch in inOneBatch ? [entries] : entries.Select(entry => new[] { entry }))
                await projection.ApplyAsync(batch, default);
            await projection.ApplyAsync(entries, default);
        }

        Assert.Equal(["dream_00000002.json", "dream_00000002.py"], Directory.GetFiles(output).Select(Path.GetFileName).Order());
        var lessons = JsonNode.Parse(await File.ReadAllTextAsync(theirs))!["lessons"]!.AsArray();
        Assert.Equal(["1", "00000002"], lessons.Select(lesson => lesson!["metadata"]?["dream_id"]?.ToString() ?? lesson["lesson_id"]!.ToString()));
        Assert.Null(await kept.NearestAsync(CodeSignature.Of(dream.Code), default));
        Assert.NotNull(await kept.NearestAsync(CodeSignature.Of(other.Code), default));
        Assert.Equal([other.Code], (await index.SimilarAsync("Write f.", 10, default)).Select(lesson => lesson.Code));
        var reader = new JournalReader(model);
        Assert.Equal((2, 2, 1), await reader.StatisticsAsync(default) is var all ? (all.Sessions, all.TotalDreams, all.SuccessfulDreams) : default);
        Assert.Null(await reader.DreamAsync(dream.Dream, default));
        Assert.Equal(("quarantined", "why"), (await reader.DreamsAsync(new DreamQuery(Some.Session), default)).Select(each => (each.Outcome, each.Reason!)).Single());
        Assert.Equal("quarantined", (await reader.SessionsAsync(10, default)).Single(session => session.Session == Some.Session).Status);
        Assert.Equal(other.Session, await reader.UnfinishedSessionAsync(default));
    }
}

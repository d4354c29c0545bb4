using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Adapters.Lessons;

/// <summary>Full-text index of what was kept, so that a coder can be shown what it solved before. Derived from the journal like everything else.</summary>
public sealed class LessonIndex : IProjection, IPastLessons
{
    private const int MostWords = 40, ShortestWord = 3;
    private readonly ReadModel _model;

    /// <param name="model">Where the index lies.</param>
    public LessonIndex(ReadModel model)
    {
        _model = model;
        using var connection = model.Open();
        ReadModel.Execute(connection, null, "CREATE VIRTUAL TABLE IF NOT EXISTS lesson_index USING fts5(dream UNINDEXED, title, task, libraries, code UNINDEXED, tokenize='porter unicode61')");
    }

    /// <inheritdoc/>
    public string Name => "lesson-index";

    /// <inheritdoc/>
    public Task<long> LastOffsetAsync(CancellationToken cancellation) => Task.FromResult(_model.LastOffset(Name));

    /// <inheritdoc/>
    public Task ApplyAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellation)
    {
        using var connection = _model.Open();
        foreach (var happened in entries.Select(entry => entry.Event))
        {
            foreach (var id in happened is DreamCompleted again ? [again.Dream] : happened is SessionQuarantined quarantined ? quarantined.Dreams : [])
                ReadModel.Execute(connection, null, "DELETE FROM lesson_index WHERE dream = $0", id.Value);
            if (happened is DreamCompleted kept)
                ReadModel.Execute(connection, null, "INSERT INTO lesson_index VALUES ($0, $1, $2, $3, $4)",
                    kept.Dream.Value, kept.Scenario.Title, kept.Scenario.TaskPrompt, string.Join(' ', kept.Scenario.Libraries), kept.Code);
        }

        _model.SetOffset(Name, entries[^1].Offset);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task ResetAsync(CancellationToken cancellation)
    {
        _model.Forget(Name, "lesson_index");
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<PastLesson>> SimilarAsync(string text, int count, CancellationToken cancellation)
    {
        var words = Words(text);
        if (words.Length == 0)
            return [];
        await using var connection = _model.Open();
        await using var command = ReadModel.Command(connection, null, "SELECT task, code FROM lesson_index WHERE lesson_index MATCH $0 ORDER BY rank LIMIT $1", words, count);
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var found = new List<PastLesson>();
        while (await rows.ReadAsync(cancellation))
            found.Add(new PastLesson(rows.GetString(0), rows.GetString(1)));
        return found;
    }

    /// <summary>Any of the text's words, each quoted: nothing of a task is query syntax.</summary>
    internal static string Words(string text) => string.Join(" OR ", text
        .Split([.. text.Where(letter => !char.IsLetterOrDigit(letter)).Distinct()], StringSplitOptions.RemoveEmptyEntries)
        .Where(word => word.Length >= ShortestWord)
        .Distinct(StringComparer.OrdinalIgnoreCase)
        .Take(MostWords)
        .Select(word => $"\"{word}\""));
}

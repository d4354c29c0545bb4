using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Security.Cryptography;
using DreamerActors.Adapters.Lessons;
using DreamerActors.Domain.Datasets;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Lessons;

namespace DreamerActors.Adapters.Datasets;

/// <summary>What to make a dataset of, and how.</summary>
/// <param name="Format">A name of <see cref="DatasetFormat.All"/>.</param>
/// <param name="Out">A folder, or the file to write; validation examples and card go beside it.</param>
public sealed record DatasetRequest(string Format, string Out)
{
    /// <summary>Some of <c>dreams</c>, <c>lessons</c>, <c>git</c>, <c>tasks</c>.</summary>
    public IReadOnlyList<string> Sources { get; init; } = ["dreams"];

    /// <summary>What is wanted of them.</summary>
    public CurationRules Rules { get; init; } = new();

    /// <summary>The repository of the source <c>git</c>.</summary>
    public string? Repository { get; init; }

    /// <summary>The licence of that repository; null when it is not known.</summary>
    public string? RepositoryLicence { get; init; }

    /// <summary>Mutants of each solution at most that pairs are made of, too; none by default.</summary>
    public int Mutants { get; init; }

    /// <summary>Commits or tasks at most.</summary>
    public int MostOfHistory { get; init; } = 50;
}

/// <summary>A dataset that was written.</summary>
/// <param name="Card">What it holds.</param>
/// <param name="Files">Its files with their paths, the card's two last.</param>
public sealed record Dataset(DatasetCard Card, IReadOnlyList<string> Files);

/// <summary>There is nothing to write.</summary>
public sealed class EmptyDatasetException(string message) : Exception(message);

/// <summary>Makes datasets of what was dreamt and learnt.</summary>
/// <param name="dreams">Kept dreams and refused ones.</param>
/// <param name="memoryRoot">The host's memory.</param>
/// <param name="benchmarks">What must not leak into a dataset.</param>
/// <param name="benchmarkNames">Their names, for the card.</param>
/// <param name="mutants">Makes wrong variants of solutions.</param>
/// <param name="time">The clock.</param>
public sealed class DatasetCurator(IDreamArchive dreams, string memoryRoot, IBenchmarks benchmarks, IReadOnlyList<string> benchmarkNames, KilledMutants mutants, TimeProvider time)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Indented = new(Readable) { WriteIndented = true, NewLine = "\n" };

    /// <summary>Collects, curates and writes. Files appear whole or not at all.</summary>
    /// <exception cref="EmptyDatasetException">Nothing is left to write.</exception>
    /// <exception cref="ArgumentException">The file's name would be taken for another format by the host, or pairs are wanted of what has none.</exception>
    /// <exception cref="Domain.Sandboxes.SandboxUnavailableException">Mutants are wanted, and there is no sandbox to judge them in.</exception>
    /// <exception cref="IOException">A source cannot be read, or the disk refused.</exception>
    public async Task<Dataset> WriteAsync(DatasetRequest request, CancellationToken cancellation)
    {
        var format = DatasetFormat.All.FirstOrDefault(each => each.Name == request.Format)
            ?? throw new ArgumentException($"Nieznany format: {request.Format}. Formats: {string.Join(", ", DatasetFormat.All.Select(each => each.Name))}");
        var now = time.GetLocalNow();
        var names = DatasetNames.Of(format, request.Out, now);
        var examples = await CollectAsync(format, request, cancellation);
        var curated = Curation.Curate(examples, await ContaminatedAsync(examples, cancellation), request.Rules);
        if (!curated.All.Any())
            throw new EmptyDatasetException($"Brak przykładów do zapisania (nothing to write): {examples.Count} collected from {string.Join(", ", request.Sources)}, none left" + Told(curated.Dropped));
        Directory.CreateDirectory(names.Folder);
        var files = new List<DatasetFile> { Write(names.Folder, names.Training, "train", format, curated.Training) };
        if (curated.Validation.Count > 0)
            files.Add(Write(names.Folder, names.Validation, "validation", format, curated.Validation));
        var card = new DatasetCard(format.Name, now, files, curated, request.Rules, benchmarkNames);
        AtomicFile.Write(Path.Combine(names.Folder, names.Card + ".json"), card.ToJson().ToJsonString(Indented) + "\n");
        AtomicFile.Write(Path.Combine(names.Folder, names.Card + ".md"), card.ToMarkdown());
        return new Dataset(card, [.. files.Select(file => file.Name).Append(names.Card + ".json").Append(names.Card + ".md").Select(name => Path.Combine(names.Folder, name))]);
    }

    private async Task<IReadOnlyList<TrainingExample>> CollectAsync(DatasetFormat format, DatasetRequest request, CancellationToken cancellation)
    {
        var examples = new List<TrainingExample>();
        if (format.IsOfPairs && request.Sources is not ["dreams"])
            throw new ArgumentException($"the format {format.Name} pairs refused attempts with accepted ones: only dreams have them");
        if (request.Mutants > 0 && !format.IsOfPairs)
            throw new ArgumentException($"the format {format.Name} has no place for mutants: dpo and repair pair them with the solutions");
        if (request.Sources.Contains("dreams"))
            examples.AddRange(await DreamsAsync(format, request, cancellation));
        if (request.Sources.Contains("lessons"))
            examples.AddRange(await LessonsAsync(cancellation));
        if (request.Sources.Contains("git"))
            examples.AddRange(await GitHistory.ReadAsync(request.Repository ?? Directory.GetCurrentDirectory(), request.MostOfHistory, request.RepositoryLicence, cancellation));
        if (request.Sources.Contains("tasks"))
            examples.AddRange(await TaskHistory.ReadAsync(memoryRoot, request.MostOfHistory, cancellation));
        return examples;
    }

    private async Task<IEnumerable<TrainingExample>> DreamsAsync(DatasetFormat format, DatasetRequest request, CancellationToken cancellation)
    {
        var kept = await dreams.KeptAsync(cancellation);
        if (!format.IsOfPairs)
            return kept.Select(TrainingExample.Of);
        var rejected = (await dreams.RejectedAsync(cancellation)).ToLookup(each => each.Scenario?.TestCode);
        var wanted = request.Mutants > 0 ? kept.Where(dream => Curation.IsWanted(TrainingExample.Of(dream), request.Rules)).ToList() : [];
        var killed = await mutants.OfAsync(wanted, request.Mutants, cancellation);
        return kept.SelectMany(dream => TrainingExample.Pairs(dream, rejected[dream.Dream.Scenario.TestCode], killed.GetValueOrDefault(dream.Dream.Dream)));
    }

    /// <summary>The host's own lessons of successes. Those of dreams come from the journal, which knows more of them.</summary>
    private async Task<IEnumerable<TrainingExample>> LessonsAsync(CancellationToken cancellation) =>
        from entry in await new LessonsReader(memoryRoot).ReadAsync([], null, int.MaxValue, cancellation)
        where entry.Document["metadata"]?["dream_id"] is null && entry.Lesson.Result.Contains(Lesson.Success, StringComparison.Ordinal)
        select TrainingExample.Of(entry.Lesson, new ExampleOrigin(
            "lessons", entry.Id, entry.Timestamp, entry.Tags.Contains("synthetic") || entry.Document["metadata"]?["synthetic"]?.ToString() == "true", entry.Tags, entry.Document["metadata"]?["licence"]?.ToString()));

    private async Task<IReadOnlySet<string>> ContaminatedAsync(IEnumerable<TrainingExample> examples, CancellationToken cancellation)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var example in examples)
        {
            if (await benchmarks.OverlapAsync(example.Prompt, cancellation) is not null || await benchmarks.OverlapAsync(example.Substance, cancellation) is not null)
                found.Add(example.Origin.Id);
        }
        return found;
    }

    private static DatasetFile Write(string folder, string name, string split, DatasetFormat format, IReadOnlyList<TrainingExample> examples)
    {
        var text = new StringBuilder();
        foreach (var example in examples)
            text.Append(format.Line(example).ToJsonString(Readable)).Append('\n');
        var bytes = new UTF8Encoding(false).GetBytes(text.ToString());
        AtomicFile.Write(Path.Combine(folder, name), bytes);
        return new DatasetFile(name, split, examples.Count, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    private static string Told(IReadOnlyList<DroppedExample> dropped) => dropped.Count == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
        $" ({string.Join(", ", dropped.GroupBy(each => each.Reason).Select(group => $"{group.Count()} {group.Key}"))})");
}

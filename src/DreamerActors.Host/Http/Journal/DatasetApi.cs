using System.Text.Json.Nodes;
using DreamerActors.Adapters.Datasets;
using DreamerActors.Domain.Datasets;

namespace DreamerActors.Host.Http.Journal;

/// <summary>Datasets, in the shape of the host's Academy. They are always written into the same folder, and only what lies there is read.</summary>
internal static class DatasetApi
{
    private static readonly string[] Formats = [.. DatasetFormat.All.Select(format => format.Name)];
    private static readonly string[] Sources = ["dreams", "lessons", "tasks"];

    public static void MapDataset(this IEndpointRouteBuilder routes)
    {
        var datasets = routes.MapGroup("/api/v1/dreams/dataset").WithTags("dataset");
        datasets.MapPost("", WriteAsync).WithName("WriteDataset").WithSummary("Writes a dataset with its card.");
        datasets.MapGet("/{file:regex(^[a-z0-9_]{{1,80}}\\.(jsonl|json|md)$)}", Read).WithName("DatasetFile").WithSummary("A file of a dataset.").Produces<string>(StatusCodes.Status200OK, "application/octet-stream");
    }

    private static string Folder => Path.GetFullPath("data/training");

    private static async Task<DatasetAnswer> WriteAsync(DatasetWish? wish, DatasetCurator curator, CancellationToken cancellation)
    {
        wish ??= new DatasetWish();
        if (!Formats.Contains(wish.Format))
            throw new InvalidInputException("body", "format", $"format is one of {string.Join(", ", Formats)}");
        if (wish.Sources is { } sources && (sources.Count == 0 || sources.Except(Sources).Any()))
            throw new InvalidInputException("body", "sources", $"sources holds some of {string.Join(", ", Sources)}");
        if (wish.Validation is not (>= 0 and <= 0.5))
            throw new InvalidInputException("body", "validation", "validation is a number from 0 to 0.5");
        var request = new DatasetRequest(wish.Format, Folder)
        {
            Sources = wish.Sources is null ? ["dreams"] : [.. wish.Sources.Distinct()],
            Rules = new CurationRules
            {
                ApprovedOnly = wish.ApprovedOnly, StrictOnly = wish.StrictOnly, Licences = wish.Licences ?? [], Libraries = wish.Libraries ?? [], WithoutNearDuplicates = wish.WithoutNearDuplicates, Validation = wish.Validation,
            },
        };
        try
        {
            var dataset = await curator.WriteAsync(request, cancellation);
            return new DatasetAnswer(true, Path.GetFullPath(dataset.Files[0]), dataset.Card.ToJson(), $"{dataset.Card.Curated.Training.Count} examples to train on", [.. dataset.Files.Select(file => Path.GetFileName(file))]);
        }
        catch (EmptyDatasetException empty)
        {
            throw new ApiException(StatusCodes.Status409Conflict, "DATASET_EMPTY", empty.Message);
        }
        catch (ArgumentException wrong)
        {
            throw new InvalidInputException("body", "sources", wrong.Message);
        }
    }

    private static IResult Read(string file) => File.Exists(Path.Combine(Folder, file))
        ? TypedResults.PhysicalFile(Path.Combine(Folder, file), "application/octet-stream", file)
        : throw ApiException.NotFound($"there is no file {file} of a dataset");

    /// <summary>What a dataset shall hold; everything may be left out.</summary>
    /// <param name="Format"><c>alpaca</c>, <c>sharegpt</c>, <c>chatml</c>, <c>jsonl</c>, <c>dpo</c> or <c>repair</c>.</param>
    /// <param name="Sources">Some of <c>dreams</c>, <c>lessons</c>, <c>tasks</c>; dreams if left out.</param>
    /// <param name="ApprovedOnly">Only dreams that a person approved.</param>
    /// <param name="StrictOnly">Only dreams that passed all stages of the guardian.</param>
    /// <param name="Licences">Only what has one of these licences; <c>*</c> stands for any text.</param>
    /// <param name="Libraries">Only dreams that use one of these libraries.</param>
    /// <param name="WithoutNearDuplicates">Of near-duplicates only the first.</param>
    /// <param name="Validation">Share kept aside to validate with, 0 to 0.5.</param>
    internal sealed record DatasetWish(
        string Format = "alpaca", IReadOnlyList<string>? Sources = null, bool ApprovedOnly = false, bool StrictOnly = false, IReadOnlyList<string>? Licences = null, IReadOnlyList<string>? Libraries = null,
        bool WithoutNearDuplicates = false, double Validation = 0);

    /// <summary>What was written: the path of the training examples, the card, and every file's name.</summary>
    internal sealed record DatasetAnswer(bool Success, string DatasetPath, JsonObject Statistics, string Message, IReadOnlyList<string> Files);
}

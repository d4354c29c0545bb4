using System.Globalization;
using System.IO.Compression;
using DreamerActors.Adapters.Datasets;
using DreamerActors.Domain.Datasets;
using DreamerActors.Pages.Frame;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace DreamerActors.Pages.Datasets;

/// <summary>Hands a dataset with its card to the browser, as one archive.</summary>
internal static class DatasetForms
{
    private const int LargestShare = 50;

    public static void MapDatasetForms(this IEndpointRouteBuilder routes) => routes.MapPost("/datasets", ExportAsync);

    private static async Task<IResult> ExportAsync([FromForm] ExportForm wanted, DatasetCurator curator, TimeProvider time, CancellationToken cancellation)
    {
        if (DatasetFormat.All.All(format => format.Name != wanted.Format) || wanted.Validation is < 0 or > LargestShare)
            return new SeeOther("/datasets?refused=wrong");
        var folder = Directory.CreateTempSubdirectory("dreamer-dataset-");
        try
        {
            await curator.WriteAsync(new DatasetRequest(wanted.Format!, folder.FullName) { Rules = RulesOf(wanted) }, cancellation);
            // Nobody but this answer has the archive: it is gone from the disk as soon as it is sent.
            var archive = new FileStream(Path.GetTempFileName(), FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
            await ZipFile.CreateFromDirectoryAsync(folder.FullName, archive, cancellation);
            archive.Position = 0;
            return TypedResults.Stream(archive, "application/zip", $"dreams_{wanted.Format}_{time.GetLocalNow().ToString("yyyyMMdd", CultureInfo.InvariantCulture)}.zip");
        }
        catch (EmptyDatasetException)
        {
            return new SeeOther("/datasets?refused=empty");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static CurationRules RulesOf(ExportForm wanted) => new()
    {
        ApprovedOnly = wanted.Approved, StrictOnly = wanted.Strict, WithoutNearDuplicates = wanted.Distinct, Validation = wanted.Validation / 100.0,
        Libraries = string.IsNullOrWhiteSpace(wanted.Library) ? [] : [wanted.Library.Trim()], Licences = string.IsNullOrWhiteSpace(wanted.Licence) ? [] : [wanted.Licence.Trim()],
    };

    /// <summary>What the form sends; a box that is not ticked is not sent at all.</summary>
    internal sealed class ExportForm
    {
        public string? Format { get; set; }

        public bool Approved { get; set; }

        public bool Strict { get; set; }

        public bool Distinct { get; set; }

        public string? Library { get; set; }

        public string? Licence { get; set; }

        public int Validation { get; set; }
    }
}

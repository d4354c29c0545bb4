using System.Globalization;
using DreamerActors.Domain.Datasets;

namespace DreamerActors.Adapters.Datasets;

/// <summary>
/// Names that the host can live with: of all <c>dataset_*.jsonl</c> in its training folder it takes the last one by name and reads it as alpaca. So only alpaca
/// has that name, and what is for validation or in another format has a name of its own.
/// </summary>
internal sealed record DatasetNames(string Folder, string Training, string Validation, string Card)
{
    /// <exception cref="ArgumentException">The wished name would make the host train on what it cannot read.</exception>
    public static DatasetNames Of(DatasetFormat format, string path, DateTimeOffset now)
    {
        var isFile = path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path);
        if (!isFile)
        {
            var stamp = $"{format.Name}_{now.ToString("yyyyMMdd_HHmmss", CultureInfo.InvariantCulture)}";
            return new DatasetNames(path, $"{(format.Name == "alpaca" ? "dataset" : "dreams")}_{stamp}.jsonl", $"validation_{stamp}.jsonl", $"card_{stamp}");
        }

        var (folder, name) = (Path.GetDirectoryName(Path.GetFullPath(path))!, Path.GetFileNameWithoutExtension(path));
        return format.Name != "alpaca" && name.StartsWith("dataset_", StringComparison.Ordinal)
            ? throw new ArgumentException($"{Path.GetFileName(path)} is not accepted: the host would train on any dataset_*.jsonl as alpaca, and this is {format.Name}")
            : new DatasetNames(folder, name + ".jsonl", $"validation_{name}.jsonl", $"card_{name}");
    }
}

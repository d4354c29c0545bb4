using System.Text.Json;
using DreamerActors.Domain.Datasets;

namespace DreamerActors.Adapters.Datasets;

/// <summary>Examples from the host's finished tasks, as its <c>state_dump.json</c> has them.</summary>
internal static class TaskHistory
{
    private const string Instruction = "Jesteś asystentem AI Venom. Wykonaj zadanie użytkownika.";
    private const int ShortestResult = 20;

    /// <summary>The file's name in the host's memory.</summary>
    public const string FileName = "state_dump.json";

    /// <summary>Finished tasks with a result, at most so many; none when there is no file.</summary>
    /// <exception cref="IOException">The file is not what the host writes; the message names it.</exception>
    public static async Task<IReadOnlyList<TrainingExample>> ReadAsync(string memoryRoot, int most, CancellationToken cancellation)
    {
        var path = Path.Combine(memoryRoot, FileName);
        if (!File.Exists(path))
            return [];
        try
        {
            await using var file = File.OpenRead(path);
            using var document = await JsonDocument.ParseAsync(file, cancellationToken: cancellation);
            return
            [
                .. document.RootElement.GetProperty("tasks").EnumerateArray()
                    .Where(task => Text(task, "status").Equals("completed", StringComparison.OrdinalIgnoreCase) && Text(task, "result").Length >= ShortestResult)
                    .Take(most)
                    .Select(task => new TrainingExample(Instruction, Text(task, "content"), Text(task, "result"),
                        new ExampleOrigin("tasks", Text(task, "id"), Text(task, "created_at"), false, [], null))),
            ];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new IOException($"{path} cannot be read as the host's tasks: {error.Message}", error);
        }
    }

    private static string Text(JsonElement task, string name) => task.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}

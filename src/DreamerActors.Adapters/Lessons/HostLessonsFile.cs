using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Lessons;

namespace DreamerActors.Adapters.Lessons;

/// <summary>One look at the host's file.</summary>
/// <param name="State">How it was found.</param>
/// <param name="Bytes">Its bytes; empty when there is none.</param>
/// <param name="Document">All of it, when it is whole.</param>
/// <param name="Lessons">Its lessons; of a broken file those that can still be read.</param>
/// <param name="Age">Since it was written last.</param>
internal sealed record HostFileLook(HostFileState State, byte[] Bytes, JsonObject? Document, IReadOnlyList<JsonObject> Lessons, TimeSpan Age)
{
    /// <summary>Whether we wrote it last: a host that saves drops every key that it does not know, and with it our mark.</summary>
    public bool IsOurs => Document?.ContainsKey(HostLessonsFile.Mark) == true;
}

/// <summary>The host's file of lessons, where somebody else writes too.</summary>
internal interface IHostLessonsFile
{
    /// <summary>Looks.</summary>
    HostFileLook Read();

    /// <summary>Puts these lessons in, unless the file is no longer as it was seen.</summary>
    /// <returns>False when the file has changed meanwhile.</returns>
    bool TryReplace(HostFileLook seen, IReadOnlyList<JsonObject> lessons, DateTimeOffset at);
}

/// <summary><c>lessons.json</c>, in the host's shape: whatever else it wrote there stays.</summary>
internal sealed class HostLessonsFile(string path, TimeProvider time) : IHostLessonsFile
{
    /// <summary>The key that tells who wrote the file last.</summary>
    public const string Mark = "written_by";

    private const int MostBroken = 5;
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly string[] Required = ["lesson_id", "situation", "action", "result", "feedback"];

    /// <summary>The file.</summary>
    public string Path => path;

    /// <inheritdoc/>
    public HostFileLook Read()
    {
        if (!File.Exists(path))
            return new HostFileLook(HostFileState.Missing, [], null, [], TimeSpan.Zero);
        var bytes = File.ReadAllBytes(path);
        var age = time.GetUtcNow() - File.GetLastWriteTimeUtc(path);
        return Whole(bytes) is { } document
            ? new HostFileLook(HostFileState.Whole, bytes, document, [.. document["lessons"]!.AsArray().Select(lesson => lesson!.AsObject())], age)
            : new HostFileLook(HostFileState.Broken, bytes, null, [.. Salvage(bytes)], age);
    }

    /// <inheritdoc/>
    public bool TryReplace(HostFileLook seen, IReadOnlyList<JsonObject> lessons, DateTimeOffset at)
    {
        var document = seen.Document?.DeepClone().AsObject() ?? [];
        document["lessons"] = new JsonArray([.. lessons.Select(lesson => lesson.DeepClone())]);
        document["count"] = lessons.Count;
        document["last_updated"] = Local(at);
        document[Mark] = "dreamer";
        var bytes = Utf8.GetBytes(document.ToJsonString(Indented));
        if (!IsStill(seen))
            return false;
        if (seen.State == HostFileState.Broken)
            KeepBroken(seen);
        return ContestedFile.TryReplace(path, bytes, seen.State == HostFileState.Missing ? null : seen.Bytes);
    }

    /// <summary>The host sorts these as text: local time without a zone, six digits.</summary>
    public static string Local(DateTimeOffset at) => at.LocalDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private bool IsStill(HostFileLook seen) =>
        seen.State == HostFileState.Missing ? !File.Exists(path) : File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(seen.Bytes);

    /// <summary>What could not be read is kept beside it, a few times: a person may find more in it than we did.</summary>
    private void KeepBroken(HostFileLook seen)
    {
        var folder = new DirectoryInfo(System.IO.Path.GetDirectoryName(path)!);
        AtomicFile.Write($"{path}.broken-{Convert.ToHexStringLower(SHA256.HashData(seen.Bytes))[..8]}", seen.Bytes);
        foreach (var old in folder.GetFiles(System.IO.Path.GetFileName(path) + ".broken-*").OrderByDescending(file => file.LastWriteTimeUtc).Skip(MostBroken))
            old.Delete();
    }

    private static JsonObject? Whole(byte[] bytes)
    {
        try
        {
            return JsonNode.Parse(Utf8.GetString(bytes)) is JsonObject document && document["lessons"] is JsonArray lessons && lessons.All(IsLesson) && IsText(document) ? document : null;
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whether it can be written again: half of a surrogate pair is found out only then, and throws.</summary>
    private static bool IsText(JsonObject document) => document.ToJsonString().Length > 0;

    private static bool IsLesson(JsonNode? node) => node is JsonObject lesson && Required.All(key => lesson[key] is JsonValue value && value.GetValueKind() == JsonValueKind.String);

    /// <summary>Every lesson that stands whole somewhere in the text.</summary>
    private static IEnumerable<JsonObject> Salvage(byte[] bytes)
    {
        for (var at = Array.IndexOf(bytes, (byte)'{'); at >= 0;)
        {
            var (lesson, length) = TryLesson(bytes.AsSpan(at));
            if (lesson is not null)
                yield return lesson;
            at = Array.IndexOf(bytes, (byte)'{', at + (lesson is null ? 1 : length));
        }
    }

    private static (JsonObject? Lesson, int Length) TryLesson(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new Utf8JsonReader(bytes);
            // Only an object that begins like a lesson is read on: the file around it would be, to its end, at every brace.
            if (!reader.Read() || !reader.Read() || reader.TokenType != JsonTokenType.PropertyName || reader.ValueTextEquals("lessons"))
                return (null, 0);
            var whole = new Utf8JsonReader(bytes);
            whole.Read();
            whole.Skip();
            var length = (int)whole.BytesConsumed;
            return JsonNode.Parse(Utf8.GetString(bytes[..length])) is JsonObject lesson && IsLesson(lesson) && IsText(lesson) ? (lesson, length) : (null, 0);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or ArgumentException)
        {
            return (null, 0);
        }
    }
}

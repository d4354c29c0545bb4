using System.Text.Json;
using System.Text.Json.Nodes;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Sandboxes;

namespace DreamerActors.Adapters.Guarding;

/// <summary>A certificate as dream files carry it (keys in snake case).</summary>
internal static class CertificateJson
{
    public static JsonObject Write(Certificate certificate)
    {
        var (with, limits) = (certificate.With, certificate.With.Limits);
        return new JsonObject
        {
            ["transcript"] = certificate.Transcript,
            ["code"] = certificate.Code,
            ["tests"] = certificate.Tests,
            ["guardian"] = with.Guardian,
            ["sandbox"] = with.Sandbox,
            ["image"] = with.Image,
            ["python"] = with.Python,
            ["seed"] = with.Seed,
            ["strict"] = with.Strict,
            ["runs"] = with.Runs,
            ["mutant_threshold"] = with.MutantThreshold,
            ["limits"] = new JsonObject
            {
                ["wall_seconds"] = limits.Wall.TotalSeconds,
                ["cpu_seconds"] = limits.Cpu.TotalSeconds,
                ["memory_bytes"] = limits.MemoryBytes,
                ["output_bytes"] = limits.OutputBytes,
                ["file_bytes"] = limits.FileBytes,
                ["processes"] = limits.Processes,
                ["open_files"] = limits.OpenFiles,
            },
        };
    }

    /// <exception cref="FormatException">It is not one; the message names what is wrong.</exception>
    public static Certificate Read(JsonElement json)
    {
        try
        {
            var limits = json.GetProperty("limits");
            return new Certificate(Text(json, "transcript"), Text(json, "code"), Text(json, "tests"), new Circumstances(
                Text(json, "guardian"), Text(json, "sandbox"), Text(json, "image"), Text(json, "python"), json.GetProperty("seed").GetInt32(),
                json.GetProperty("strict").GetBoolean(), json.GetProperty("runs").GetInt32(), json.GetProperty("mutant_threshold").GetDouble(),
                new SandboxLimits(
                    TimeSpan.FromSeconds(limits.GetProperty("wall_seconds").GetDouble()), TimeSpan.FromSeconds(limits.GetProperty("cpu_seconds").GetDouble()),
                    limits.GetProperty("memory_bytes").GetInt64(), limits.GetProperty("output_bytes").GetInt32(), limits.GetProperty("file_bytes").GetInt64(),
                    limits.GetProperty("processes").GetInt32(), limits.GetProperty("open_files").GetInt32())));
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentException)
        {
            throw new FormatException($"its certificate cannot be read: {error.Message}", error);
        }
    }

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString() ?? throw new FormatException($"\"{name}\" is null");
}

using DreamerActors.Adapters.Brains;
using DreamerActors.Adapters.Energy.Activity;
using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Energy;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Journal;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Hosting.Settings;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace DreamerActors.Host.Doctor;

/// <summary>Looks at every part that dreaming needs, as it is on this machine now.</summary>
internal sealed class Examination(DreamerSettings settings, IServiceProvider services)
{
    private const long LittleRoom = 200L << 20;
    private const int Newest = 200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>One finding after the other, as each part has been looked at.</summary>
    public async IAsyncEnumerable<Finding> RunAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var (part, folder) in new[] { ("data", settings.DataDirectory), ("dream files", settings.OutputDirectory), ("memory", settings.MemoryRoot) })
            yield return Folder(part, folder);
        yield return await JournalAsync(cancellation);
        yield return await SandboxAsync(cancellation);
        foreach (var canary in Canary.All)
            yield return await GuardianAsync(canary, cancellation);
        yield return await BrainAsync(cancellation);
        var graph = await services.GetRequiredService<IKnowledgeStore>().LoadAsync(cancellation);
        yield return graph.Entities.Count > 0
            ? new Finding("knowledge", Health.Well, $"{graph.Entities.Count} entities, {graph.Relations.Count} relations")
            : new Finding("knowledge", Health.Ill, "nothing is known, so there is nothing to dream about", "dreamer ingest stdlib");
        var journal = services.GetRequiredService<IJournalReader>();
        yield return Complaints.Kept(await journal.StatisticsAsync(cancellation), await journal.DreamsAsync(new DreamQuery(Outcome: "rejected", Limit: Newest), cancellation));
        yield return Complaints.Scenarios(settings, graph.Entities.Count, await journal.DreamsAsync(new DreamQuery(Outcome: "kept", Limit: Newest), cancellation));
        var sources = services.GetRequiredService<ActivitySources>().All.Where(each => each is not HostActivity);
        foreach (var finding in Complaints.Waking(settings, [.. sources.Select(each => new Sighting(each.Name, each.LastActivity()))]))
            yield return finding;
    }

    private static Finding Folder(string part, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var probe = Path.Combine(folder, $".doctor-{Guid.NewGuid():N}");
            File.WriteAllText(probe, "");
            File.Delete(probe);
            var left = new DriveInfo(folder).AvailableFreeSpace;
            return left < LittleRoom
                ? new Finding(part, Health.Doubtful, $"{folder} has {left >> 20} MB left", "make room, or choose another place")
                : new Finding(part, Health.Well, $"{folder} can be written");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new Finding(part, Health.Ill, $"{folder} cannot be written: {error.Message}", "give this user the right to write there, or choose another place (DREAMER_DATA, DREAMING_OUTPUT_DIR, DREAMING_MEMORY_ROOT)");
        }
    }

    private async Task<Finding> JournalAsync(CancellationToken cancellation)
    {
        if (settings.PostgresJournal is not { } connection) return JournalComplaints.Embedded;
        try
        {
            return JournalComplaints.Of(await PostgresJournal.LookAsync(connection, cancellation));
        }
        catch (NpgsqlException refusal)
        {
            return JournalComplaints.Refused(new NpgsqlConnectionStringBuilder(connection), refusal);
        }
    }

    private async Task<Finding> SandboxAsync(CancellationToken cancellation)
    {
        var sandbox = services.GetRequiredService<Sandbox>();
        try
        {
            await sandbox.RequireAsync(cancellation);
            return new Finding("sandbox", Health.Well, $"{sandbox.Name} can be used");
        }
        catch (SandboxUnavailableException missing)
        {
            return new Finding("sandbox", Health.Ill, missing.Message, missing.Remedy);
        }
    }

    /// <summary>Whether the guardian tells a good program from a bad one: what the sessions ask of it too.</summary>
    private async Task<Finding> GuardianAsync(Canary canary, CancellationToken cancellation)
    {
        var part = $"guardian, {canary.Name} program";
        var verdict = await services.GetRequiredService<IGuardian>().JudgeAsync(new Submission(canary.Code, canary.TestCode, Strict: true), cancellation);
        var reason = verdict.Reasons.FirstOrDefault();
        return verdict.Outcome == canary.Expected
            ? new Finding(part, Health.Well, verdict.Outcome == VerdictOutcome.Pass ? "accepted" : $"refused: {reason}")
            : new Finding(part, Health.Ill, $"{verdict.Outcome.ToString().ToLowerInvariant()} instead of {canary.Expected.ToString().ToLowerInvariant()}: {reason}",
                verdict.Outcome == VerdictOutcome.Error ? "see the part \"sandbox\"" : "trust no dream of this machine: its Python or its static rules are not what they should be");
    }

    private async Task<Finding> BrainAsync(CancellationToken cancellation)
    {
        const string Part = "brain";
        switch (settings.Brain)
        {
            case "openai":
                return await EndpointAsync(Part, cancellation);
            case "llamasharp":
                return File.Exists(settings.ModelPath)
                    ? new Finding(Part, Health.Well, $"llamasharp with {settings.ModelPath}")
                    : new Finding(Part, Health.Ill, $"DREAMING_MODEL_PATH {settings.ModelPath ?? "is not set"}: no such file", "DREAMING_MODEL_PATH=/path/to/model.gguf");
            default:
                return new Finding(Part, Health.Well, "recall needs no model");
        }
    }

    private async Task<Finding> EndpointAsync(string part, CancellationToken cancellation)
    {
        var endpoint = settings.Models.Endpoint;
        try
        {
            using var client = new HttpClient { Timeout = Patience };
            using var answer = await client.GetAsync(new Uri($"{endpoint.ToString().TrimEnd('/')}/models"), HttpCompletionOption.ResponseHeadersRead, cancellation);
            return new Finding(part, Health.Well, $"{endpoint} answers");
        }
        catch (Exception error) when (error is HttpRequestException || (error is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return new Finding(part, Health.Ill, $"{endpoint} does not answer: {error.Message}", "start the server, or set DREAMING_LLM_ENDPOINT");
        }
    }
}

using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using DreamerActors.Actors.Sessions;
using DreamerActors.Adapters.Journal;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Hosting.Journal;
using DreamerActors.Hosting.Settings;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Hosting.Clustering;

/// <summary>Whether this machine could take on a session now: every part that one needs is asked, each time.</summary>
internal sealed class Readiness(ActorSystem system, ActorRegistry actors, Sandbox sandbox, DreamerSettings settings)
{
    /// <summary>How long a part may take to answer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>The parts that are not well; none when it is ready.</summary>
    public async Task<IReadOnlyList<string>> UnhealthyAsync(CancellationToken cancellation)
    {
        var parts = new (string Name, Func<CancellationToken, Task<bool>> Ask)[]
        {
            ("cluster", _ => Task.FromResult(Cluster.Get(system).SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp)),
            ("journal", JournalAsync),
            ("sandbox", async stop => { await sandbox.RequireAsync(stop); return true; }),
            ("shard-region", async stop => { await (await actors.GetAsync<DreamSessionActor>(stop)).Ask<CurrentRegions>(GetCurrentRegions.Instance, Limit, stop); return true; }),
        };
        var answers = await Task.WhenAll(parts.Select(async part => (part.Name, IsWell: await IsWellAsync(part.Ask, cancellation))));
        return [.. answers.Where(answer => !answer.IsWell).Select(answer => answer.Name)];
    }

    private static async Task<bool> IsWellAsync(Func<CancellationToken, Task<bool>> ask, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Limit);
        try
        {
            return await Task.Run(() => ask(limit.Token), limit.Token).WaitAsync(limit.Token);
        }
#pragma warning disable CA1031 // Whatever a part throws is its answer: it is not well.
        catch (Exception) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
#pragma warning restore CA1031
    }

    private async Task<bool> JournalAsync(CancellationToken cancellation)
    {
        if (settings.PostgresJournal is { } connection)
        {
            await PostgresJournal.AskAsync(connection, cancellation);
            return true;
        }

        await using var database = new SqliteConnection(JournalPreparation.SqliteConnection(settings));
        await database.OpenAsync(cancellation);
        await using var command = database.CreateCommand();
        command.CommandText = "SELECT max(ordering) FROM journal";
        await command.ExecuteScalarAsync(cancellation);
        return true;
    }
}

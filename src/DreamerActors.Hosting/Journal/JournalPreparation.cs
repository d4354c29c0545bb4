using System.Data.Common;
using DreamerActors.Adapters.Journal;
using DreamerActors.Domain.Journal;
using DreamerActors.Hosting.Settings;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace DreamerActors.Hosting.Journal;

/// <summary>Before the actors start: the journal is there, and what is derived on this machine was derived from it.</summary>
internal sealed class JournalPreparation(DreamerSettings settings, IServiceProvider services, TimeProvider time, ILogger<JournalPreparation> log) : IHostedLifecycleService
{
    // Every data directory has one of its own, so it needs no other name.
    private const string Embedded = "sqlite";

    /// <summary>Where the embedded journal is.</summary>
    public static string SqliteConnection(DreamerSettings settings) =>
        new SqliteConnectionStringBuilder { DataSource = Path.Combine(settings.DataDirectory, "journal.db"), DefaultTimeout = 30 }.ToString();

    /// <summary>Connections to the journal.</summary>
    public static DbDataSource Connections(DreamerSettings settings) => settings.PostgresJournal is { } connection
        ? NpgsqlFactory.Instance.CreateDataSource(connection)
        : SqliteFactory.Instance.CreateDataSource(SqliteConnection(settings));

    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var journal = settings.PostgresJournal is { } connection
            ? await new PostgresJournal(connection, time, log).PrepareAsync(cancellationToken)
            : await PrepareEmbeddedAsync(cancellationToken);
        var model = services.GetRequiredService<ReadModel>();
        if ((model.Journal ?? Embedded) != journal)
        {
            // Places in one journal mean nothing in another.
            log.LogInformation("Another journal than before: everything is derived from it anew");
            foreach (var projection in services.GetServices<IProjection>())
                await projection.ResetAsync(cancellationToken);
        }
        model.Journal = journal;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<string> PrepareEmbeddedAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(settings.DataDirectory);
        await SqliteJournal.PrepareAsync(SqliteConnection(settings), cancellation);
        return Embedded;
    }
}

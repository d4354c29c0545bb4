using System.Data.Common;
using Akka.Persistence.Sql.Config;
using LinqToDB;
using LinqToDB.Interceptors;

namespace DreamerActors.Hosting.Journal;

/// <summary>
/// Connections to the embedded journal that wait for each other inside SQLite, which looks again after milliseconds. The driver would sleep 150 ms whenever reading and writing
/// meet, and everybody who listens would hear of it so much later.
/// </summary>
internal sealed class PatientConnections : ConnectionInterceptor
{
    private const string Patience = "PRAGMA busy_timeout = 30000";

    /// <summary>The options of Akka.Persistence.Sql for a journal in SQLite.</summary>
    public static DataOptionsSetup For(string connection) =>
        new(new DataOptions().UseConnectionString(ProviderName.SQLiteMS, connection).UseInterceptor(new PatientConnections()));

    /// <inheritdoc/>
    public override void ConnectionOpened(ConnectionEventData eventData, DbConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = Patience;
        command.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public override async Task ConnectionOpenedAsync(ConnectionEventData eventData, DbConnection connection, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = Patience;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

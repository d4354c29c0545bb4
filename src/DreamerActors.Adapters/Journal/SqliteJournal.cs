using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace DreamerActors.Adapters.Journal;

/// <summary>The tables of a journal in a data directory.</summary>
public static class SqliteJournal
{
    // The shape of the tables is that of Akka.Persistence.Sql, which made them itself in earlier releases.
    private const string Schema = """
        PRAGMA journal_mode=WAL;
        CREATE TABLE IF NOT EXISTS journal (
            ordering INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, created INTEGER NOT NULL, deleted Bit NOT NULL, persistence_id NVarChar(255) NOT NULL, sequence_number INTEGER NOT NULL,
            message VarBinary NOT NULL, manifest NVarChar(500), identifier INTEGER, writer_uuid NVarChar(128));
        CREATE UNIQUE INDEX IF NOT EXISTS journal_uq ON journal (persistence_id, sequence_number);
        CREATE TABLE IF NOT EXISTS tags (ordering_id INTEGER NOT NULL, tag NVarChar(64) NOT NULL, sequence_nr INTEGER NOT NULL, persistence_id NVarChar(255) NOT NULL, PRIMARY KEY (ordering_id, tag));
        CREATE INDEX IF NOT EXISTS tags_persistence_id_sequence_nr_idx ON tags (persistence_id, sequence_nr);
        """;

    /// <summary>Makes the tables where there are none.</summary>
    /// <exception cref="DbException">The file cannot be written, or is no database.</exception>
    public static async Task PrepareAsync(string connection, CancellationToken cancellation)
    {
        await using var database = new SqliteConnection(connection);
        await database.OpenAsync(cancellation);
        await using var command = database.CreateCommand();
        command.CommandText = Schema;
        await command.ExecuteNonQueryAsync(cancellation);
    }
}

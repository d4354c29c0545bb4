using Npgsql;

namespace DreamerActors.Adapters.Journal;

/// <summary>The connection to a PostgreSQL server as a user writes it, and what is known of its failures.</summary>
public static class PostgresConnection
{
    private const int KeepAliveSeconds = 15;

    private const string IdleInTransactionTimeout = "25P03";

    // Writers take turns, and one machine has the lease: one that is cut off would hold up all others for as long as the server believes in its connection, by default more than two hours.
    // Keeping alive is not enough: it is not tried while an answer is on its way that nobody takes.
    private const string ServerOptions = "-c idle_in_transaction_session_timeout=10s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3 -c tcp_user_timeout=20s";

    /// <summary>A connection string that names host and database, with what the journal adds to it; null when it is none.</summary>
    public static string? Complete(string text)
    {
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(text);
            if (string.IsNullOrWhiteSpace(connection.Host) || string.IsNullOrWhiteSpace(connection.Database)) return null;
            connection.ApplicationName ??= "DreamerActors";
            // A server that is gone without a word is noticed; values of a failed statement and the password stay out of messages.
            if (connection.KeepAlive == 0) connection.KeepAlive = KeepAliveSeconds;
            // What the user sets comes last, and counts.
            connection.Options = $"{ServerOptions} {connection.Options}".TrimEnd();
            connection.IncludeErrorDetail = connection.LogParameters = connection.PersistSecurityInfo = false;
            return connection.ToString();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whether a failure says that the server could not do it now, and nothing about what was asked.</summary>
    public static bool IsUnavailable(Exception failure) => Find<PostgresException>(failure) is { } answered
        // Connection failures, too few resources, an operator's intervention, a system error: classes of PostgreSQL's appendix A.
        ? answered.IsTransient || answered.SqlState == IdleInTransactionTimeout || answered.SqlState[..2] is "08" or "53" or "57" or "58"
        // The server has said nothing: whatever it is, it came from the way there, also from a transaction that was being rolled back on a broken connection.
        : true;

    /// <summary>Whether a row with the same key is there already.</summary>
    public static bool IsDuplicate(Exception failure) => Find<PostgresException>(failure)?.SqlState == PostgresErrorCodes.UniqueViolation;

    private static T? Find<T>(Exception failure) where T : Exception => failure switch
    {
        T found => found,
        AggregateException many => many.InnerExceptions.Select(Find<T>).FirstOrDefault(found => found is not null),
        { InnerException: { } inner } => Find<T>(inner),
        _ => null,
    };
}

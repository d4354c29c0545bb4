using DreamerActors.Adapters.Journal;
using Npgsql;

namespace DreamerActors.Host.Doctor;

/// <summary>What may be wrong with the journal of <c>DREAMER_JOURNAL</c>. Pure: what was seen goes in, a finding comes out.</summary>
internal static class JournalComplaints
{
    private const string Part = "journal";

    /// <summary>The one in the data directory needs nothing but that.</summary>
    public static Finding Embedded { get; } = new(Part, Health.Well, "embedded, in DREAMER_DATA");

    /// <summary>The server answered.</summary>
    public static Finding Of(PostgresSight seen)
    {
        var says = $"PostgreSQL {seen.Version} answers";
        if (seen.Release < PostgresJournal.OldestRelease)
            return new Finding(Part, Health.Ill, $"{says}, which is too old", $"a server of release {PostgresJournal.OldestRelease} or later in DREAMER_JOURNAL");
        if (seen.HasJournal)
            return new Finding(Part, Health.Well, $"{says} and has the journal's tables");
        if (seen.MayCreate)
            return new Finding(Part, Health.Well, $"{says}; the first start makes the journal's tables there");
        return seen.Schema.Length == 0
            ? new Finding(Part, Health.Ill, $"{says}, but {seen.User} has no schema there to make tables in", $"CREATE SCHEMA AUTHORIZATION {Quoted(seen.User)};")
            : new Finding(Part, Health.Ill, $"{says}, but {seen.User} may not make tables there", $"GRANT CREATE ON SCHEMA {Quoted(seen.Schema)} TO {Quoted(seen.User)};");
    }

    /// <summary>It did not, or it refused.</summary>
    public static Finding Refused(NpgsqlConnectionStringBuilder asked, NpgsqlException refusal)
    {
        var (user, database) = (asked.Username ?? Environment.UserName, asked.Database ?? "");
        return new Finding(Part, Health.Ill, $"the server of DREAMER_JOURNAL ({asked.Host}) cannot be used: {refusal.Message}", (refusal as PostgresException)?.SqlState switch
        {
            PostgresErrorCodes.InvalidCatalogName => $"CREATE DATABASE {Quoted(database)} OWNER {Quoted(user)};",
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => $"the right Username and Password (or Passfile) in DREAMER_JOURNAL; as an administrator: ALTER ROLE {Quoted(user)} LOGIN PASSWORD '…';",
            PostgresErrorCodes.InsufficientPrivilege => $"GRANT CONNECT ON DATABASE {Quoted(database)} TO {Quoted(user)};",
            _ => "start the server (sudo systemctl start postgresql), or correct Host and Port in DREAMER_JOURNAL",
        });
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

namespace DreamerActors.Hosting.Dreaming;

/// <summary>Keeps what is derived from the journal in step with it.</summary>
public interface IJournalKeeper
{
    /// <summary>Derives everything again: read model, dream files, lessons. Files that users made are not touched.</summary>
    Task RebuildAsync(CancellationToken cancellation);
}

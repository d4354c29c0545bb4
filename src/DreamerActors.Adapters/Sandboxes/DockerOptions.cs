namespace DreamerActors.Adapters.Sandboxes;

/// <summary>Where the Docker sandbox comes from and how it runs.</summary>
/// <param name="Image">The image with Python and the guardian's tools; <c>deploy/sandbox</c> builds it.</param>
/// <param name="Namespace">First part of container names.</param>
/// <param name="Priority">Nice value of everything inside, 0 … 19.</param>
/// <param name="Engine">Where the engine listens.</param>
public sealed record DockerOptions(string Image, string Namespace, int Priority, Uri Engine)
{
    /// <summary>Where an engine listens unless <c>DOCKER_HOST</c> says otherwise.</summary>
    public static Uri DefaultEngine { get; } = new("unix:///var/run/docker.sock");
}

namespace DreamerActors.Adapters.Sandboxes;

/// <summary>Where the Docker sandbox comes from and how it runs.</summary>
/// <param name="Image">The image with Python and the guardian's tools; <c>deploy/sandbox</c> builds it.</param>
/// <param name="Namespace">First part of container names.</param>
/// <param name="Priority">Nice value of everything inside, 0 … 19.</param>
/// <param name="Engine">Where the engine listens, as <c>DOCKER_HOST</c> spells it.</param>
public sealed record DockerOptions(string Image, string Namespace, int Priority, string Engine)
{
    /// <summary>Where an engine listens unless <c>DOCKER_HOST</c> says otherwise.</summary>
    public const string DefaultEngine = "unix:///var/run/docker.sock";
}

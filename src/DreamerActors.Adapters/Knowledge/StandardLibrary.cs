namespace DreamerActors.Adapters.Knowledge;

/// <summary>Finds the standard library of the sandbox's Python, <c>/usr/bin/python3</c>, without running it.</summary>
public static class StandardLibrary
{
    /// <summary>The folder, e.g. <c>/usr/lib/python3.11</c>; a path that does not exist when there is no Python.</summary>
    public static string Folder()
    {
        var python = new FileInfo("/usr/bin/python3").ResolveLinkTarget(returnFinalTarget: true)?.Name ?? "python3";
        return Path.Combine("/usr/lib", python);
    }
}

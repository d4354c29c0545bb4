using System.ComponentModel;
using System.Runtime.InteropServices;

namespace DreamerActors.Adapters.Lessons;

/// <summary>A file that another program rewrites in place, without asking.</summary>
internal static partial class ContestedFile
{
    private const int HereIfRelative = -100, IsGone = 2, IsNotSupported = 22;
    private const uint ChangePlaces = 2;

    /// <summary>
    /// Replaces the file, unless it was written since it was looked at. Old and new change places, so that what comes out tells of every write up to that moment, even of
    /// one that has only begun; then they change back.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What it shall hold.</param>
    /// <param name="seen">What it held; null when there was none.</param>
    /// <returns>False when the other program has written: what it wrote stands.</returns>
    public static bool TryReplace(string path, byte[] content, byte[]? seen)
    {
        var hidden = $"{path}.{Guid.NewGuid():N}.tmp";
        AtomicFile.Write(hidden, content);
        if (seen is null)
            return TryPlace(hidden, path);
        var error = Change(hidden, path);
        if (error == IsNotSupported)
        {
            // Not on every file system: there, what was written since the look is lost.
            File.Move(hidden, path, overwrite: true);
            return true;
        }
        if (error != 0)
        {
            File.Delete(hidden);
            return error == IsGone ? false : throw new IOException($"{path} cannot be replaced: {new Win32Exception(error).Message}");
        }

        var shown = content;
        for (var cameOut = File.ReadAllBytes(hidden); !cameOut.AsSpan().SequenceEqual(seen); cameOut = File.ReadAllBytes(hidden))
        {
            // Back to its place. Now ours should come out; if not, it was written over meanwhile, and goes back in turn.
            (seen, shown) = (shown, cameOut);
            error = Change(hidden, path);
            if (error is not (0 or IsGone))
                throw new IOException($"{path} cannot be put back, it is kept as {hidden}: {new Win32Exception(error).Message}");
        }
        File.Delete(hidden);
        return ReferenceEquals(shown, content);
    }

    /// <summary>Puts a file where none is.</summary>
    private static bool TryPlace(string file, string path)
    {
        try
        {
            File.Move(file, path);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(file);
            return false;
        }
    }

    private static int Change(string one, string other) => RenameAt2(HereIfRelative, one, HereIfRelative, other, ChangePlaces) == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt2(int from, string one, int to, string other, uint flags);
}

using System.Globalization;

namespace DreamerActors.Adapters.Energy;

/// <summary>How a program is started so that it gives way to everything else, and this process keeps its own priority (invariant I7).</summary>
internal static class LowPriority
{
    /// <summary>
    /// A session whose processes count as one towards those of others. Without that, the kernel's automatic groups would give each session the same share
    /// of the processors, whatever the nice values in it. Only root may write as often as it likes: others try again, beside the program that is started.
    /// </summary>
    private const string Session = """
        file=/proc/self/autogroup
        if [ -w $file ] && ! echo $0 2>/dev/null >$file; then
          ( ( for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19; do sleep 0.2; echo $0 >$file && break; done ) </dev/null >/dev/null 2>&1 & )
        fi
        exec "$@"
        """;

    /// <summary>Words to put before a command: they take each other's place, so that its process is the one that is started.</summary>
    /// <param name="nice">From 0 to 19, which gives way to everything.</param>
    public static string[] Words(int nice)
    {
        var value = nice.ToString(CultureInfo.InvariantCulture);
        return ["setsid", "sh", "-c", Session, value, "nice", "-n", value, "ionice", "-c", "3"];
    }
}

using DreamerActors.Domain.Knowledge;
using DreamerActors.Hosting.Dreaming;
using Spectre.Console;

namespace DreamerActors.Host.Terminal;

/// <summary>Shows how far work is, on stderr: live on a terminal, plain lines otherwise.</summary>
internal static class Progressing
{
    private static bool IsLive => !Console.IsErrorRedirected;

    public static async Task<IngestReport> IngestAsync(IKnowledgeStore store, IReadOnlyList<string> paths, CancellationToken wake)
    {
        if (!IsLive)
            return await store.IngestAsync(paths, null, wake);
        return await Live(async task => await store.IngestAsync(paths, new Reporter<IngestProgress>(at => Show(task, at.Done, at.Total, "learning " + Path.GetFileName(at.File))), wake));
    }

    public static async Task<RemReport> DreamAsync(Func<IProgress<DreamProgress>, Task<RemReport>> dreaming)
    {
        if (!IsLive)
            return await dreaming(new Reporter<DreamProgress>(Line));
        return await Live(async task => await dreaming(new Reporter<DreamProgress>(at => Show(task, at.Ended, at.Total, $"{at.Phase} {at.Title}"))));
    }

    /// <summary>Counts without a known end; one line for every hundred, or live.</summary>
    public static IProgress<int> Counting(string what) => new Reporter<int>(count =>
    {
        if (IsLive)
            Console.Error.Write($"\r{count} {what}{(count % 100 == 0 ? "\n" : "")}");
        else if (count % 100 == 0)
            Output.Note($"{count} {what}");
    });

    private static void Line(DreamProgress at)
    {
        if (at.Phase is "kept" or "rejected" or "lost")
            Output.Note($"[{at.Ended}/{at.Total}] {at.Phase}: {at.Title}{(at.Detail is null ? "" : " - " + at.Detail)}");
    }

    private static void Show(ProgressTask task, int done, int total, string text)
    {
        var clean = SafeText.Clean(text);
        task.Description = Markup.Escape(clean.Length > 60 ? clean[..60] : clean);
        task.MaxValue = Math.Max(total, 1);
        task.Value = done;
    }

    private static Task<T> Live<T>(Func<ProgressTask, Task<T>> work) =>
        AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })
            .Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(context => work(context.AddTask("")));

    /// <summary>Reports in the caller's thread and order, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Reporter<T>(Action<T> show) : IProgress<T>
    {
        private readonly Lock _one = new();

        public void Report(T value)
        {
            lock (_one)
                show(value);
        }
    }
}

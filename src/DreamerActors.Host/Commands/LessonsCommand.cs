using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json.Nodes;
using DreamerActors.Adapters.Lessons;
using DreamerActors.Domain.Lessons;
using DreamerActors.Host.Terminal;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Host.Commands;

/// <summary><c>lessons</c>: what the assistant has learnt.</summary>
internal static class LessonsCommand
{
    private static readonly Option<string[]> Tag = new("--tag") { Description = "Only lessons with one of these tags. May be repeated.", HelpName = "TAG" };
    private static readonly Option<string?> Search = new("--search") { Description = "The lessons that say most of these words, best first.", HelpName = "TEXT" };
    private static readonly Option<int> Limit = CommandTree.Limit();
    private static readonly Option<bool> Json = CommandTree.Json();

    public static Command Build()
    {
        var command = new Command("lessons", CommandTree.Describe(
            "Lists lessons, newest first.", ["dreamer lessons --tag dream --limit 5", "dreamer lessons --search counter --json", "dreamer lessons stats"]))
        {
            Tag, Search, Limit, Json, Add(), Delete(), Prune(),
            Simple("dedupe", "Of lessons that say the same, keeps the newest.", async (store, wake) => Counted("deleted", await store.DedupeAsync(wake))),
            Simple("sync", "Makes the host's file hold every lesson of ours, now.", (store, _) => Task.FromResult(Counted("changed", store.Sync()))),
            Simple("stats", "Counts lessons and tags.", async (store, wake) => (await store.StatisticsAsync(wake)).ToJson()),
        };
        command.SetAction(ListAsync);
        return command;
    }

    private static async Task<int> ListAsync(ParseResult parsed, CancellationToken wake)
    {
        await using var services = Workplace.Open().Adapters();
        var (store, tags, limit) = (services.GetRequiredService<LessonsStore>(), parsed.GetValue(Tag) ?? [], parsed.GetValue(Limit));
        var lessons = parsed.GetValue(Search) is { } query ? await store.SearchAsync(query, tags, limit, wake) : await store.FindAsync(tags, limit, wake);
        if (parsed.GetValue(Json))
            Output.Json(new JsonArray([.. lessons.Select(lesson => lesson.Document.DeepClone())]));
        else
            Output.Table(["lesson", "when", "situation", "tags"], lessons.Select(l => new[] { l.Id, l.Timestamp, l.Situation.Split('\n')[0], string.Join(", ", l.Tags) }));
        return ExitCode.Done;
    }

    private static Command Add()
    {
        var texts = new[] { "situation", "action", "result", "feedback" }.Select(name => new Option<string>("--" + name) { Description = $"The lesson's {name}.", Required = true, HelpName = "TEXT" }).ToList();
        var tag = new Option<string[]>("--tag") { Description = "A tag. May be repeated.", HelpName = "TAG" };
        var add = new Command("add", "Adds a lesson.") { tag, Json };
        texts.ForEach(add.Options.Add);
        add.SetAction((parsed, wake) => RunAsync(parsed, wake, (store, _) => Task.FromResult(new JsonObject
        {
            ["lesson_id"] = store.Add(new Lesson(parsed.GetValue(texts[0])!, parsed.GetValue(texts[1])!, parsed.GetValue(texts[2])!, parsed.GetValue(texts[3])!, parsed.GetValue(tag) ?? [])),
        })));
        return add;
    }

    private static Command Delete()
    {
        var ids = new Argument<string[]>("LESSON") { Description = "Ids of lessons.", Arity = ArgumentArity.ZeroOrMore };
        var last = new Option<int?>("--last") { Description = "The newest so many, 1 to 10000.", HelpName = "N" };
        var tag = new Option<string?>("--tag") { Description = "All with this tag.", HelpName = "TAG" };
        var from = new Option<DateTimeOffset?>("--from") { Description = "All from this moment, e.g. 2026-11-28T02:00 …", HelpName = "TIME" };
        var to = new Option<DateTimeOffset?>("--to") { Description = "… to this one.", HelpName = "TIME" };
        var all = new Option<bool>("--all") { Description = "Every one, the host's too." };
        var delete = new Command("delete", CommandTree.Describe("Deletes lessons. Ours stay deleted; the host's own come back if it runs now, since it keeps them in memory.",
            ["dreamer lessons delete --last 3", "dreamer lessons delete --tag dream"])) { ids, last, tag, from, to, all, Json };
        last.Validators.Add(CommandTree.InRange(last, 1, 10_000));
        from.Validators.Add(Moment);
        to.Validators.Add(Moment);
        delete.Validators.Add(result =>
        {
            // Whether they were given, not what they say: that may be wrong, too.
            var ways = new[] { result.GetValue(ids) is { Length: > 0 }, result.GetResult(last) is not null, result.GetResult(tag) is not null, result.GetResult(from) is not null, result.GetValue(all) };
            if (ways.Count(way => way) != 1 || result.GetResult(from) is null != result.GetResult(to) is null)
                result.AddError("give ids, or one of --last, --tag, --from with --to, --all");
        });
        delete.SetAction((parsed, wake) => RunAsync(parsed, wake, async (store, stop) => Counted("deleted",
            parsed.GetValue(all) ? await store.ClearAsync(stop)
            : parsed.GetValue(last) is { } count ? await store.DeleteLastAsync(count, stop)
            : parsed.GetValue(tag) is { } tagged ? await store.DeleteByTagAsync(tagged, stop)
            : parsed.GetValue(from) is { } first ? await store.DeleteByTimeAsync(first, parsed.GetValue(to)!.Value, stop)
            : await DeleteAsync(store, parsed.GetValue(ids)!, stop))));
        return delete;
    }

    private static void Moment(OptionResult result)
    {
        if (!DateTimeOffset.TryParse(result.Tokens[^1].Value, CultureInfo.InvariantCulture, out _))
            result.AddError($"{result.Option.Name} {result.Tokens[^1].Value} is not accepted: a moment, e.g. 2026-11-28T02:00 or 2026-11-28T02:00Z");
    }

    private static async Task<int> DeleteAsync(LessonsStore store, string[] ids, CancellationToken wake)
    {
        var deleted = 0;
        foreach (var id in ids)
            deleted += await store.DeleteAsync(id, wake) ? 1 : throw new UsageException($"there is no lesson {id}");
        return deleted;
    }

    private static Command Prune()
    {
        var days = new Option<int>("--days") { Description = "Delete what is older than so many days, 1 to 10000.", HelpName = "N", Required = true };
        days.Validators.Add(CommandTree.InRange(days, 1, 10_000));
        var prune = new Command("prune", "Deletes old lessons.") { days, Json };
        prune.SetAction((parsed, wake) => RunAsync(parsed, wake, async (store, stop) => Counted("deleted", await store.PruneAsync(parsed.GetValue(days), stop))));
        return prune;
    }

    private static Command Simple(string name, string what, Func<LessonsStore, CancellationToken, Task<JsonObject>> run)
    {
        var command = new Command(name, what) { Json };
        command.SetAction((parsed, wake) => RunAsync(parsed, wake, run));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken wake, Func<LessonsStore, CancellationToken, Task<JsonObject>> run)
    {
        await using var services = Workplace.Open().Adapters();
        var answer = await run(services.GetRequiredService<LessonsStore>(), wake);
        if (parsed.GetValue(Json))
            Output.Json(answer);
        else
            Output.Table(["", ""], answer.Select(each => new[] { each.Key, each.Value?.ToString() ?? "" }));
        return ExitCode.Done;
    }

    private static JsonObject Counted(string what, int count) => new() { [what] = count };
}

using System.CommandLine;
using System.Text;
using DreamerActors.Adapters;
using DreamerActors.Adapters.Guarding;
using DreamerActors.Adapters.Sandboxes;
using DreamerActors.Domain.Guarding;
using DreamerActors.Host.Terminal;
using Microsoft.Extensions.DependencyInjection;

namespace DreamerActors.Host.Commands;

/// <summary><c>validate</c>: the guardian alone.</summary>
internal static class ValidateCommand
{
    private static readonly Option<string> Code = new("--code") { Description = "The solution, a Python file.", HelpName = "F" };
    private static readonly Option<string> Tests = new("--tests") { Description = "Its tests: functions test_* that import from `solution`.", HelpName = "T" };
    private static readonly Option<string> Jsonl = new("--jsonl") { Description = "Many tasks, one {\"id\",\"code\",\"test_code\"} a line; `-` is stdin.", HelpName = "F" };
    private static readonly Option<int?> Concurrency = new("--concurrency") { Description = "Tasks judged at once, 1 to 64.", HelpName = "N" };
    private static readonly Option<string> Out = new("--out") { Description = "Write verdict lines there instead of stdout.", HelpName = "F" };
    private static readonly Option<bool> Strict = new("--strict") { Description = "All stages of the guardian." };
    private static readonly Option<bool> Lenient = new("--lenient") { Description = "Only parse, static rules and tests." };
    private static readonly Option<bool> Novelty = new("--novelty") { Description = "Refuse also what repeats a kept dream or a benchmark of DREAMING_DECONTAMINATION." };
    private static readonly Option<bool> Json = CommandTree.Json();

    public static Command Build()
    {
        var command = new Command("validate", CommandTree.Describe(
            "Proves solutions by executing their tests in the sandbox. Ends with 0 when everything was judged, passed or not.",
            ["dreamer validate --code solution.py --tests test_solution.py --json", "dreamer validate --jsonl tasks.jsonl --concurrency 4 --out verdicts.jsonl"]))
        {
            Code, Tests, Jsonl, Concurrency, Out, Strict, Lenient, Novelty, Json,
        };
        Concurrency.Validators.Add(CommandTree.InRange(Concurrency, 1, 64));
        command.Validators.Add(result =>
        {
            var single = (result.GetValue(Code) is not null, result.GetValue(Tests) is not null);
            if (single is not (true, true) && (single != (false, false) || result.GetValue(Jsonl) is null) || single != (false, false) && result.GetValue(Jsonl) is not null)
                result.AddError("give either --code and --tests, or --jsonl");
            if (result.GetValue(Strict) && result.GetValue(Lenient))
                result.AddError("give --strict or --lenient, not both");
        });
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken wake)
    {
        var workplace = Workplace.Open(parsed.GetValue(Concurrency));
        await using var services = workplace.Adapters();
        await services.GetRequiredService<Sandbox>().RequireAsync(wake);
        var strict = parsed.GetValue(Strict) || (!parsed.GetValue(Lenient) && workplace.Settings.ValidationStrict);
        return parsed.GetValue(Jsonl) is { } file
            ? await JudgeManyAsync(services.GetRequiredService<BulkValidation>(), file, parsed.GetValue(Out), workplace.Settings.Concurrency, strict, parsed.GetValue(Novelty), wake)
            : await JudgeOneAsync(services.GetRequiredService<IGuardian>(), parsed, strict, wake);
    }

    private static async Task<int> JudgeOneAsync(IGuardian guardian, ParseResult parsed, bool strict, CancellationToken wake)
    {
        var code = await ReadAsync(parsed.GetValue(Code)!, wake);
        var tests = await ReadAsync(parsed.GetValue(Tests)!, wake);
        var verdict = await guardian.JudgeAsync(new Submission(code, tests, strict, Novelty: parsed.GetValue(Novelty)), wake);
        if (parsed.GetValue(Json))
        {
            Output.Json(VerdictJson.Write(verdict));
        }
        else
        {
            var where = verdict.Stage is null ? "" : $" ({verdict.Stage}{(verdict.Kind is { } kind ? ", " + kind.Name() : "")})";
            Output.Line($"{verdict.Outcome.ToString().ToLowerInvariant()}{where}: {verdict.Tests.Passed} tests passed, {verdict.Tests.Failed} failed");
            foreach (var reason in verdict.Reasons)
                Output.Line("  " + reason);
        }

        return verdict.Outcome == VerdictOutcome.Error ? ExitCode.Error : ExitCode.Done;
    }

    private static async Task<int> JudgeManyAsync(BulkValidation bulk, string file, string? to, int concurrency, bool strict, bool novelty, CancellationToken wake)
    {
        using var input = file == "-" ? Console.In : Open(file);
        var counts = await WritingAsync(to, write => bulk.RunAsync(input, write, concurrency, strict, novelty, Progressing.Counting("judged"), wake));
        Output.Note($"{counts.Total} judged: {counts.Passed} passed, {counts.Failed} failed, {counts.Errors} not judged");
        return counts.Errors == 0 ? ExitCode.Done : ExitCode.Error;
    }

    private static async Task<BulkCounts> WritingAsync(string? to, Func<Func<string, CancellationToken, Task>, Task<BulkCounts>> run)
    {
        if (to is null)
        {
            await using var results = Output.Raw();
            return await run((line, stop) => results.WriteLineAsync(line.AsMemory(), stop));
        }

        await using var file = new LineFile(to, Output.Note, TimeProvider.System);
        return await run(file.WriteAsync);
    }

    private static StreamReader Open(string path) =>
        File.Exists(path) ? new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true)) : throw new UsageException($"{path}: there is no such file");

    private static async Task<string> ReadAsync(string path, CancellationToken wake)
    {
        using var reader = Open(path);
        if (new FileInfo(path).Length > Guardian.LargestSource)
            throw new UsageException($"{path} is larger than {Guardian.LargestSource} bytes");
        try
        {
            return await reader.ReadToEndAsync(wake);
        }
        catch (DecoderFallbackException)
        {
            throw new UsageException($"{path} is not UTF-8 text");
        }
    }
}

using System.Text.Json.Nodes;
using DreamerActors.Adapters.Guarding;

namespace DreamerActors.Adapters.Tests.Guarding;

/// <summary>Known good and known bad programs go through the whole guardian, in bulk, as <c>validate --jsonl</c> does.</summary>
public abstract class CorpusTests(GuardianFixture fixture)
{
    [SkippableTheory]
    [InlineData("tasks.jsonl", false)]
    [InlineData("tasks.jsonl", true)]
    [InlineData("attacks.jsonl", true)]
    public async Task Every_good_program_is_accepted_and_no_other(string file, bool strict)
    {
        fixture.Need();
        var lines = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "data", file));
        var expected = lines.Select(line => JsonNode.Parse(line)!).ToDictionary(task => task["id"]!.ToString(), task => task["expect"]!.ToString());
        var output = new StringWriter();

        var counts = await new BulkValidation(fixture.Guardian).RunAsync(new StringReader(string.Join('\n', lines)), (line, _) => output.WriteLineAsync(line), 2, strict, false, null, CancellationToken.None);

        var wrong = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)
            .Where(verdict => verdict["verdict"]!.ToString() != expected[verdict["id"]!.ToString()])
            .Select(verdict => $"{verdict["id"]}: {verdict["verdict"]} {verdict["kind"]} {verdict["reasons"]}").ToList();
        Assert.Empty(wrong);
        Assert.Equal(expected.Count, counts.Total);
    }

    [SkippableFact]
    public async Task A_line_that_is_no_task_is_an_error_with_its_number_and_the_rest_goes_on()
    {
        fixture.Need();
        var output = new StringWriter();
        var counts = await new BulkValidation(fixture.Guardian).RunAsync(new StringReader("{broken\n\n{\"id\":\"x\",\"code\":\"a\"}\n"), (line, _) => output.WriteLineAsync(line), 2, true, false, null, CancellationToken.None);
        Assert.Equal(2, counts.Errors);
        Assert.Contains("line 1 is not a task", output.ToString());
        Assert.Contains("line 3 is not a task", output.ToString());
    }
}

[Collection(nameof(BubblewrapFixture))]
public sealed class CorpusInBubblewrapTests(BubblewrapFixture fixture) : CorpusTests(fixture);

[Collection(nameof(DockerFixture))]
public sealed class CorpusInDockerTests(DockerFixture fixture) : CorpusTests(fixture);

using System.Text.Json.Nodes;
using DreamerActors.Domain.Sessions;

namespace DreamerActors.Domain.Datasets;

/// <summary>How an example is written: one JSON object a line.</summary>
/// <param name="Name">The format's name.</param>
/// <param name="IsOfPairs">Whether it needs a refused attempt beside the accepted one.</param>
/// <param name="Write">Writes everything but the metadata.</param>
public sealed record DatasetFormat(string Name, bool IsOfPairs, Func<TrainingExample, JsonObject> Write)
{
    /// <summary>All formats. The first two are the host's, key by key.</summary>
    public static IReadOnlyList<DatasetFormat> All { get; } =
    [
        new("alpaca", false, example => new JsonObject { ["instruction"] = example.Instruction, ["input"] = example.Input, ["output"] = example.Output }),
        new("sharegpt", false, example => new JsonObject
        {
            ["conversations"] = new JsonArray([.. new[] { ("system", example.Instruction), ("human", example.Input), ("gpt", example.Output) }
                .Select(turn => (JsonNode)new JsonObject { ["from"] = turn.Item1, ["value"] = turn.Item2 })]),
        }),
        new("chatml", false, example => new JsonObject { ["messages"] = Messages(("system", example.Instruction), ("user", example.Prompt), ("assistant", example.Completion)) }),
        new("jsonl", false, Whole),
        new("dpo", true, example => new JsonObject
        {
            ["prompt"] = example.Prompt, ["chosen"] = example.Completion, ["rejected"] = Lessons.Lesson.Fenced(example.Refused!.Code),
        }),
        new("repair", true, example => new JsonObject { ["messages"] = Messages(("system", example.Instruction), ("user", Mend(example)), ("assistant", example.Completion)) }),
    ];

    /// <summary>One line, with the metadata that every format carries.</summary>
    public JsonObject Line(TrainingExample example)
    {
        var line = Write(example);
        line["metadata"] = Metadata(example);
        return line;
    }

    private static JsonObject Metadata(TrainingExample example)
    {
        var origin = example.Origin;
        var metadata = new JsonObject
        {
            ["source"] = origin.Source,
            ["id"] = origin.Id,
            ["timestamp"] = origin.Timestamp,
            ["synthetic"] = origin.Synthetic,
            ["tags"] = Texts(origin.Tags),
            ["licence"] = origin.Licence,
        };
        if (example.FromDream is { Dream: var dream, Approval: var approval })
        {
            metadata["difficulty"] = dream.Scenario.Difficulty.ToString().ToLowerInvariant();
            metadata["libraries"] = Texts(dream.Scenario.Libraries);
            metadata["package"] = dream.Scenario.Provenance.Package;
            metadata["package_version"] = dream.Scenario.Provenance.Version;
            metadata["brain"] = dream.Brain;
            metadata["strict"] = dream.Verdict.Strict;
            metadata["approval"] = approval.ToString().ToLowerInvariant();
            metadata["transcript"] = dream.Verdict.Certificate?.Transcript;
        }
        if (example.Refused is { } refused)
            metadata["refused"] = new JsonObject { ["stage"] = refused.Stage, ["kind"] = refused.Kind, ["reasons"] = Texts(refused.Reasons), ["mutation"] = refused.Mutation };
        return metadata;
    }

    private static JsonObject Whole(TrainingExample example)
    {
        var whole = new JsonObject
        {
            ["id"] = example.Origin.Id, ["prompt"] = example.Prompt, ["completion"] = example.Completion,
            ["instruction"] = example.Instruction, ["input"] = example.Input, ["output"] = example.Output,
        };
        if (example.FromDream is { Dream: var dream })
        {
            whole["code"] = dream.Code;
            whole["test_code"] = dream.Scenario.TestCode;
            whole["test_cases"] = Texts(dream.Scenario.TestCases);
        }
        return whole;
    }

    private static string Mend(TrainingExample example) =>
        $"{example.Prompt}\n\n{Lessons.Lesson.Fenced(example.Refused!.Code)}\n\n{string.Join('\n', example.Refused.Reasons)}";

    private static JsonArray Messages(params (string Role, string Content)[] turns) =>
        new([.. turns.Select(turn => (JsonNode)new JsonObject { ["role"] = turn.Role, ["content"] = turn.Content })]);

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)JsonValue.Create(text))]);
}

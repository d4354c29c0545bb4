using System.Text.RegularExpressions;

namespace DreamerActors.Domain.Brains;

/// <summary>The language in which models are spoken to.</summary>
public enum PromptLanguage
{
    /// <summary>English.</summary>
    English,

    /// <summary>Polish.</summary>
    Polish,
}

/// <summary>Who says a turn.</summary>
public enum Speaker
{
    /// <summary>We.</summary>
    User,

    /// <summary>The model.</summary>
    Assistant,
}

/// <summary>One turn of a conversation.</summary>
public sealed record Turn(Speaker Speaker, string Text);

/// <summary>What a model is asked: its instructions, and the turns so far, of which the last is ours.</summary>
public sealed partial record Prompt(string System, IReadOnlyList<Turn> Turns)
{
    /// <summary>A conversation that begins with one question.</summary>
    public static Prompt Ask(string system, string user) => new(system, [new Turn(Speaker.User, user)]);

    /// <summary>The same conversation after the model's answer and our next words.</summary>
    public Prompt Then(string answer, string next) =>
        this with { Turns = [.. Turns, new Turn(Speaker.Assistant, answer), new Turn(Speaker.User, next)] };

    /// <summary>The same for a model without a system role: the instructions open the first turn.</summary>
    public Prompt WithoutSystem() => System.Length == 0 || Turns.Count == 0
        ? this
        : new Prompt("", [Turns[0] with { Text = System + "\n\n" + Turns[0].Text }, .. Turns.Skip(1)]);

    /// <summary>Foreign text between marks that it cannot forge, because it does not know the nonce; what models take for the end of a turn is plain text in it.</summary>
    /// <param name="name">What it is, one word.</param>
    /// <param name="text">Whatever somebody else wrote.</param>
    /// <param name="nonce">Fresh for every request.</param>
    public static string Quote(string name, string text, string nonce) => $"<{name}-{nonce}>\n{ControlTokens().Replace(text, "$1$3 $2$4")}\n</{name}-{nonce}>";

    /// <summary>As chat templates of the known model families write them: ChatML, Llama, Mistral, Gemma, DeepSeek.</summary>
    [GeneratedRegex(@"(<)([|｜][^<>|｜\n]{1,40}[|｜]>|/?s>|(?:start|end)_of_turn>)|(\[)(/?INST\])")]
    private static partial Regex ControlTokens();
}

/// <summary>What a model's answers cost, for the journal.</summary>
/// <param name="Role"><c>weaver</c>, <c>coder</c> or <c>judge</c>.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Requests">Answers asked for.</param>
/// <param name="PromptTokens">Tokens read, as the endpoint counted them; 0 when it did not.</param>
/// <param name="CompletionTokens">Tokens written, as the endpoint counted them; 0 when it did not.</param>
public sealed record BrainUse(string Role, string Model, int Requests, long PromptTokens, long CompletionTokens)
{
    /// <summary>Uses of the same role and model as one.</summary>
    public static IReadOnlyList<BrainUse> Sum(IEnumerable<BrainUse> uses) =>
    [
        .. uses.GroupBy(use => (use.Role, use.Model)).Select(same => new BrainUse(
            same.Key.Role, same.Key.Model, same.Sum(use => use.Requests), same.Sum(use => use.PromptTokens), same.Sum(use => use.CompletionTokens))),
    ];
}

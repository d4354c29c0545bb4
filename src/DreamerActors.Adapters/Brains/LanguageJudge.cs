using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;

namespace DreamerActors.Adapters.Brains;

/// <summary>A language model reviews what was proven; best another one than the one that wrote it.</summary>
public sealed class LanguageJudge(ModelEndpoint endpoint) : IJudge
{
    private readonly LanguageModel _model = endpoint.Model("judge", endpoint.Options.JudgeModel ?? endpoint.Options.Model);

    /// <inheritdoc/>
    public async Task<Review> ReviewAsync(Submission submission, CancellationToken cancellation)
    {
        var prompt = JudgePrompt.Build(submission.Prompt ?? "", submission.Code, endpoint.Options.Language, Guid.NewGuid().ToString("N")[..12]);
        var reply = await _model.AskAsync(prompt, schema: null, temperature: 0, cancellation);
        // What it thought aloud is no verdict: only what follows counts. Nor is half a line: what was cut off may have gone on with "but".
        return new Review(reply.IsTruncated ? "REASON: the review was cut off before its end" : ReplyText.WithoutThinking(reply.Text), [reply.Use]);
    }
}

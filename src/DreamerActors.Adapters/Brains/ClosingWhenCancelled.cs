using System.ClientModel.Primitives;

namespace DreamerActors.Adapters.Brains;

/// <summary>
/// Closes a response when its request is cancelled (invariant I3). The client of the OpenAI package lets go of one only once it has begun to read it: what is cancelled right
/// after the headers would keep its connection, and the model at work, until the garbage collector comes by.
/// </summary>
internal sealed class ClosingWhenCancelled : PipelinePolicy
{
    /// <inheritdoc/>
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        ProcessNext(message, pipeline, currentIndex);
        Bind(message);
    }

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
    {
        await ProcessNextAsync(message, pipeline, currentIndex);
        Bind(message);
    }

    private static void Bind(PipelineMessage message)
    {
        if (message.Response is { } response)
            message.CancellationToken.Register(response.Dispose);
    }
}

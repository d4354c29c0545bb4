namespace DreamerActors.Domain.Brains;

/// <summary>What was solved before.</summary>
public interface IPastLessons
{
    /// <summary>The most similar lessons, best first.</summary>
    /// <param name="text">What they shall resemble.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellation">Stops searching.</param>
    Task<IReadOnlyList<PastLesson>> SimilarAsync(string text, int count, CancellationToken cancellation);
}

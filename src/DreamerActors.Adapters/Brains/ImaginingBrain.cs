using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Guarding;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Sandboxes;
using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Adapters.Brains;

/// <summary>Dreams by imagining: language models weave scenarios and solve them. What they answer is checked before anything is built upon it.</summary>
public sealed class ImaginingBrain : IBrain
{
    private const int WeavingRounds = 2;
    private const int Lessons = 3;
    private const float WeavingTemperature = 0.8f, CodingTemperature = 0.2f;
    private readonly LanguageModel _weaver;
    private readonly LanguageModel _coder;
    private readonly AnswerReader _reader;
    private readonly IPastLessons _lessons;
    private readonly PromptLanguage _language;

    /// <param name="name">Its name as configured.</param>
    /// <param name="endpoint">Where the models are.</param>
    /// <param name="sandbox">Reads answers.</param>
    /// <param name="guardian">Tries tests on a stub.</param>
    /// <param name="lessons">What was solved before.</param>
    public ImaginingBrain(string name, ModelEndpoint endpoint, ISandboxedReader sandbox, IGuardian guardian, IPastLessons lessons)
    {
        (Name, _lessons, _language) = (name, lessons, endpoint.Options.Language);
        _weaver = endpoint.Model("weaver", endpoint.Options.WeaverModel ?? endpoint.Options.Model);
        _coder = endpoint.Model("coder", endpoint.Options.CoderModel ?? endpoint.Options.Model);
        _reader = new AnswerReader(sandbox, guardian);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async Task<Weaving> WeaveAsync(PlannedScenario planned, CancellationToken cancellation)
    {
        var installed = await _reader.InstalledAsync(cancellation);
        var required = planned.Fragment.Libraries.Where(installed.Contains).Distinct().ToList();
        var prompt = WeaverPrompt.Build(planned, required, _language, Nonce());
        var uses = new List<BrainUse>();
        IReadOnlyList<string> errors = [];
        try
        {
            for (var round = 0; round < WeavingRounds; round++)
            {
                var reply = await _weaver.AskAsync(prompt, ScenarioSchema.For(planned.Difficulty), WeavingTemperature, cancellation);
                uses.Add(reply.Use);
                var (scenario, wrong) = ScenarioAnswer.Read(reply.Text, reply.IsTruncated, planned, required);
                errors = scenario is null ? wrong : await _reader.TestErrorsAsync(scenario.TestCode, cancellation);
                if (scenario is not null && errors.Count == 0)
                    return new Weaving.Woven(scenario) { Use = BrainUse.Sum(uses) };
                prompt = WeaverPrompt.Repair(prompt, reply.Text, errors, _language);
            }
        }
        catch (BrainUnavailableException failure) when (uses.Count > 0)
        {
            throw new BrainUnavailableException(failure.Message, failure) { Use = BrainUse.Sum(uses) };
        }

        return new Weaving.Refused($"the weaver's answer was not usable: {string.Join("; ", errors.Take(3))}") { Use = BrainUse.Sum(uses) };
    }

    /// <inheritdoc/>
    public async Task<Coding> CodeAsync(CodingTask task, CancellationToken cancellation)
    {
        var lessons = await _lessons.SimilarAsync(task.TaskPrompt, Lessons, cancellation);
        var reply = await _coder.AskAsync(CoderPrompt.Build(task, lessons, _language, Nonce()), schema: null, CodingTemperature, cancellation);
        var (code, problem) = await _reader.ModuleAsync(reply.Text, reply.IsTruncated, cancellation);
        return code is null ? new Coding.Refused(problem) { Use = [reply.Use] } : new Coding.Written(code) { Use = [reply.Use] };
    }

    private static string Nonce() => Guid.NewGuid().ToString("N")[..12];
}

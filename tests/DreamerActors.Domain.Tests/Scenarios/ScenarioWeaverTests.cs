using DreamerActors.Domain.Brains;
using DreamerActors.Domain.Knowledge;
using DreamerActors.Domain.Scenarios;

namespace DreamerActors.Domain.Tests.Scenarios;

/// <summary>What an embedding host asks for reaches the brain, and nothing is added.</summary>
public sealed class ScenarioWeaverTests
{
    private readonly Asked _brain = new();

    private static KnowledgeFragment Fragment(string name) => new(name, name, "Concept", "text", [], ["heapq"], new Provenance(name, "doc"));

    private ScenarioWeaver Weaver => new(_brain, (libraries, _) => Task.FromResult(libraries is ["heapq"] ? Difficulty.Complex : Difficulty.Medium));

    [Fact]
    public async Task What_is_not_asked_for_is_what_is_configured()
    {
        await Weaver.WeaveScenarioAsync(Fragment("a"));
        await Weaver.WeaveScenarioAsync(Fragment("a"), Difficulty.Simple, ["json", "re"]);
        await Weaver.WeaveScenarioAsync(Fragment("a"), libraries: ["json", "re"]);
        Assert.Equal([Difficulty.Complex, Difficulty.Simple, Difficulty.Medium], _brain.Planned.Select(planned => planned.Difficulty));
        Assert.Equal([["heapq"], ["json", "re"], ["json", "re"]], _brain.Planned.Select(planned => planned.Fragment.Libraries));
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 3)]
    [InlineData(5, 3)]
    [InlineData(0, 0)]
    public async Task As_many_as_asked_and_as_there_are_fragments(int count, int woven) =>
        Assert.Equal(woven, (await Weaver.WeaveMultipleScenariosAsync([Fragment("a"), Fragment("b"), Fragment("c")], count)).Count);

    private sealed class Asked : IBrain
    {
        public List<PlannedScenario> Planned { get; } = [];

        public string Name => "asked";

        public Task<Weaving> WeaveAsync(PlannedScenario planned, CancellationToken cancellation)
        {
            Planned.Add(planned);
            return Task.FromResult<Weaving>(new Weaving.Refused("only asked"));
        }

        public Task<Coding> CodeAsync(CodingTask task, CancellationToken cancellation) => throw new NotSupportedException();
    }
}

// Measurements, run by hand: dotnet run -c Release --project tests/DreamerActors.Benchmarks -- COMMAND.
// One sub-command a room, each in a file <Name>Benchmark.cs with `Build()`; each prints one JSON object on stdout.
using System.CommandLine;
using DreamerActors.Benchmarks.Clustering;
using DreamerActors.Benchmarks.Energy;
using DreamerActors.Benchmarks.Guarding;
using DreamerActors.Benchmarks.Journal;

var command = new RootCommand("Measures the dreamer. Figures of a machine that does other work at the same time say little.")
{
    GuardianBenchmark.Build(),
    SoakBenchmark.Build(),
    IdleBenchmark.Build(),
    JournalBenchmark.Build(),
    UndisturbedBenchmark.Build(),
    WakeupBenchmark.Build(),
    DreamingHost.Build(),
    EventsBenchmark.Build(),
    ScalingBenchmark.Build(),
};
return await command.Parse(args).InvokeAsync();
